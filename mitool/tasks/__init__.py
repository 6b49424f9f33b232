"""Many pairs of columns: planned, estimated in threads, and given back in order."""

from __future__ import annotations

from mitool.tasks.forecast import Forecast, forecast
from mitool.tasks.pairs import Pairs
from mitool.tasks.planning import planned
from mitool.tasks.records import Batch, Record, Stretch
from mitool.tasks.resuming import Course
from mitool.tasks.running import stretches
from mitool.tasks.wide import Square
from mitool.tasks.work import Work

__all__ = [
    "Batch",
    "Course",
    "Forecast",
    "Pairs",
    "Record",
    "Square",
    "Stretch",
    "Work",
    "forecast",
    "planned",
    "stretches",
]
