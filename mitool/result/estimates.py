"""What an estimate is, once made: frozen, named, and complete enough to repeat the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from os import PathLike
from typing import Any, ClassVar, Literal, Self

from mitool.choices import Unit
from mitool.errors import UsageError
from mitool.result.codes import note_of
from mitool.result.fields import ESTIMATE_FIELDS, Field, strict
from mitool.result.inferred import Interval, RowsNeeded, Test
from mitool.result.notes import Note
from mitool.result.screenful import page_part, screenful
from mitool.result.wording import in_python, in_unit, warnings_among
from mitool.units import PER_NAT

Reliability = Literal["ok", "low"]
"""Whether the error is likely within the interval."""


@dataclass(frozen=True)
class Estimate:
    """One estimated quantity of one pair of variables, and everything that made it.

    ``mi``, the interval and ``extras`` are in ``unit`` (None: plain numbers); ``facts`` are
    numbers without a unit.
    ``n_used`` are the rows that the number rests on: complete, and not left out by the estimator;
    None where a stream failed before they were counted. ``n_dropped`` have a value missing.
    ``value`` is the estimator's own: it may be negative and is never clipped. ``estimand`` says
    what it is; an entropy has no ``y``. ``mi`` is another name of it, and that of its column.
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
    rows_needed: RowsNeeded | None = None
    normalized: float | None = None
    reliability: Reliability | None = None
    notes: tuple[Note, ...] = ()
    n_used: int | None = None
    n_dropped: int | None = 0
    status: Literal["ok", "failed", "skipped"] = "ok"
    message: str | None = None

    def __repr__(self) -> str:
        """Say the number, where it is from, and what speaks against it."""
        return screenful(f"Estimate: {self._claim}, {self._names}", self._facts())

    def _repr_html_(self) -> str:
        """Say the same in a notebook."""
        return page_part(f"{self._claim}, {self._names}", self._facts())

    @property
    def value(self) -> float | None:
        """The number that ``estimand`` names, in ``unit``; None where the estimate failed."""
        return self.mi

    @property
    def warnings(self) -> tuple[Note, ...]:
        """The notes that speak against the number, or that its reader must know.

        They name arguments, where ``notes`` have the words of a report, which names options.
        """
        return warnings_among(self.notes)

    def to(self, unit: Unit) -> Self:
        """Give the same estimate in another unit; a plain number stays what it is."""
        if self.unit is None:
            return self
        if unit not in tuple(PER_NAT):
            raise UsageError(f"unit must be one of {', '.join(PER_NAT)}, got {unit!r}")
        factor = PER_NAT[unit] / PER_NAT[self.unit]
        if factor == 1.0:
            return self
        return replace(
            self,
            unit=unit,
            mi=_scaled(self.mi, factor),
            extras={name: value * factor for name, value in self.extras.items()},
            error_bound=_scaled(self.error_bound, factor),
            interval=self.interval and self.interval.scaled(factor),
            test=self.test and self.test.scaled(factor),
            rows_needed=self.rows_needed and self.rows_needed.scaled(factor),
            notes=tuple(in_unit(note, unit) for note in self.notes),
        )

    def plot(self, path: str | PathLike[str] | None = None) -> list[Any]:
        """Draw the number with its interval, as ``Results.plot`` does; give matplotlib's axes.

        Parameters
        ----------
        path
            A file to draw into as well; its suffix (``.png``, ``.svg``, ``.pdf``) is its format.

        Raises
        ------
        MitoolError
            Without matplotlib, or if the file cannot be written.
        """
        results = import_module("mitool.api.results")  # by its name: pictures lie above this room
        axes: list[Any] = results.Results([self]).plot(path)
        return axes

    def row(self) -> dict[str, Any]:
        """Give its row in a report, in the unit it is in."""
        row = {column.name: getattr(self, column.name, None) for column in self.fields}
        codes = sorted({note.code for note in self.notes if note.level == "warning"})
        chance = self.test.chance if self.test else None
        tested = {} if chance is None else {"null_95": chance}
        row["extras"] = {**self.extras, **self.facts, **tested}
        row["warning_codes"] = " ".join(codes) or None
        for part in (self.interval, self.test, self.rows_needed):
            row |= part.cells() if part else {}
        return strict(row)

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What its reader is to be told: the notes, and why there is no number."""
        if self.status != "failed":
            return self.notes
        columns = (self.x,) if self.y is None else (self.x, self.y)
        by = f", {self.estimator}" if self.estimator else ""
        what = f"{' with '.join(columns)}{by}"
        return (*self.notes, note_of("failed", columns, what=what, reason=self.message))

    @property
    def _claim(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return self.estimand + (" failed" if self.mi is None else f" = {self.mi:.6g}{unit}")

    @property
    def _names(self) -> str:
        parts = {"": self.x, "with ": self.y, "given ": self.given, "lag ": self.lag}
        return " ".join(f"{word}{name}" for word, name in parts.items() if name is not None)

    def _facts(self) -> Iterator[tuple[str, str]]:
        params = (f"{name}={value}" for name, value in self.params.items())
        before = () if self.transform == "none" else (f"transform {self.transform}",)
        yield "estimator", ", ".join([self.estimator, *params, *before])
        for name in ("interval", "test", "reliability", "message"):
            if (fact := getattr(self, name)) is not None:
                yield name, in_python(str(fact))
        if self.rows_needed is not None:
            yield "rows needed", str(self.rows_needed)
        if self.normalized is not None:
            yield "normalized", f"{self.normalized:.6g}"
        if self.n_used is not None:
            yield "rows", f"{self.n_used} used, {self.n_dropped or 0} with missing values left out"
        for note in self.warnings:
            yield "warning", f"{note.code}: {note.message}"


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
