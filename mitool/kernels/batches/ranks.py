"""Exact ranks of numbers that are larger than memory, by passes over them in bounded memory.

Munro & Paterson (1980), doi:10.1016/0304-3975(80)90061-4: marks are drawn from the rows, a pass
counts the rows below and up to each mark, and more marks are drawn where ranks matter, until few
rows enough lie there that a pass can keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.draws import Marks, columns_of
from mitool.kernels.types import Counts
from mitool.variables import Variable, Vector

SLICES = 1 << 12
"""Of all ranks, to see in how many of them some matter."""

Matters = Callable[[Counts, Counts], NDArray[np.bool_]]
"""Whether ranks from first (including) to last (excluding), both (m,), need to be told apart."""
Total = Callable[[Callable[[Variable, Variable], Any]], Any]
"""Counts every batch and adds up; see ``mitool.estimators.streamed.Batches``."""


@dataclass(frozen=True, eq=False)
class Ranks:
    """How many rows of each column lie below each mark, and how many up to it; shapes (m,)."""

    below: list[Counts]
    upto: list[Counts]

    @classmethod
    def of(cls, marks: Sequence[Vector], x: Variable, y: Variable) -> Ranks:
        """Count the rows of two variables."""
        pairs = zip(columns_of(x, y), marks, strict=True)
        ordered = [np.sort(column) if len(values) else column for column, values in pairs]
        return cls.among(marks, ordered)

    @classmethod
    def among(cls, marks: Sequence[Vector], ordered: Sequence[Vector]) -> Ranks:
        """Count columns that ascend, where they have marks."""
        pairs = list(zip(ordered, marks, strict=True))
        below = [np.searchsorted(column, values) for column, values in pairs]
        return cls(below, [np.searchsorted(column, values, "right") for column, values in pairs])

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

    def filled(self, values: Vector, matters: Matters) -> Ranked:
        """Add the ranks of values, which hold all that are where ranks matter."""
        low, high = self.open(matters)
        first = self.first[self.is_open(matters)]
        inside = np.sort(values[within(values, low, high)])
        more, at, counts = np.unique(inside, return_index=True, return_counts=True)
        span = np.searchsorted(low, more) - 1
        below = first[span] + at - np.searchsorted(inside, low, side="right")[span]
        marks = np.append(self.marks, more)
        order = np.argsort(marks)
        ranks = np.append(self.below, below), np.append(self.upto, below + counts)
        return Ranked(marks[order], ranks[0][order], ranks[1][order], self.n)


def within(values: Vector, low: Vector, high: Vector) -> NDArray[np.bool_]:
    """Tell which values lie in one of the open intervals, which ascend and do not overlap."""
    if not len(low):
        return np.zeros(len(values), dtype=np.bool_)
    span = np.searchsorted(low, values) - 1
    return np.asarray((span >= 0) & (values < high[span]))


def n_open(columns: Sequence[Ranked], matters: Sequence[Matters]) -> int:
    """Count the rows between marks within which ranks matter, those of all columns together."""
    return sum(column.n_open(matter) for column, matter in zip(columns, matters, strict=True))


def narrowed(total: Total, columns: Sequence[Ranked], matters: Sequence[Matters]) -> list[Ranked]:
    """Draw more marks where ranks matter and count their ranks, on two passes."""
    pairs = list(zip(columns, matters, strict=True))
    more = total(partial(Marks.within, [column.open(matter) for column, matter in pairs])).values
    marks = [np.union1d(a.needed(m), b) for (a, m), b in zip(pairs, more, strict=True)]
    return ranked(marks, total(partial(Ranks.of, marks)), columns[0].n)


def ranked(marks: Sequence[Vector], ranks: Ranks, n: int) -> list[Ranked]:
    """Put the marks of each column and their ranks together."""
    return [Ranked(*known, n) for known in zip(marks, ranks.below, ranks.upto, strict=True)]


def enough(marks: Vector, n: int, matters: Matters, n_between: int) -> Vector:
    """Thin out marks so far that about so many rows lie between those around ranks that matter."""
    bounds = np.linspace(0, n, SLICES + 1).astype(np.int64)
    first, last = bounds[:-1], bounds[1:]
    n_wide = np.count_nonzero((first < last) & matters(first, last))
    wanted = max(SLICES, int(n_wide) * n // n_between)
    return marks[:: 1 + len(marks) // wanted]
