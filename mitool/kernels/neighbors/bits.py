"""Sets of points before some places of each line: the arrays that ``bits_loops`` fills.

All points are met for each, so the time grows with the square of their number. At 10⁴ points it is
that of a tree over 12 and 16 to count (5 and 10 dimensions) and over 3 and 8 to search (10 and
20 dimensions); computing all distances takes as long as the tree does there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mitool.kernels.neighbors import bits_loops
from mitool.kernels.neighbors.bits_sets_loops import Sets, tabulate
from mitool.kernels.neighbors.line import BucketedLine
from mitool.kernels.neighbors.margin import Margin, renumbered
from mitool.kernels.types import Places
from mitool.parallel import for_slices
from mitool.variables import Matrix, Rows, Vector

SAMPLED = 3.0
"""Times √(n k): points whose distances are all computed, to bound the k-th before the search."""
NARROWEST = 6
"""Two to this many places between two sets that are kept; wider where the table would be larger."""
TABLE_BYTES = 1 << 24


@dataclass(frozen=True, eq=False)
class Bits:
    """Points, the sets of those before some places of each line, and the row of each point."""

    points: Matrix
    orders: Places
    axes: bits_loops.Axes
    table: Sets
    shift: int
    rows: Rows

    @classmethod
    def over(cls, margin: Margin) -> Bits:
        """Sort the points in each dimension and keep the sets."""
        points = margin.values
        n, n_dims = points.shape
        orders = np.stack([column.order for column in margin.lines])
        lines = np.stack([column.ascending for column in margin.lines])
        bucketed = [BucketedLine(line).filled() for line in lines]
        firsts = np.stack([line.first for line in bucketed])
        scales = np.array([line.scale for line in bucketed])
        shift = NARROWEST
        while n_dims * (n >> shift) * (n >> 3) > TABLE_BYTES:
            shift += 1
        table = np.empty((n_dims, ((n - 1) >> shift) + 2, ((n - 1) >> 6) + 1), dtype=np.int64)
        tabulate(orders, shift, table)
        return cls(points, orders, (lines, firsts, scales), table, shift, np.arange(n))

    def permuted(self, rows: Rows) -> Bits:
        """Give the same of the points whose row i was row rows[i] before."""
        return replace(self, rows=renumbered(self.rows, rows))

    def kth_distance(self, k: int) -> Vector:
        """Give the distance of each row's k-th neighbour, shape (n,)."""
        n = len(self.rows)
        stride = max(1, int(n / (SAMPLED * (n * k) ** 0.5)))
        sample = np.ascontiguousarray(self.points[::stride].T)
        radius, out = np.empty((2, n))

        def search(first: int, last: int) -> None:
            room = np.empty(sample.shape[1]), np.empty(k), self._empty_set()
            bits_loops.kth_distance(*self._parts, sample, stride, first, last, *room, radius)

        for_slices(search, n)
        out[self.rows] = radius
        return out

    def extents(self, radius: Vector, split: int) -> Matrix:
        """Give how far the points within radius[row] reach before and from dimension ``split``."""
        n, reach = len(self.rows), radius[self.rows]
        half, out = np.empty((2, 2, n))

        def search(first: int, last: int) -> None:
            bits_loops.extents(*self._parts, split, reach, first, last, self._empty_set(), half)

        for_slices(search, n)
        out[:, self.rows] = half
        return out

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        n, reach = len(self.rows), radius[self.rows]
        counts, out = np.empty((2, n), dtype=np.int32)

        def search(first: int, last: int) -> None:
            room = self._empty_set(), self._empty_set()
            bits_loops.count(*self._parts, self.orders, reach, closed, first, last, *room, counts)

        for_slices(search, n)
        out[self.rows] = counts
        return out

    @property
    def _parts(self) -> tuple[Matrix, bits_loops.Axes, Sets, int]:
        return self.points, self.axes, self.table, self.shift

    def _empty_set(self) -> Rows:
        return np.empty(self.table.shape[2], dtype=np.int64)
