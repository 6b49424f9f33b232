"""Joint rows and how often each occurs: what labels come down to, and what adds up over batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.counts.coded import is_dense
from mitool.kernels.types import Counts
from mitool.once import once
from mitool.variables import Matrix, Vector

MAX_CELLS = 1 << 20
"""Different joint rows that are counted, 25 MB of them at two columns."""
INT64 = 1 << 62
BLOCK = 1 << 15
"""Rows counted at a time: what is made of them stays in the cache."""


@dataclass(frozen=True, eq=False)
class Levels:
    """One column as whole numbers from ``low`` on, shape (n,), and the value of each of these.

    Missing ones share the last code, NaN. Not every value need occur.
    """

    codes: NDArray[Any]
    low: int
    values: Vector

    @property
    def n_levels(self) -> int:
        """How many codes there are."""
        return len(self.values)

    @once
    def counts(self) -> Counts:
        """How often each code occurs, shape (n_levels,)."""
        return tally([self])


@dataclass(frozen=True, eq=False)
class Cells:
    """Different joint rows, shape (m, d), and how often each occurs, shape (m,)."""

    rows: Matrix
    counts: Counts

    @classmethod
    def of(cls, columns: Sequence[Levels]) -> Cells:
        """Count the joint rows of coded columns; a table of them counts each column as well."""
        shape = [column.n_levels for column in columns]
        if prod(shape) >= INT64:
            codes = [column.codes.astype(np.int64) - column.low for column in columns]
            places, counts = np.unique(np.column_stack(codes), axis=0, return_counts=True)
            numbers: Sequence[NDArray[Any]] = list(places.T)
        else:
            cells, counts = _occupied(columns, prod(shape))
            numbers = list(np.unravel_index(cells, shape))
        values = [column.values[number] for column, number in zip(columns, numbers, strict=True)]
        return cls(np.column_stack(values), counts)

    def merged(self, other: Cells) -> Cells:
        """Add the counts of other rows."""
        rows = np.concatenate((self.rows, other.rows))
        return Cells(rows, np.concatenate((self.counts, other.counts))).grouped()

    def grouped(self) -> Cells:
        """Add up the counts of equal rows."""
        if not len(self.rows):
            return self
        order = np.lexsort(self.rows.T[::-1])
        rows, counts = self.rows[order], self.counts[order]
        same = (rows[1:] == rows[:-1]) | (np.isnan(rows[1:]) & np.isnan(rows[:-1]))
        starts = np.flatnonzero(np.concatenate(([True], ~same.all(axis=1))))
        if len(starts) > MAX_CELLS:
            raise MitoolError(
                f"the columns have more than {MAX_CELLS} different rows together, which is too "
                "many to count in bounded memory; take fewer or coarser columns, or --sample N"
            )
        return Cells(rows[starts], np.add.reduceat(counts, starts))

    def complete(self) -> Cells:
        """Leave out the rows in which a value is missing."""
        kept = ~np.isnan(self.rows).any(axis=1)
        return Cells(self.rows[kept], self.counts[kept])

    @property
    def n(self) -> int:
        """How many rows were counted."""
        return int(self.counts.sum())

    def column_levels(self, first: int, last: int) -> tuple[int, ...]:
        """How many different values some of the columns have, each."""
        return tuple(len(np.unique(column)) for column in self.rows[:, first:last].T)

    def margin(self, first: int, last: int) -> Counts:
        """Count the joint rows of some of the columns, in ascending order."""
        return Cells(np.ascontiguousarray(self.rows[:, first:last]), self.counts).grouped().counts


def tally(columns: Sequence[Levels]) -> Counts:
    """Count how often each joint row of codes occurs, the first column first, shape (cells,)."""
    n_cells = prod(column.n_levels for column in columns)
    counts = np.zeros(n_cells, dtype=np.int64)
    step = max(BLOCK, 4 * n_cells)
    for start in range(0, len(columns[0].codes), step):
        counts += np.bincount(_numbers(columns, start, start + step), minlength=n_cells)
    return counts


def _occupied(columns: Sequence[Levels], n_cells: int) -> tuple[NDArray[np.int64], Counts]:
    """Give the numbers of the joint rows that occur, ascending, and how often."""
    n_rows = len(columns[0].codes)
    if not is_dense(n_cells, n_rows):
        return np.unique(_numbers(columns, 0, n_rows), return_counts=True)
    counts = tally(columns)
    whole = counts.reshape([column.n_levels for column in columns])
    for axis, column in enumerate(columns):
        others = tuple(other for other in range(len(columns)) if other != axis)
        column.__dict__.setdefault("counts", whole.sum(axis=others))
    occupied = np.flatnonzero(counts)
    return occupied, counts[occupied]


def _numbers(columns: Sequence[Levels], start: int, stop: int) -> NDArray[np.int64]:
    """Give one number for each of some joint rows of codes, the first column first."""
    numbers = np.zeros(1, dtype=np.int64)
    for place, column in enumerate(columns):  # the same one may stand in two places
        codes = column.codes[start:stop]
        if place == 0:
            numbers = codes.astype(np.int64)
        else:
            numbers *= column.n_levels
            np.add(numbers, codes, out=numbers, casting="unsafe")
        if column.low:
            numbers -= column.low
    return numbers
