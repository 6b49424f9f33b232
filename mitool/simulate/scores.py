"""How well an estimator does on a known distribution, and how a report says it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isnan, nan
from typing import Any, ClassVar, Self

from mitool.choices import Unit
from mitool.result import Estimate, Note
from mitool.result.fields import ESTIMATE_FIELDS, Field, strict
from mitool.units import PER_NAT

SCORE_FIELDS: tuple[Field, ...] = (
    Field("distribution"),
    *ESTIMATE_FIELDS,
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
INFORMATION = ("truth", "bias", "sd", "rmse", "width")
"""The numbers of a score that have a unit."""


@dataclass(frozen=True)
class Score:
    """How one estimator did on one distribution at one size; in nats where it is made.

    ``estimate`` is the first of the repeats with ``mi`` the mean of all; where one failed it is
    that one, and the numbers are nan. ``coverage`` is the share of intervals that held the truth.
    """

    fields: ClassVar[tuple[Field, ...]] = (*SCORE_FIELDS, *COVERAGE_FIELDS)
    remarks: ClassVar[tuple[Note, ...]] = ()
    """Nothing: of samples drawn by ourselves there is nothing to warn of."""

    label: str
    truth: float
    n_samples: int
    n_repeats: int
    estimate: Estimate
    bias: float = nan
    sd: float = nan
    rmse: float = nan
    seconds: float = nan
    coverage: float | None = None
    width: float | None = None
    low_share: float | None = None

    def to(self, unit: Unit) -> Self:
        """Give a score that is in nats in another unit."""
        values = {name: getattr(self, name) for name in INFORMATION}
        scaled: dict[str, Any] = {
            name: None if value is None else value * PER_NAT[unit] for name, value in values.items()
        }
        return replace(self, estimate=self.estimate.to(unit), **scaled)

    def row(self) -> dict[str, Any]:
        """Give its row in a report; ``mi`` is the mean over the repeats."""
        estimate = replace(self.estimate, n_used=self.estimate.n_used or self.n_samples)
        numbers = {
            name: _known(getattr(self, name))
            for name in (*INFORMATION, "seconds", "coverage", "low_share")
        }
        named = {"distribution": self.label, "repeats": self.n_repeats}
        return strict(estimate.row() | named | numbers)


def _known(value: float | None) -> float | None:
    return None if value is None or isnan(value) else value
