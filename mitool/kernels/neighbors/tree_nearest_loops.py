"""The k-th neighbour by a tree of small boxes, sought from the point's own leaf on.

Points are in leaf order, so those of a leaf follow one another and meet the same boxes.
"""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.best_loops import insert
from mitool.kernels.neighbors.tree_build_loops import Lanes
from mitool.kernels.neighbors.tree_distances_loops import (
    Boxes,
    gap_to,
    leaf_distances,
    n_within,
)
from mitool.variables import Matrix, Rows, Vector


@kernel
def _nearest_in_leaf(point: Vector, lanes: Matrix, itself: int, near: Vector, best: Vector) -> None:
    """Let the points of a leaf, but not number ``itself`` of them, into ``best`` (ascending)."""
    k = best.shape[0]
    leaf_distances(point, lanes, 0, point.shape[0], near)
    if itself >= 0:
        near[itself] = np.nan
    if n_within(near, best[k - 1], False) == 0:
        return
    for j in range(near.shape[0]):
        if near[j] < best[k - 1]:
            insert(best, near[j])


@kernel
def kth_distance(
    lanes: Lanes,
    edges: Rows,
    boxes: Boxes,
    first: int,
    last: int,
    stack: Rows,
    point: Vector,
    near: Vector,
    gaps: Vector,
    best: Vector,
    radius: Vector,
) -> None:
    """radius[i] <- distance of the k-th neighbour, for the points of leaves first … last - 1.

    From its own leaf, a point climbs to the siblings of the nodes it is in, and goes down there to
    the nearer half first. A half is at least as far as the whole and as its end in the dimension
    of the cut: one comparison, where its box takes two in every dimension and excludes few more.
    Going down is written out here: as a function of its own it takes a third longer.
    """
    (low, high, axis, ends), n_leaves = boxes, lanes.shape[0]
    for leaf in range(first, last):
        for i in range(edges[leaf], edges[leaf + 1]):
            for a in range(point.shape[0]):
                point[a] = lanes[leaf, a, i - edges[leaf]]
            best[:] = np.inf
            _nearest_in_leaf(point, lanes[leaf], i - edges[leaf], near, best)
            climb = leaf + n_leaves
            while climb > 1:
                other = climb ^ 1
                climb >>= 1
                u = point[axis[climb]]
                away = ends[climb, 1] - u if other & 1 else u - ends[climb, 0]
                if away >= best[-1]:
                    continue
                stack[0], gaps[0] = other, gap_to(point, low[other], high[other])
                top = 1
                while top > 0:
                    top -= 1
                    node, gap = stack[top], gaps[top]
                    while node < n_leaves and gap < best[-1]:
                        u = point[axis[node]]
                        left = max(gap, u - ends[node, 0])
                        right = max(gap, ends[node, 1] - u)
                        node += node
                        if right < left:
                            node += 1
                            left, right = right, left
                        gap = left
                        if right < best[-1]:
                            stack[top], gaps[top] = node ^ 1, right
                            top += 1
                    if gap < best[-1]:
                        _nearest_in_leaf(point, lanes[node - n_leaves], -1, near, best)
            radius[i] = best[-1]
