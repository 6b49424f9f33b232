"""Batches of many tasks: planned, run in threads, in shares or elsewhere, and kept in order."""

from __future__ import annotations

from mitool.tasks.batch import Batch, Outline
from mitool.tasks.forecast import Forecast, forecast
from mitool.tasks.pairs import Pairs
from mitool.tasks.planning import planned
from mitool.tasks.records import Record
from mitool.tasks.resuming import Runner
from mitool.tasks.running import Stretch, stretches
from mitool.tasks.work import PairBatch

__all__ = [
    "Batch",
    "Forecast",
    "Outline",
    "PairBatch",
    "Pairs",
    "Record",
    "Runner",
    "Stretch",
    "forecast",
    "planned",
    "stretches",
]
