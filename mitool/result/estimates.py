"""What an estimate is, once made: frozen, named, and complete enough to repeat the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from typing import Any, ClassVar, Literal

from mitool.choices import Unit
from mitool.result.codes import note_of
from mitool.result.fields import ESTIMATE_FIELDS, Field, strict
from mitool.result.notes import Note
from mitool.units import PER_NAT


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
    """A test of independence, or of conditional independence."""

    __test__: ClassVar[bool] = False  # pytest takes classes of this name for its own

    p_value: float
    method: str
    n_permutations: int | None = None
    approximate: float | None = None

    def cells(self) -> dict[str, Any]:
        """Give what a row says of the test."""
        return {
            "p_value": self.p_value,
            "p_method": self.method,
            "p_n": self.n_permutations,
            "p_approx": self.approximate,
        }


@dataclass(frozen=True)
class Estimate:
    """One estimated quantity of one pair of variables, and everything that made it.

    ``mi``, the interval and ``extras`` are in ``unit`` (None: plain numbers); ``facts`` are
    numbers without a unit.
    ``n_used`` are the rows that the number rests on: complete, and not left out by the estimator;
    None where a stream failed before they were counted. ``n_dropped`` have a value missing.
    ``mi`` is the estimator's own value: it may be negative and is never clipped. An entropy has no
    ``y``, and stands in ``mi`` too; ``estimand`` says what it is.
    """

    fields: ClassVar[tuple[Field, ...]] = ESTIMATE_FIELDS

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

    def row(self) -> dict[str, Any]:
        """Give its row in a report, in the unit it is in."""
        row = {column.name: getattr(self, column.name, None) for column in self.fields}
        codes = sorted({note.code for note in self.notes if note.level == "warning"})
        row["extras"] = {**self.extras, **self.facts}
        row["warning_codes"] = " ".join(codes) or None
        for part in (self.interval, self.test):
            row |= part.cells() if part else {}
        return strict(row)

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What its reader is to be told: the notes, and why there is no number."""
        if self.status != "failed":
            return self.notes
        columns = (self.x,) if self.y is None else (self.x, self.y)
        words = {"names": " with ".join(columns), "reason": self.message}
        return (*self.notes, note_of("failed", columns, estimator=self.estimator, **words))


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
