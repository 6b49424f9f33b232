"""Counting equal rows: a variable as small codes, and how often pairs of codes occur."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.variables import Rows

Codes = NDArray[np.unsignedinteger[Any]]  # (n,), the smallest unsigned type that holds them
Counts = NDArray[np.int64]

DENSE_CELLS = 1 << 16
DENSE_PER_ROW = 4


@dataclass(frozen=True, eq=False)
class Coded:
    """One variable as codes 0 … n_levels - 1; levels may be unseen after ``take``.

    ``kept`` holds what estimators know of the counts alone, which no order of rows changes.
    """

    codes: Codes
    n_levels: int
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def counts(self) -> Counts:
        """How often each level occurs, shape (n_levels,)."""
        return np.bincount(self.codes, minlength=self.n_levels)

    @cached_property
    def n_seen(self) -> int:
        """How many levels occur at all."""
        return int(np.count_nonzero(self.counts))

    def take(self, rows: Rows) -> Coded:
        """Give the codes of a selection of rows."""
        return Coded(self.codes[rows], self.n_levels)

    def permute(self, rows: Rows) -> Coded:
        """Give the codes in another order; what is known of the counts stays."""
        return Coded(self.codes[rows], self.n_levels, self.kept)


def is_dense(n_cells: int, n_rows: int) -> bool:
    """Tell whether a table of so many cells is worth allocating for so many rows."""
    return n_cells <= max(DENSE_CELLS, DENSE_PER_ROW * n_rows)


def code(values: NDArray[Any]) -> Coded:
    """Code one column in ascending order of its values, shape (n,), without gaps."""
    whole = _whole(values)
    if whole is None:
        _, codes = np.unique(values, return_inverse=True)
        return _smallest(codes, int(codes.max(initial=-1)) + 1)
    seen = np.zeros(int(whole.max(initial=-1)) + 1, dtype=np.bool_)
    seen[whole] = True
    return _smallest((np.cumsum(seen) - 1)[whole], int(np.count_nonzero(seen)))


def _whole(values: NDArray[Any]) -> NDArray[np.int64] | None:
    """Give whole numbers in a short range, counted from the smallest: these need no sorting."""
    if not len(values):
        return np.empty(0, dtype=np.int64)
    low = values.min()
    if not is_dense(int(min(float(values.max()) - float(low), 1e18)), len(values)):
        return None
    whole = (values - low).astype(np.int64)
    return whole if bool(np.all(whole + low == values)) else None


def _smallest(codes: NDArray[np.int64], n_levels: int) -> Coded:
    return Coded(codes.astype(np.min_scalar_type(max(n_levels - 1, 0))), n_levels)


def pair(x: Coded, y: Coded) -> NDArray[np.int64]:
    """Give one number for each pair of codes, x-major, shape (n,); n_levels are below 2**31."""
    return x.codes.astype(np.int64) * y.n_levels + y.codes


def combine(first: Coded, *others: Coded) -> Coded:
    """Code the joint rows of several variables, without gaps, in ascending order."""
    for other in others:
        first = code(pair(first, other))
    return first


def count_pairs(x: Coded, y: Coded) -> Counts:
    """Count how often each pair of codes occurs; pairs that never occur may be left out."""
    n_cells = x.n_levels * y.n_levels
    if is_dense(n_cells, len(x)):
        return np.bincount(pair(x, y), minlength=n_cells)
    return np.unique(pair(x, y), return_counts=True)[1]


@dataclass(frozen=True, eq=False)
class Table:
    """The occupied cells of a contingency table, x-major; all shapes (n_cells,)."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    counts: Counts


def table(x: Coded, y: Coded) -> Table:
    """Give the contingency table of two coded variables of the same rows."""
    cells, counts = np.unique(pair(x, y), return_counts=True)
    rows, columns = np.divmod(cells, y.n_levels)
    return Table(rows, columns, counts)
