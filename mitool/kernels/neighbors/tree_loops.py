"""A balanced tree of small boxes, searched from the query's own leaf; see ``tree_build_loops``.

Points are in leaf order, so the queries of a leaf follow one another and meet the same boxes.

A box is passed over by comparing rounded differences with the radius; rounding keeps order, so
no point inside it could have compared otherwise.
"""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.tree_build_loops import Lanes, Places
from mitool.variables import Matrix, Rows, Vector

Boxes = tuple[Matrix, Matrix, Places, Matrix]
"""Lowest and highest corners of all nodes, and for the inner ones their cuts; see ``part``."""


@kernel
def _gap(point: Vector, low: Vector, high: Vector, euclidean: bool) -> float:
    """How far a point is from a box, at least; squared if euclidean."""
    worst = 0.0
    for a in range(point.shape[0]):
        away = max(low[a] - point[a], point[a] - high[a], 0.0)
        worst = worst + away * away if euclidean else max(worst, away)
    return worst


@kernel
def _ahead(away: float, euclidean: bool) -> float:
    """How far a place is at least that lies so far ahead, or behind if negative."""
    return max(away, 0.0) ** 2 if euclidean else away


@kernel
def _far(point: Vector, low: Vector, high: Vector) -> float:
    """How far a point is from the farthest place of a box, maximum norm."""
    worst = 0.0
    for a in range(point.shape[0]):
        worst = max(worst, point[a] - low[a], high[a] - point[a])
    return worst


@kernel
def _distances(point: Vector, lanes: Matrix, first: int, last: int, out: Vector) -> None:
    """Give the distances of a point to those of a leaf in the dimensions first … last - 1."""
    for a in range(first, last, 2):  # two dimensions at a time: half the reads and writes
        b = min(a + 1, last - 1)
        u, v = point[a], point[b]
        if a == first:
            for j in range(out.shape[0]):
                out[j] = max(abs(lanes[a, j] - u), abs(lanes[b, j] - v))
        else:
            for j in range(out.shape[0]):  # adding 0 keeps the store from becoming a branch
                away = max(abs(lanes[a, j] - u), abs(lanes[b, j] - v))
                out[j] = max(away, out[j]) + 0.0


@kernel
def _squares(point: Vector, lanes: Matrix, out: Vector) -> None:
    """Give the squared Euclidean distances of a point to those of a leaf."""
    out[:] = 0.0
    for a in range(point.shape[0]):
        for j in range(out.shape[0]):
            out[j] += (lanes[a, j] - point[a]) ** 2


@kernel
def _n_within(distances: Vector, radius: float, closed: bool) -> int:
    """How many distances are within the radius."""
    found = 0
    if closed:
        for j in range(distances.shape[0]):
            found += 1 if distances[j] <= radius else 0
    else:
        for j in range(distances.shape[0]):
            found += 1 if distances[j] < radius else 0
    return found


@kernel
def _nearest_in_leaf(
    point: Vector, lanes: Matrix, itself: int, euclidean: bool, near: Vector, best: Vector
) -> None:
    """Let the points of a leaf, but not number ``itself`` of them, into ``best`` (ascending)."""
    k = best.shape[0]
    if euclidean:
        _squares(point, lanes, near)
    else:
        _distances(point, lanes, 0, point.shape[0], near)
    if itself >= 0:
        near[itself] = np.nan
    if _n_within(near, best[k - 1], False) == 0:
        return
    for j in range(near.shape[0]):
        if near[j] < best[k - 1]:
            place = k - 1
            while place > 0 and best[place - 1] > near[j]:
                best[place] = best[place - 1]
                place -= 1
            best[place] = near[j]


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
    euclidean: bool,
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
            _nearest_in_leaf(point, lanes[leaf], i - edges[leaf], euclidean, near, best)
            climb = leaf + n_leaves
            while climb > 1:
                other = climb ^ 1
                climb >>= 1
                u = point[axis[climb]]
                away = ends[climb, 1] - u if other & 1 else u - ends[climb, 0]
                if _ahead(away, euclidean) >= best[-1]:
                    continue
                stack[0], gaps[0] = other, _gap(point, low[other], high[other], euclidean)
                top = 1
                while top > 0:
                    top -= 1
                    node, gap = stack[top], gaps[top]
                    while node < n_leaves and gap < best[-1]:
                        u = point[axis[node]]
                        left = max(gap, _ahead(u - ends[node, 0], euclidean))
                        right = max(gap, _ahead(ends[node, 1] - u, euclidean))
                        node += node
                        if right < left:
                            node += 1
                            left, right = right, left
                        gap = left
                        if right < best[-1]:
                            stack[top], gaps[top] = node ^ 1, right
                            top += 1
                    if gap < best[-1]:
                        _nearest_in_leaf(point, lanes[node - n_leaves], -1, euclidean, near, best)
            radius[i] = np.sqrt(best[-1]) if euclidean else best[-1]


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
            point[:] = lanes[leaf, :, i - edges[leaf]]
            r = radius[i]
            found = 0 if r == 0.0 and not closed else -1  # the point itself
            stack[0] = 1
            top = 1
            while top > 0:
                top -= 1
                node = stack[top]
                gap = _gap(point, low[node], high[node], False)
                if gap > r or (gap == r and not closed):
                    continue
                far = _far(point, low[node], high[node])
                if far < r or (far == r and closed):
                    found += _n_below(node, edges)
                elif node >= n_leaves:
                    _distances(point, lanes[node - n_leaves], 0, point.shape[0], near)
                    found += _n_within(near, r, closed)
                else:
                    stack[top] = 2 * node
                    stack[top + 1] = 2 * node + 1
                    top += 2
            out[i] = found


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
            point[:] = lanes[leaf, :, i - edges[leaf]]
            r = radius[i]
            half[0, i] = half[1, i] = 0.0
            stack[0] = 1
            top = 1
            while top > 0:
                top -= 1
                node = stack[top]
                if _gap(point, low[node], high[node], False) > r:
                    continue
                if node < n_leaves:
                    stack[top] = 2 * node
                    stack[top + 1] = 2 * node + 1
                    top += 2
                    continue
                _distances(point, lanes[node - n_leaves], 0, split, near)
                _distances(point, lanes[node - n_leaves], split, point.shape[0], also_near)
                for j in range(near.shape[0]):
                    if near[j] <= r and also_near[j] <= r:
                        half[0, i] = max(half[0, i], near[j])
                        half[1, i] = max(half[1, i], also_near[j])
