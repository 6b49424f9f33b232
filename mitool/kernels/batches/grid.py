"""Numbers cut at edges, and the cells that rows fall into: a table that adds up over batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.batches.cells import INT64, Cells, Levels
from mitool.kernels.batches.draws import columns_of
from mitool.kernels.batches.ranks import Total
from mitool.kernels.types import Counts
from mitool.variables import Variable, Vector

MOST_CELLS = 1 << 23
"""Cells that are counted, 16 bytes each."""


class Cut(Protocol):
    """Cuts one column into levels."""

    @property
    def n_levels(self) -> int:
        """How many levels there are."""
        ...

    def levels(self, values: Vector) -> NDArray[np.int64]:
        """Number the level of each value, shape (n,)."""
        ...


@dataclass(frozen=True, eq=False)
class Edges:
    """Levels that begin at each of these values, ascending, and one below the first."""

    starts: Vector

    @property
    def n_levels(self) -> int:
        """How many levels there are."""
        return len(self.starts) + 1

    def levels(self, values: Vector) -> NDArray[np.int64]:
        """Number the level of each value, shape (n,)."""
        return np.searchsorted(self.starts, values, side="right")


@dataclass(frozen=True, eq=False)
class Widths:
    """Levels that are equally wide, from the smallest value to the largest."""

    low: float
    high: float
    n_bins: int

    @property
    def n_levels(self) -> int:
        """How many levels there are."""
        return self.n_bins

    def levels(self, values: Vector) -> NDArray[np.int64]:
        """Number the level of each value, shape (n,)."""
        low, high = 0.5 * self.low, 0.5 * self.high  # halves: a range may overflow
        if low == high:
            return np.zeros(len(values), dtype=np.int64)
        share = (0.5 * values - low) / (high - low)
        levels: NDArray[np.int64] = np.minimum(
            (share * self.n_bins).astype(np.int64), self.n_bins - 1
        )
        return levels


@dataclass(frozen=True, eq=False)
class Grid:
    """The cells that occur, as one number each, x-major and ascending, and how often; (m,)."""

    shape: tuple[int, int]
    cells: NDArray[np.int64]
    counts: Counts

    @classmethod
    def of_columns(cls, cuts: Sequence[Cut], columns: Sequence[Vector], n_x: int) -> Grid:
        """Count the rows of columns, the first n_x of which are x."""
        numbers = np.zeros(len(columns[0]), dtype=np.int64)
        for column, cut in zip(columns, cuts, strict=True):
            numbers *= cut.n_levels
            numbers += cut.levels(column)
        cells, counts = np.unique(numbers, return_counts=True)
        n_first, n_last = (prod(c.n_levels for c in side) for side in (cuts[:n_x], cuts[n_x:]))
        return cls((n_first, n_last), cells, counts)

    def merged(self, other: Grid) -> Grid:
        """Add the counts of other rows."""
        cells = np.concatenate((self.cells, other.cells))
        if not len(cells):
            return self
        order = np.argsort(cells, kind="stable")  # of two runs: one merge
        cells, counts = cells[order], np.concatenate((self.counts, other.counts))[order]
        starts = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
        if len(starts) > MOST_CELLS:
            raise MitoolError(
                f"the bins have more than {MOST_CELLS} cells with rows, too many to count in "
                "bounded memory; take fewer bins, such as -p n_bins=1000, or fewer rows by --sample"
            )
        return Grid(self.shape, cells[starts], np.add.reduceat(counts, starts))

    @property
    def margins(self) -> tuple[Counts, Counts]:
        """How often each level of either side occurs, those that never do left out."""
        places = np.divmod(self.cells, self.shape[1])
        margins = []
        for side in places:
            levels, at = np.unique(side, return_inverse=True)
            counts = np.zeros(len(levels), dtype=np.int64)
            np.add.at(counts, at, self.counts)
            margins.append(counts)
        return margins[0], margins[1]


@dataclass(frozen=True, eq=False)
class Levelled:
    """How often each joint level of a side occurs, and how many levels occur in each column."""

    counts: Counts
    column_levels: tuple[int, ...]


CellCounts = tuple[Counts, tuple[Levelled, Levelled]]
"""How often each cell occurs, and each level of either side."""


Table = Grid | Cells
"""The cells that occur: numbered, or where these are too many for a number each, rows of levels."""


def tabled(cuts: Sequence[Cut], columns: Sequence[Vector], n_x: int) -> Table:
    """Count the rows of columns that are cut, the first n_x of which are x."""
    if prod(cut.n_levels for cut in cuts) < INT64:
        return Grid.of_columns(cuts, columns, n_x)
    pairs = zip(cuts, columns, strict=True)
    levels = [
        Levels(cut.levels(column), 0, np.arange(float(cut.n_levels))) for cut, column in pairs
    ]
    return Cells.of(levels)


def by_levels(table: Table, cuts: Sequence[Cut], n_x: int) -> CellCounts:
    """Give what a table counts, and how often the levels of either side occur."""
    if isinstance(table, Cells):
        return by_rows(table, n_x)
    shape = [cut.n_levels for cut in cuts]
    levels = [len(np.unique(column)) for column in np.unravel_index(table.cells, shape)]
    first, second = table.margins
    return table.counts, (
        Levelled(first, tuple(levels[:n_x])),
        Levelled(second, tuple(levels[n_x:])),
    )


def by_rows(cells: Cells, n_x: int) -> CellCounts:
    """Give the same of joint rows of levels."""
    spans = (0, n_x), (n_x, cells.rows.shape[1])
    x, y = (Levelled(cells.margin(*span), cells.column_levels(*span)) for span in spans)
    return cells.counts, (x, y)


def cell_counts(total: Total, cuts: Sequence[Cut], n_x: int) -> CellCounts:
    """Count all rows by their cells, and by the levels of either side; n_x columns are x."""
    return by_levels(total(partial(_tabled, cuts)), cuts, n_x)


def _tabled(cuts: Sequence[Cut], x: Variable, y: Variable) -> Table:
    return tabled(cuts, columns_of(x, y), x.n_dims)
