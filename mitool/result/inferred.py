"""What may be inferred of an estimate: a confidence interval, and a test."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import Any, ClassVar


@dataclass(frozen=True)
class Interval:
    """A confidence interval for an estimate.

    One end is further away by ``drift``, the bias that shows as the sample grows: the upper one
    where it is positive. ``se`` holds the sampling error and, in quadrature, the drift. Both ends
    are moved by the bias that two scales show, where an estimate has them: they are ``apart`` in
    subsamples, on average, times the root of the share of the rows. A bias that does not show so is
    not covered.
    """

    low: float
    high: float
    level: float
    method: str
    se: float
    center: float | None = None
    n_resamples: int | None = None
    drift: float = 0.0
    apart: float | None = None

    def __str__(self) -> str:
        """Say its ends, its level and how it was made."""
        return f"{self.low:.6g} to {self.high:.6g}, level {self.level:g}, by {self.method}"

    def scaled(self, factor: float) -> Interval:
        """Give the same in a unit of which so many are one of this."""
        return replace(
            self,
            low=self.low * factor,
            high=self.high * factor,
            se=self.se * factor,
            center=None if self.center is None else self.center * factor,
            drift=self.drift * factor,
            apart=None if self.apart is None else self.apart * factor,
        )

    @property
    def sampling_se(self) -> float:
        """The standard error of sampling alone."""
        return sqrt(max(self.se**2 - self.drift**2, 0.0))

    def cells(self) -> dict[str, Any]:
        """Give what a row says of the interval."""
        return {
            "se": self.se,
            "ci_low": self.low,
            "ci_high": self.high,
            "ci_center": self.center,
            "ci_level": self.level,
            "ci_method": self.method,
            "ci_n": self.n_resamples,
        }


@dataclass(frozen=True)
class Test:
    """A test of independence, or of conditional independence.

    ``p_adjusted`` is the p-value as one of many, where it was adjusted for their number. ``chance``
    is the 95th percentile of the permuted estimates, where these are what the test compares.
    """

    __test__: ClassVar[bool] = False  # pytest takes classes of this name for its own

    p_value: float
    method: str
    n_permutations: int | None = None
    approximate: float | None = None
    p_adjusted: float | None = None
    chance: float | None = None

    def __str__(self) -> str:
        """Say the p-value and how it was made."""
        corrected = "" if self.p_adjusted is None else f", adjusted {self.p_adjusted:.3g}"
        number = "" if self.n_permutations is None else f" of {self.n_permutations}"
        return f"p = {self.p_value:.3g}{corrected}, by {self.method}{number}"

    def scaled(self, factor: float) -> Test:
        """Give the same beside an estimate in a unit of which so many are one of this."""
        return self if self.chance is None else replace(self, chance=self.chance * factor)

    def cells(self) -> dict[str, Any]:
        """Give what a row says of the test; of an adjustment only where there was one."""
        cells = {
            "p_value": self.p_value,
            "p_method": self.method,
            "p_n": self.n_permutations,
            "p_approx": self.approximate,
        }
        return cells if self.p_adjusted is None else {**cells, "p_adjusted": self.p_adjusted}


@dataclass(frozen=True)
class RowsNeeded:
    """How many rows would do, by the sample at hand.

    ``for_interval`` for an interval of ± ``wanted`` around the estimate, ``for_power`` for a test
    that finds an MI of ``wanted`` in 8 of 10 samples; None where nothing tests it.
    """

    wanted: float
    for_interval: int
    for_power: int | None

    def __str__(self) -> str:
        """Say both numbers."""
        found = "" if self.for_power is None else f", {self.for_power} to find as much in 8 of 10"
        return f"{self.for_interval} for ± {self.wanted:.6g}{found}"

    def scaled(self, factor: float) -> RowsNeeded:
        """Give the same in a unit of which so many are one of this."""
        return replace(self, wanted=self.wanted * factor)

    def cells(self) -> dict[str, Any]:
        """Give what a row says of it."""
        return {
            "rows_for": self.wanted,
            "rows_for_interval": self.for_interval,
            "rows_for_power": self.for_power,
        }
