"""Equal rows as small codes.

A variable of few levels that meets many others is kept as bit planes too, one a level: the rows in
which two levels meet are then counted 64 at a time.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.types import Counts, ShortCodes
from mitool.once import once
from mitool.variables import Rows

Planes = NDArray[np.uint64]  # (n_levels, words of 64 rows)

DENSE_CELLS = 1 << 16
DENSE_PER_ROW = 4
PACKED_LEVELS = 12  # beyond, a table of two such variables is tallied sooner than overlapped
PACKED_ROWS = 2048


@dataclass(frozen=True, eq=False)
class Coded:
    """One variable as codes 0 … n_levels - 1; levels may be unseen after ``take``.

    ``kept`` holds what estimators know of the counts alone, which no order of rows changes;
    ``columns`` what was joined, if several were, in any order of rows.
    """

    codes: ShortCodes
    n_levels: int
    kept: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    planes: Planes | None = field(default=None, repr=False)
    columns: tuple[Coded, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        return len(self.codes)

    @once
    def counts(self) -> Counts:
        """How often each level occurs, shape (n_levels,)."""
        return np.bincount(self.codes, minlength=self.n_levels)

    @once
    def n_seen(self) -> int:
        """How many levels occur at all."""
        return int(np.count_nonzero(self.counts))

    @once
    def column_levels(self) -> tuple[int, ...]:
        """How many levels occur in each of the columns."""
        if not self.columns:
            return (self.n_seen,)
        return tuple(n_seen for column in self.columns for n_seen in column.column_levels)

    def take(self, rows: Rows) -> Coded:
        """Give the codes of a selection of rows."""
        columns = tuple(column.take(rows) for column in self.columns)
        return Coded(self.codes[rows], self.n_levels, columns=columns)

    def permute(self, rows: Rows) -> Coded:
        """Give the codes in another order; what is known of the counts stays."""
        return Coded(self.codes[rows], self.n_levels, self.kept, columns=self.columns)

    def packed(self) -> Coded:
        """Give the same with bit planes, where these will make counting faster."""
        if len(self) < PACKED_ROWS or self.n_levels > PACKED_LEVELS:
            return self
        return replace(self, planes=self.laid_out)

    @once
    def laid_out(self) -> Planes:
        """The bit planes, whether they make counting faster by themselves or not."""
        if self.planes is not None:
            return self.planes
        planes = np.zeros((self.n_levels, -(-len(self) // 64) * 8), dtype=np.uint8)
        for level, plane in enumerate(planes):
            bits = np.packbits(self.codes == level)
            plane[: len(bits)] = bits
        return planes.view(np.uint64)


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
    joined = first
    for other in others:
        joined = code(pair(joined, other))
    return replace(joined, columns=(first, *others)) if others else first


def code_rows(values: NDArray[Any]) -> Coded:
    """Code the joint rows of columns, shape (n, d)."""
    return combine(*(code(column) for column in values.T))
