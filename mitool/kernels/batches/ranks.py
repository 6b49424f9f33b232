"""Exact ranks of numbers that are larger than memory, by passes over them in bounded memory.

Munro & Paterson (1980), doi:10.1016/0304-3975(80)90061-4: marks are drawn from the rows, a pass
counts the rows below and up to each mark, and more marks are drawn where ranks matter, until none
is left open.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.types import Counts
from mitool.variables import Variable, Vector

MOST_MARKS = 1 << 18
DRAWN = 1 << 14
SLICES = 1 << 12
"""Of all ranks, to see in how many of them some matter."""

Matters = Callable[[Counts, Counts], NDArray[np.bool_]]
"""Whether ranks from first (including) to last (excluding), both (m,), need to be told apart."""
Total = Callable[[Callable[[Variable, Variable], Any]], Any]
"""Counts every batch and adds up; see ``mitool.estimators.streamed.Batches``."""
Spans = Sequence[tuple[Vector, Vector]]
"""Of each column, open intervals: from, to, both excluded; (m,), ascending."""


def columns_of(x: Variable, y: Variable) -> list[Vector]:
    """Give all columns of two variables, each (n,)."""
    return [column for side in (x, y) for column in side.values.T]


@dataclass(frozen=True, eq=False)
class Marks:
    """n rows: of each column the extremes, shape (d,), and some different values, ascending."""

    n: int
    low: Vector
    high: Vector
    values: list[Vector]
    is_whole: bool = True
    """Whether none was left out."""

    @classmethod
    def drawn(cls, x: Variable, y: Variable) -> Marks:
        """Draw evenly from the rows of two variables."""
        columns = columns_of(x, y)
        low, high = (np.array([end(column) for column in columns]) for end in (np.min, np.max))
        values = [np.unique(column[:: 1 + len(column) // DRAWN]) for column in columns]
        return cls(len(x), low, high, values)

    @classmethod
    def within(cls, spans: Spans, x: Variable, y: Variable) -> Marks:
        """Draw only from open intervals."""
        columns = columns_of(x, y)
        inside = [_inside(column, *ends) for column, ends in zip(columns, spans, strict=True)]
        values = [np.unique(column[:: 1 + len(column) // DRAWN]) for column in inside]
        return cls(len(x), np.zeros(len(columns)), np.zeros(len(columns)), values)

    @classmethod
    def different(cls, wanted: Sequence[bool], x: Variable, y: Variable) -> Marks:
        """Take all different values of some columns."""
        pairs = zip(columns_of(x, y), wanted, strict=True)
        values = [np.unique(column) if is_wanted else np.empty(0) for column, is_wanted in pairs]
        return cls(len(x), np.zeros(len(values)), np.zeros(len(values)), values)

    def merged(self, other: Marks) -> Marks:
        """Join the marks; of too many every second one stays."""
        values = [np.union1d(a, b) for a, b in zip(self.values, other.values, strict=True)]
        too_many = any(len(column) > MOST_MARKS for column in values)
        values = [column if len(column) <= MOST_MARKS else column[::2] for column in values]
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        is_whole = self.is_whole and other.is_whole and not too_many
        return Marks(self.n + other.n, low, high, values, is_whole)


@dataclass(frozen=True, eq=False)
class Ranks:
    """How many rows of each column lie below each mark, and how many up to it; shapes (m,)."""

    below: list[Counts]
    upto: list[Counts]

    @classmethod
    def of(cls, marks: Sequence[Vector], x: Variable, y: Variable) -> Ranks:
        """Count the rows of two variables."""
        below, upto = [], []
        for column, values in zip(columns_of(x, y), marks, strict=True):
            ordered = np.sort(column) if len(values) else column
            below.append(np.searchsorted(ordered, values))
            upto.append(np.searchsorted(ordered, values, side="right"))
        return cls(below, upto)

    def merged(self, other: Ranks) -> Ranks:
        """Add the counts of other rows."""
        below = [a + b for a, b in zip(self.below, other.below, strict=True)]
        return Ranks(below, [a + b for a, b in zip(self.upto, other.upto, strict=True)])


@dataclass(frozen=True, eq=False)
class Ranked:
    """Marks of one column of n rows, and the ranks of their rows: from below to upto, all (m,)."""

    marks: Vector
    below: Counts
    upto: Counts
    n: int

    @property
    def first(self) -> Counts:
        """The first rank of what lies before each mark, and behind the last; shape (m + 1,)."""
        return np.concatenate(([0], self.upto))

    @property
    def last(self) -> Counts:
        """The rank after the last of it; shape (m + 1,)."""
        return np.append(self.below, self.n)

    def is_open(self, matters: Matters) -> NDArray[np.bool_]:
        """Tell before which marks ranks matter, and whether behind the last; shape (m + 1,)."""
        return np.asarray((self.first < self.last) & matters(self.first, self.last))

    def n_open(self, matters: Matters) -> int:
        """Count the rows there."""
        return int((self.last - self.first)[self.is_open(matters)].sum())

    def open(self, matters: Matters) -> tuple[Vector, Vector]:
        """Give the intervals between marks within which ranks matter."""
        is_open = self.is_open(matters)
        low, high = np.append(-np.inf, self.marks), np.append(self.marks, np.inf)
        return low[is_open], high[is_open]

    def needed(self, matters: Matters) -> Vector:
        """Give the marks between whose neighbours ranks matter."""
        before = np.concatenate(([0], self.below))[:-1]
        behind = np.append(self.upto, self.n)[1:]
        return self.marks[matters(before, behind)]

    def at(self, rank: int) -> float:
        """Give the value of a rank that matters."""
        return float(self.marks[np.searchsorted(self.upto, rank, side="right")])


def ranked(total: Total, drawn: Marks, matters: Sequence[Matters]) -> list[Ranked]:
    """Find the ranks of each column that matter, by as many passes as these take."""
    columns = first_ranked(total, drawn, matters)
    while n_open(columns, matters):
        columns = narrowed(total, columns, matters)
    return columns


def first_ranked(
    total: Total, drawn: Marks, matters: Sequence[Matters], n_between: int = 0
) -> list[Ranked]:
    """Count the ranks of marks with ``n_between`` rows, or what fits in memory, between them."""
    pairs = zip(drawn.values, matters, strict=True)
    n_between = n_between or MOST_MARKS // 2
    marks = [_enough(values, drawn.n, matter, n_between) for values, matter in pairs]
    return _among(marks, total(partial(Ranks.of, marks)), drawn.n)


def n_open(columns: Sequence[Ranked], matters: Sequence[Matters]) -> int:
    """Count the rows between marks within which ranks matter, those of all columns together."""
    return sum(column.n_open(matter) for column, matter in zip(columns, matters, strict=True))


def narrowed(total: Total, columns: Sequence[Ranked], matters: Sequence[Matters]) -> list[Ranked]:
    """Draw more marks where ranks matter and count their ranks, on two passes."""
    pairs = list(zip(columns, matters, strict=True))
    more = total(partial(Marks.within, [column.open(matter) for column, matter in pairs])).values
    marks = [np.union1d(a.needed(m), b) for (a, m), b in zip(pairs, more, strict=True)]
    return _among(marks, total(partial(Ranks.of, marks)), columns[0].n)


def _among(marks: list[Vector], ranks: Ranks, n: int) -> list[Ranked]:
    return [Ranked(*known, n) for known in zip(marks, ranks.below, ranks.upto, strict=True)]


def _enough(marks: Vector, n: int, matters: Matters, n_between: int) -> Vector:
    """Thin out marks so far that about so many rows lie between those around ranks that matter."""
    bounds = np.linspace(0, n, SLICES + 1).astype(np.int64)
    first, last = bounds[:-1], bounds[1:]
    n_wide = np.count_nonzero((first < last) & matters(first, last))
    wanted = max(SLICES, int(n_wide) * n // n_between)
    return marks[:: 1 + len(marks) // wanted]


def _inside(values: Vector, low: Vector, high: Vector) -> Vector:
    """Give the values within open intervals that do not overlap, ascending."""
    if not len(low):
        return np.empty(0)
    ordered = np.sort(values)
    starts, stops = np.searchsorted(ordered, low, side="right"), np.searchsorted(ordered, high)
    return np.concatenate([ordered[a:b] for a, b in zip(starts, stops, strict=True)])
