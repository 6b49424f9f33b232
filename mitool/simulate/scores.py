"""Scores as rows of a report."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from typing import Any

from mitool.choices import Unit
from mitool.report import FIELDS, Field, row_of
from mitool.simulate.benchmark import Score
from mitool.units import PER_NAT

SCORE_FIELDS: tuple[Field, ...] = (
    Field("distribution"),
    *FIELDS,
    Field("repeats", "integer"),
    Field("truth", "number"),
    Field("bias", "number"),
    Field("sd", "number"),
    Field("rmse", "number"),
    Field("seconds", "number"),
)
COVERAGE_FIELDS: tuple[Field, ...] = (
    Field("coverage", "number"),
    Field("width", "number"),
    Field("low_share", "number"),
)


def row_of_score(score: Score, unit: Unit = "nats") -> dict[str, Any]:
    """Give a score as a row, its information in ``unit``; ``mi`` is the mean over the repeats."""
    factor = PER_NAT[unit]
    information = {
        name: _scaled(getattr(score, name), factor)
        for name in ("truth", "bias", "sd", "rmse", "width")
    }
    estimate = replace(score.estimate, n_used=score.estimate.n_used or score.n_samples)
    return row_of(
        estimate.to(unit),
        distribution=score.label,
        repeats=score.n_repeats,
        seconds=_scaled(score.seconds, 1.0),
        coverage=score.coverage,
        low_share=score.low_share,
        **information,
    )


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None or isnan(value) else value * factor
