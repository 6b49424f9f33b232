"""Joint rows and how often each occurs: what labels come down to, and what adds up over batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.counts import Coded, Counts, code, is_dense
from mitool.variables import Matrix, Vector

MAX_CELLS = 1 << 20
"""Different joint rows that are counted, 25 MB of them at two columns."""
INT64 = 1 << 62
SHORT = 1 << 14


@dataclass(frozen=True, eq=False)
class Levels:
    """One column as codes and the value of each; missing ones share the last code, NaN.

    Not every value need occur.
    """

    coded: Coded
    values: Vector

    @classmethod
    def of(cls, values: Vector) -> Levels:
        """Code a column of numbers, shape (n,)."""
        found = cls._short(values)
        if found is not None:
            return found
        present = ~np.isnan(values)
        if present.all():
            coded = code(values)
            return cls(coded, _filled(coded, values))
        inner = cls.of(values[present])
        n_levels = inner.coded.n_levels
        codes = np.full(len(values), n_levels, dtype=np.min_scalar_type(n_levels))
        codes[present] = inner.coded.codes
        return cls(Coded(codes, n_levels + 1), np.append(inner.values, np.nan))

    @classmethod
    def _short(cls, values: Vector) -> Levels | None:
        """Code whole numbers of a short range by their distance from the smallest."""
        if not len(values):
            return cls(Coded(np.empty(0, np.uint8), 0), np.empty(0))
        low, high = float(values.min()), float(values.max())
        if not high - low < SHORT:  # nor NaN
            return None
        n_levels = int(high - low) + 1
        codes = (values - low).astype(np.min_scalar_type(n_levels))
        if not bool(np.all(codes + low == values)):
            return None
        return cls(Coded(codes, n_levels), low + np.arange(float(n_levels)))

    @classmethod
    def of_labels(cls, values: Vector, n_labels: int) -> Levels:
        """Take the codes 0 … n_labels - 1 of a column as they are, NaN where missing."""
        kind = np.min_scalar_type(n_labels)
        levels = np.append(np.arange(float(n_labels)), np.nan)
        if np.isnan(values.sum()):
            values = np.where(np.isnan(values), float(n_labels), values)
        return cls(Coded(values.astype(kind), n_labels + 1), levels)


def _filled(coded: Coded, values: Vector) -> Vector:
    levels = np.empty(coded.n_levels)
    levels[coded.codes] = values
    return levels


@dataclass(frozen=True, eq=False)
class Cells:
    """Different joint rows, shape (m, d), and how often each occurs, shape (m,)."""

    rows: Matrix
    counts: Counts

    @classmethod
    def of(cls, columns: Sequence[Levels]) -> Cells:
        """Count the joint rows of coded columns."""
        shape = [column.coded.n_levels for column in columns]
        codes = [column.coded.codes for column in columns]
        if prod(shape) >= INT64:
            places, counts = np.unique(np.column_stack(codes), axis=0, return_counts=True)
            numbers: Sequence[NDArray[Any]] = list(places.T)
        else:
            cells, counts = _counted(_numbered(codes, shape), prod(shape))
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

    def margin(self, first: int, last: int) -> Counts:
        """Count the joint rows of some of the columns, in ascending order."""
        return Cells(np.ascontiguousarray(self.rows[:, first:last]), self.counts).grouped().counts


def _numbered(codes: Sequence[NDArray[Any]], shape: Sequence[int]) -> NDArray[np.int64]:
    """Give one number for each row of codes, the first column first."""
    numbers: NDArray[np.int64] = codes[0].astype(np.int64)
    for column, n_levels in zip(codes[1:], shape[1:], strict=True):
        numbers *= n_levels
        numbers += column
    return numbers


def _counted(numbers: NDArray[np.int64], n_cells: int) -> tuple[NDArray[np.int64], Counts]:
    """Give the numbers that occur, ascending, and how often."""
    if not is_dense(n_cells, len(numbers)):
        return np.unique(numbers, return_counts=True)
    counts = np.bincount(numbers, minlength=n_cells)
    occupied = np.flatnonzero(counts)
    return occupied, counts[occupied]
