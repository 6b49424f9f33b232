"""What an estimate is, once made: frozen, named, and complete enough to repeat the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any, ClassVar, Literal

from mitool.units import PER_NAT, Unit

Level = Literal["note", "warning"]


@dataclass(frozen=True)
class Note:
    """One thing a reader of the estimate should know; ``code`` is stable."""

    code: str
    message: str
    columns: tuple[str, ...] = ()
    level: Level = "warning"


@dataclass(frozen=True)
class Interval:
    """A confidence interval for an estimate.

    ``se`` holds the sampling error and, in quadrature, ``drift``: the bias that shows as the sample
    grows. A bias that does not show so is not covered.
    """

    low: float
    high: float
    level: float
    method: str
    se: float
    center: float | None = None
    n_resamples: int | None = None
    drift: float = 0.0

    @property
    def sampling_se(self) -> float:
        """The standard error of sampling alone."""
        return sqrt(max(self.se**2 - self.drift**2, 0.0))


@dataclass(frozen=True)
class Test:
    """A test of independence, or of conditional independence."""

    __test__: ClassVar[bool] = False  # pytest takes classes of this name for its own

    p_value: float
    method: str
    n_permutations: int | None = None
    approximate: float | None = None


@dataclass(frozen=True)
class Estimate:
    """One estimated quantity of one pair of variables, and everything that made it.

    ``mi``, the interval and ``extras`` are in ``unit`` (None: plain numbers); ``facts`` are
    numbers without a unit.
    ``n_used`` are the complete rows, None where a stream failed before they were counted.
    ``mi`` is the estimator's own value: it may be negative and is never clipped. An entropy has no
    ``y``, and stands in ``mi`` too; ``estimand`` says what it is.
    """

    x: str
    y: str | None
    estimator: str
    mi: float | None
    given: str | None = None
    lag: int | None = None
    kind_x: str | None = None
    kind_y: str | None = None
    kind_given: str | None = None
    dim_x: int | None = None
    dim_y: int | None = None
    dim_given: int | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    transform: str = "none"
    estimand: str = "mi"
    unit: Unit | None = "nats"
    extras: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    error_bound: float | None = None
    interval: Interval | None = None
    test: Test | None = None
    normalized: float | None = None
    reliability: Literal["ok", "low"] | None = None
    notes: tuple[Note, ...] = ()
    n_used: int | None = None
    n_dropped: int | None = 0
    status: Literal["ok", "failed", "skipped"] = "ok"
    message: str | None = None

    def to(self, unit: Unit) -> Estimate:
        """Give the same estimate in another unit; a plain number stays what it is."""
        if self.unit is None:
            return self
        factor = PER_NAT[unit] / PER_NAT[self.unit]
        if factor == 1.0:
            return self
        return replace(
            self,
            unit=unit,
            mi=_scaled(self.mi, factor),
            extras={name: value * factor for name, value in self.extras.items()},
            error_bound=_scaled(self.error_bound, factor),
            interval=self.interval and _scaled_interval(self.interval, factor),
        )


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


def _scaled_interval(interval: Interval, factor: float) -> Interval:
    return replace(
        interval,
        low=interval.low * factor,
        high=interval.high * factor,
        se=interval.se * factor,
        center=_scaled(interval.center, factor),
        drift=interval.drift * factor,
    )
