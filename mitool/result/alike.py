"""Estimates that are alike: one is told in full, of the others only what differs.

Most rows of a matrix differ in the names of their columns and in their numbers alone. What they
have in common is made once, and so is its text in a report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mitool.choices import Unit
from mitool.once import once
from mitool.result.estimates import Estimate
from mitool.result.notes import Note
from mitool.result.wording import in_unit
from mitool.units import PER_NAT

Own = tuple[Any, ...]
"""What a row has of its own: the names of x and y, the estimate, and what stands in ``extras``."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """What rows have in common, as the cells of one of them; the order of ``extras`` too."""

    cells: Mapping[str, Any]

    @once
    def numbers(self) -> tuple[str, ...]:
        """The names of what stands in ``extras``."""
        return tuple(self.cells["extras"])

    @once
    def status(self) -> str:
        """The status of all."""
        return str(self.cells["status"])

    def filled(self, own: Own) -> dict[str, Any]:
        """Give the cells of a row."""
        x, y, mi, *numbers = own
        extras = dict(zip(self.numbers, numbers, strict=True))
        return {**self.cells, "x": x, "y": y, "mi": mi, "extras": extras}


class AlikeRow(Mapping[str, Any]):
    """A row of a report, in strict JSON, as its pattern and what it has of its own."""

    __slots__ = ("own", "pattern")

    def __init__(self, pattern: Pattern, own: Own) -> None:
        self.pattern, self.own = pattern, own

    def __getitem__(self, name: str) -> Any:
        """Give a cell."""
        if name == "extras":
            return dict(zip(self.pattern.numbers, self.own[3:], strict=True))
        place = PLACES.get(name)
        return self.pattern.cells[name] if place is None else self.own[place]

    def cells(self) -> dict[str, Any]:
        """Give all cells, sooner than one by one."""
        return self.pattern.filled(self.own)

    def __iter__(self) -> Iterator[str]:
        return iter(self.pattern.cells)

    def __len__(self) -> int:
        return len(self.pattern.cells)


PLACES = {"x": 0, "y": 1, "mi": 2}
"""Where cells stand in what a row has of its own."""


@dataclass(frozen=True, eq=False)
class AlikeRows:
    """Rows of one pattern: what they have of their own, a column for each place of it."""

    pattern: Pattern
    columns: Sequence[Sequence[Any]]

    def __len__(self) -> int:
        return len(self.columns[0])

    def __iter__(self) -> Iterator[AlikeRow]:
        """Yield them one by one."""
        return (AlikeRow(self.pattern, own) for own in zip(*self.columns, strict=True))

    def cells_of(self, name: str) -> Sequence[Any]:
        """Give the cells of a field that is not ``extras``."""
        place = PLACES.get(name)
        if place is None:
            return [self.pattern.cells[name]] * len(self)
        return self.columns[place]


@dataclass(frozen=True, eq=False)
class Likeness:
    """An estimate in nats that others are like, and their pattern in a unit."""

    sample: Estimate
    unit: Unit

    @once
    def pattern(self) -> Pattern:
        """What the rows have in common."""
        return Pattern(self.sample.to(self.unit).row())

    @property
    def factor(self) -> float:
        """How many of the unit one nat is; 1 for plain numbers."""
        return 1.0 if self.sample.unit is None else PER_NAT[self.unit]


@dataclass(frozen=True, eq=False)
class Alikes:
    """Finite estimates of one likeness, in nats: what differs, a column each.

    ``extras`` and ``facts`` have the names of those of the sample, in order.
    """

    likeness: Likeness
    x: Sequence[str]
    y: Sequence[str]
    mi: Sequence[float]
    extras: Mapping[str, Sequence[float]]
    facts: Mapping[str, Sequence[float]]
    notes: Sequence[tuple[Note, ...]]

    def rows(self) -> AlikeRows:
        """Give the rows, in the unit of the likeness."""
        factor, pattern = self.likeness.factor, self.likeness.pattern
        columns = [self.mi, *self.extras.values()]
        if factor != 1.0:
            columns = [[value * factor for value in column] for column in columns]
        return AlikeRows(pattern, [self.x, self.y, *columns, *self.facts.values()])

    def remarks(self) -> Sequence[tuple[Note, ...]]:
        """Give the notes of each, in the unit of the likeness."""
        if self.likeness.factor == 1.0:
            return self.notes
        unit = self.likeness.unit
        return [tuple(in_unit(note, unit) for note in notes) for notes in self.notes]

    def estimates(self) -> Iterator[Estimate]:
        """Give the estimates, in nats."""
        common = vars(self.likeness.sample)
        for place, (x, y, mi, notes) in enumerate(
            zip(self.x, self.y, self.mi, self.notes, strict=True)
        ):
            made = object.__new__(Estimate)  # its many fields, set one by one, cost most of it
            extras, facts = (
                {name: column[place] for name, column in columns.items()}
                for columns in (self.extras, self.facts)
            )
            vars(made).update(common, x=x, y=y, mi=mi, extras=extras, facts=facts, notes=notes)
            yield made
