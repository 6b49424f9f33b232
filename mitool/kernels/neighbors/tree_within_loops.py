"""The points within a distance of each, by a tree of small boxes sought from its root on.

Both loops walk the tree in the same few lines; what they do at a node stands in the midst of these.
"""

from __future__ import annotations

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.tree_build_loops import Lanes
from mitool.kernels.neighbors.tree_distances_loops import (
    Boxes,
    farthest_in,
    gap_to,
    leaf_distances,
    n_within,
    take,
)
from mitool.kernels.types import Places
from mitool.variables import Matrix, Rows, Vector


@kernel
def _n_below(node: int, edges: Rows) -> int:
    """How many points lie below a node."""
    n_leaves, span = edges.shape[0] - 1, 1
    while node < n_leaves:
        node += node
        span += span
    return int(edges[node - n_leaves + span] - edges[node - n_leaves])


@kernel
def count(
    lanes: Lanes,
    edges: Rows,
    boxes: Boxes,
    first: int,
    last: int,
    stack: Rows,
    point: Vector,
    near: Vector,
    radius: Vector,
    closed: bool,
    out: Places,
) -> None:
    """out[i] <- how many others lie within radius[i], for the points of leaves first … last - 1."""
    n_leaves, low, high = lanes.shape[0], boxes[0], boxes[1]
    for leaf in range(first, last):
        for i in range(edges[leaf], edges[leaf + 1]):
            take(lanes[leaf], i - edges[leaf], point)
            r = radius[i]
            n_near = 0 if r == 0.0 and not closed else -1  # the point itself
            stack[0] = 1
            top = 1
            while top > 0:
                top -= 1
                node = stack[top]
                gap = gap_to(point, low[node], high[node])
                if gap > r or (gap == r and not closed):
                    continue
                far = farthest_in(point, low[node], high[node])
                if far < r or (far == r and closed):
                    n_near += _n_below(node, edges)
                elif node >= n_leaves:
                    leaf_distances(point, lanes[node - n_leaves], 0, point.shape[0], near)
                    n_near += n_within(near, r, closed)
                else:
                    stack[top] = 2 * node
                    stack[top + 1] = 2 * node + 1
                    top += 2
            out[i] = n_near


@kernel
def extents(
    lanes: Lanes,
    edges: Rows,
    boxes: Boxes,
    first: int,
    last: int,
    stack: Rows,
    point: Vector,
    near: Vector,
    radius: Vector,
    split: int,
    also_near: Vector,
    half: Matrix,
) -> None:
    """half[0, i], half[1, i] <- how far the points within radius[i] (closed) reach.

    In the dimensions before ``split`` and in those from there on, for the points of leaves
    first … last - 1.
    """
    n_leaves, low, high = lanes.shape[0], boxes[0], boxes[1]
    for leaf in range(first, last):
        for i in range(edges[leaf], edges[leaf + 1]):
            take(lanes[leaf], i - edges[leaf], point)
            r = radius[i]
            half[0, i] = half[1, i] = 0.0
            stack[0] = 1
            top = 1
            while top > 0:
                top -= 1
                node = stack[top]
                if gap_to(point, low[node], high[node]) > r:
                    continue
                if node < n_leaves:
                    stack[top] = 2 * node
                    stack[top + 1] = 2 * node + 1
                    top += 2
                    continue
                leaf_distances(point, lanes[node - n_leaves], 0, split, near)
                leaf_distances(point, lanes[node - n_leaves], split, point.shape[0], also_near)
                for j in range(near.shape[0]):
                    if near[j] <= r and also_near[j] <= r:
                        half[0, i] = max(half[0, i], near[j])
                        half[1, i] = max(half[1, i], also_near[j])
