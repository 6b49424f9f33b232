"""Neighbours in any dimension by a tree of boxes: the arrays that its kernels fill."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mitool.kernels.neighbors import tree_build_loops, tree_nearest_loops, tree_within_loops
from mitool.kernels.neighbors.margin import Margin, renumbered
from mitool.kernels.neighbors.tree_build_loops import Lanes
from mitool.kernels.neighbors.tree_distances_loops import Boxes
from mitool.kernels.types import Places
from mitool.parallel import for_slices
from mitool.variables import Matrix, Rows, Vector

Frame = tuple[Lanes, Rows, Boxes, int, int, Rows, Vector, Vector]


@dataclass(frozen=True, eq=False)
class Tree:
    """Points in a tree of boxes, and the row of each in leaf order; see ``tree_build_loops``."""

    lanes: Lanes
    rows: Rows
    edges: Rows
    boxes: Boxes

    @classmethod
    def over(cls, margin: Margin) -> Tree:
        """Build the tree of all rows."""
        values = margin.values
        n, n_dims = values.shape
        n_leaves = 1 << ((n - 1) // tree_build_loops.LEAF_SIZE).bit_length()
        low, high = np.empty((2, 2 * n_leaves, n_dims))
        edges = np.arange(n_leaves + 1) * n // n_leaves
        points, rows = values.copy(), np.arange(n)
        tree_build_loops.build(points, rows, edges, low, high)
        lanes = np.empty((n_leaves, n_dims, tree_build_loops.LEAF_SIZE))
        tree_build_loops.spread(points, edges, lanes)
        axis, ends = np.zeros(n_leaves, dtype=np.int32), np.empty((n_leaves, 2))
        tree_build_loops.part(low, high, axis, ends)
        return cls(lanes, rows, edges, (low, high, axis, ends))

    def permuted(self, rows: Rows) -> Tree:
        """Give the tree of the same points whose row i was row rows[i] before."""
        return replace(self, rows=renumbered(self.rows, rows))

    def kth_distance(self, k: int) -> Vector:
        """Give the distance of each row's k-th neighbour, shape (n,)."""
        radius, out = np.empty((2, len(self.rows)))
        self._over_leaves(
            lambda frame: tree_nearest_loops.kth_distance(
                *frame, np.empty(len(frame[5])), np.empty(k), radius
            )
        )
        out[self.rows] = radius
        return out

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        reach = radius[self.rows]
        counts, out = np.empty((2, len(self.rows)), dtype=np.int32)
        self._over_leaves(lambda frame: tree_within_loops.count(*frame, reach, closed, counts))
        out[self.rows] = counts
        return out

    def extents(self, radius: Vector, split: int) -> Matrix:
        """Give how far the points within radius[row] reach before and from dimension ``split``."""
        reach = radius[self.rows]
        half, out = np.empty((2, 2, len(self.rows)))
        self._over_leaves(
            lambda frame: tree_within_loops.extents(
                *frame, reach, split, np.empty(tree_build_loops.LEAF_SIZE), half
            )
        )
        out[:, self.rows] = half
        return out

    def _over_leaves(self, seek: Callable[[Frame], None]) -> None:
        """Search in slices of leaves: the tree, the leaves from and to, and scratch."""
        n, n_leaves = len(self.rows), len(self.edges) - 1
        depth = 2 * len(self.edges).bit_length() + 2

        def find(first: int, last: int) -> None:
            leaves = (-(-first * n_leaves // n), -(-last * n_leaves // n))
            stack = np.empty(depth, dtype=np.int64)
            point, near = np.empty(self.lanes.shape[1]), np.empty(self.lanes.shape[2])
            seek((self.lanes, self.edges, self.boxes, *leaves, stack, point, near))

        for_slices(find, n)
