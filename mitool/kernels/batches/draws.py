"""What a pass draws of the rows it sees: evenly from all of them, or from where ranks matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.cells import Cells
from mitool.variables import Matrix, Variable, Vector

MOST_MARKS = 1 << 18
DRAWN = 1 << 14
GOLDEN = 0.6180339887498949
"""Its multiples, less their whole parts, are even and without a period, and so are every second."""

Spans = Sequence[tuple[Vector, Vector]]
"""Of each column, open intervals: from, to, both excluded; (m,), ascending, without overlap."""


def columns_of(x: Variable, y: Variable) -> list[Vector]:
    """Give all columns of two variables, each (n,)."""
    return [column for side in (x, y) for column in side.values.T]


@dataclass(frozen=True, eq=False)
class Extremes:
    """n rows, and the smallest and the largest value of each column, shape (d,)."""

    n: int
    low: Vector
    high: Vector

    @classmethod
    def of(cls, x: Variable, y: Variable) -> Extremes:
        """Look at the rows of two variables, at least one."""
        columns = columns_of(x, y)
        low, high = (np.array([end(column) for column in columns]) for end in (np.min, np.max))
        return cls(len(x), low, high)

    def merged(self, other: Extremes) -> Extremes:
        """Add other rows."""
        low, high = np.minimum(self.low, other.low), np.maximum(self.high, other.high)
        return Extremes(self.n + other.n, low, high)

    @property
    def varies(self) -> NDArray[np.bool_]:
        """Which columns have more than one value, shape (d,)."""
        return np.asarray(self.low < self.high)


@dataclass(frozen=True, eq=False)
class Drawn:
    """One of each ``step`` rows, (m, d), which is a power of 2; the extremes are those of all."""

    extremes: Extremes
    step: int
    rows: Matrix
    is_exact: bool = True
    """Whether rows that lack a value were known: the extremes are those of rows that count."""

    def merged(self, other: Drawn) -> Drawn:
        """Join what is drawn, equally often of both; of too many rows every second one stays."""
        step = max(self.step, other.step)
        rows = np.vstack((self._every(step), other._every(step)))
        while len(rows) > MOST_MARKS:
            rows, step = rows[::2], 2 * step
        return Drawn(self.extremes.merged(other.extremes), step, rows)

    def _every(self, step: int) -> Matrix:
        return self.rows[:: step // self.step]

    def marks(self, column: int) -> Vector:
        """Give the different values drawn of a column, ascending."""
        return np.unique(self.rows[:, column])

    def meaning(self, columns: Sequence[Vector]) -> Drawn:
        """Give the same of other values of each column, less the rows in which one is missing."""
        rows = np.column_stack(columns)
        rows = rows[~np.isnan(rows).any(axis=1)]
        return replace(self, rows=rows, is_exact=False)


@dataclass(frozen=True)
class Draw:
    """Draws evenly from rows, numbers or labels: whatever period there may be in their order."""

    def __call__(self, x: Variable, y: Variable) -> Drawn:
        """Draw from the rows of two variables, at least one."""
        step, places = self._places(len(x))
        rows = np.column_stack([column[places] for column in columns_of(x, y)])
        return Drawn(Extremes.of(x, y), step, rows)

    def of_cells(self, cells: Cells) -> Drawn:
        """Draw from different rows without gaps, at least one, as often as they occur."""
        step, places = self._places(cells.n)
        rows = cells.rows[np.searchsorted(np.cumsum(cells.counts), places, side="right")]
        low, high = cells.rows.min(axis=0), cells.rows.max(axis=0)
        return Drawn(Extremes(cells.n, low, high), step, rows)

    def _places(self, n: int) -> tuple[int, NDArray[np.int64]]:
        """Give how many rows there are for each that is drawn of n, and where these stand."""
        step = 1 << (-(-n // DRAWN) - 1).bit_length()
        starts = np.arange(0, n, step)
        shares = np.modf(GOLDEN * np.arange(len(starts)))[0]
        places = starts + (shares * step).astype(np.int64)
        return step, places[places < n]


@dataclass(frozen=True, eq=False)
class Marks:
    """Of each column some different values, ascending."""

    values: list[Vector]
    is_whole: bool = True
    """Whether none was left out."""

    @classmethod
    def within(cls, spans: Spans, x: Variable, y: Variable) -> Marks:
        """Draw evenly from the rows of two variables, only from open intervals."""
        pairs = zip(columns_of(x, y), spans, strict=True)
        inside = [inside_of(np.sort(column), *ends) for column, ends in pairs]
        return cls([np.unique(column[:: 1 + len(column) // DRAWN]) for column in inside])

    @classmethod
    def different(cls, wanted: Sequence[bool], x: Variable, y: Variable) -> Marks:
        """Take all different values of some columns."""
        pairs = zip(columns_of(x, y), wanted, strict=True)
        return cls([np.unique(column) if wish else np.empty(0) for column, wish in pairs])

    def merged(self, other: Marks) -> Marks:
        """Join the marks; of too many every second one stays."""
        values = [np.union1d(a, b) for a, b in zip(self.values, other.values, strict=True)]
        too_many = any(len(column) > MOST_MARKS for column in values)
        values = [column if len(column) <= MOST_MARKS else column[::2] for column in values]
        return Marks(values, self.is_whole and other.is_whole and not too_many)


def inside_of(ordered: Vector, low: Vector, high: Vector) -> Vector:
    """Give the values, which ascend, within open intervals."""
    if not len(low):
        return np.empty(0)
    starts, stops = np.searchsorted(ordered, low, side="right"), np.searchsorted(ordered, high)
    return np.concatenate([ordered[a:b] for a, b in zip(starts, stops, strict=True)])
