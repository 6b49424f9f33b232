"""Neighbours in any dimension: a balanced tree of small boxes, searched from the query's own leaf.

Points are kept in leaf order, so the queries of a leaf follow one another and meet the same
boxes. Node 1 is the root, the children of node
i are 2 i and 2 i + 1, the leaves are the nodes n_leaves … 2 n_leaves - 1; leaf l holds the points
edges[l] … edges[l + 1] - 1. ``lanes`` (n_leaves, n_dims, LEAF_SIZE) holds the coordinates of a
leaf side by side, and NaN where it has fewer points: loops of fixed length over neighbouring
numbers are what a processor does four or eight at a time, and NaN is within no radius.

A box is passed over by comparing rounded differences with the radius; rounding keeps order, so
no point inside it could have compared otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.variables import Matrix, Rows, Vector

Places = NDArray[np.int32]
Lanes = NDArray[np.float64]  # (n_leaves, n_dims, LEAF_SIZE)

LEAF_SIZE = 16


@kernel
def _swap(points: Matrix, rows: Rows, i: int, j: int) -> None:
    for a in range(points.shape[1]):
        points[i, a], points[j, a] = points[j, a], points[i, a]
    rows[i], rows[j] = rows[j], rows[i]


@kernel
def _select(points: Matrix, rows: Rows, low: int, high: int, middle: int, axis: int) -> None:
    """Order [low, high) such that no value before ``middle`` is above one from there on."""
    high -= 1
    while low < high:
        a, b, c = points[low, axis], points[(low + high) >> 1, axis], points[high, axis]
        pivot = max(min(a, b), min(max(a, b), c))
        i, j = low, high
        while i <= j:
            while points[i, axis] < pivot:
                i += 1
            while points[j, axis] > pivot:
                j -= 1
            if i <= j:
                _swap(points, rows, i, j)
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@kernel
def _bound(points: Matrix, first: int, last: int, low: Vector, high: Vector) -> None:
    """low, high (n_dims,) <- the smallest box around points first … last - 1."""
    low[:] = np.inf
    high[:] = -np.inf
    for i in range(first, last):
        for a in range(points.shape[1]):
            low[a] = min(low[a], points[i, a])
            high[a] = max(high[a], points[i, a])


@kernel
def build(points: Matrix, rows: Rows, edges: Rows, low: Matrix, high: Matrix) -> None:
    """Bring points (n, d) and rows (n,) into leaf order; low, high (2 n_leaves, d) <- boxes."""
    n_leaves = edges.shape[0] - 1
    width = n_leaves  # leaves below a node of this depth
    node = 1
    while node < 2 * n_leaves:
        leaf = (node - n_leaves // width) * width
        first, last = edges[leaf], edges[leaf + width]
        _bound(points, first, last, low[node], high[node])
        if width > 1:
            axis = int(np.argmax(high[node] - low[node]))
            _select(points, rows, first, last, edges[leaf + width // 2], axis)
        node += 1
        if node == 2 * (n_leaves // width):
            width //= 2


@kernel
def spread(points: Matrix, edges: Rows, lanes: Lanes) -> None:
    """Fill the lanes with points (n, d) in leaf order, and NaN where a leaf has fewer."""
    lanes[:] = np.nan
    for leaf in range(lanes.shape[0]):
        for i in range(edges[leaf], edges[leaf + 1]):
            for a in range(points.shape[1]):
                lanes[leaf, a, i - edges[leaf]] = points[i, a]


@kernel
def _gap(point: Vector, low: Vector, high: Vector, euclidean: bool) -> float:
    """How far a point is from a box, at least; squared if euclidean."""
    worst = 0.0
    for a in range(point.shape[0]):
        away = max(low[a] - point[a], point[a] - high[a], 0.0)
        worst = worst + away * away if euclidean else max(worst, away)
    return worst


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
    low: Matrix,
    high: Matrix,
    first: int,
    last: int,
    stack: Rows,
    point: Vector,
    near: Vector,
    euclidean: bool,
    best: Vector,
    radius: Vector,
) -> None:
    """radius[i] <- distance of the k-th neighbour, for the points of leaves first … last - 1."""
    n_leaves, k = lanes.shape[0], best.shape[0]
    gaps = np.empty(stack.shape[0])
    for leaf in range(first, last):
        for i in range(edges[leaf], edges[leaf + 1]):
            point[:] = lanes[leaf, :, i - edges[leaf]]
            best[:] = np.inf
            _nearest_in_leaf(point, lanes[leaf], i - edges[leaf], euclidean, near, best)
            climb = leaf + n_leaves
            while climb > 1:
                stack[0] = climb ^ 1
                gaps[0] = _gap(point, low[climb ^ 1], high[climb ^ 1], euclidean)
                climb >>= 1
                top = 1
                while top > 0:
                    top -= 1
                    node = stack[top]
                    if gaps[top] >= best[k - 1]:
                        continue
                    if node >= n_leaves:
                        _nearest_in_leaf(point, lanes[node - n_leaves], -1, euclidean, near, best)
                        continue
                    child = 2 * node
                    near_gap = _gap(point, low[child], high[child], euclidean)
                    far_gap = _gap(point, low[child + 1], high[child + 1], euclidean)
                    if far_gap < near_gap:
                        child += 1
                        near_gap, far_gap = far_gap, near_gap
                    if far_gap < best[k - 1]:
                        stack[top], gaps[top] = child ^ 1, far_gap
                        top += 1
                    if near_gap < best[k - 1]:
                        stack[top], gaps[top] = child, near_gap
                        top += 1
            radius[i] = np.sqrt(best[k - 1]) if euclidean else best[k - 1]


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
    low: Matrix,
    high: Matrix,
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
    n_leaves = lanes.shape[0]
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
    low: Matrix,
    high: Matrix,
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
    n_leaves = lanes.shape[0]
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
