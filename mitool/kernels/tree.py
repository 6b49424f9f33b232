"""Neighbours in any dimension: a balanced tree of small boxes, searched from the query's own leaf.

Points are kept in leaf order, so the queries of a leaf follow one another and meet the same
boxes. Node 1 is the root, the children of node i are 2 i and 2 i + 1, the leaves are the nodes
n_leaves … 2 n_leaves - 1; leaf l holds the points edges[l] … edges[l + 1] - 1.

A box is passed over by comparing rounded differences with the radius; rounding keeps order, so
no point inside it could have compared otherwise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.variables import Matrix, Rows, Vector

Places = NDArray[np.int32]


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
def _distance(p: Vector, q: Vector, euclidean: bool) -> float:
    """Distance of two points; squared if euclidean."""
    worst = 0.0
    for a in range(p.shape[0]):
        away = abs(q[a] - p[a])
        worst = worst + away * away if euclidean else max(worst, away)
    return worst


@kernel
def _leaf_of(i: int, edges: Rows) -> int:
    """The leaf that holds point i."""
    leaf = i * (edges.shape[0] - 1) // edges[edges.shape[0] - 1]
    while edges[leaf + 1] <= i:
        leaf += 1
    return int(leaf)


@kernel
def _nearest_in_leaf(
    points: Matrix, i: int, first: int, last: int, best: Vector, euclidean: bool
) -> None:
    """Let the points first … last - 1, but not i, into ``best`` (ascending)."""
    k = best.shape[0]
    for j in range(first, last):
        distance = _distance(points[i], points[j], euclidean)
        if distance < best[k - 1] and j != i:
            place = k - 1
            while place > 0 and best[place - 1] > distance:
                best[place] = best[place - 1]
                place -= 1
            best[place] = distance


@kernel
def kth_distance(
    points: Matrix,
    edges: Rows,
    low: Matrix,
    high: Matrix,
    first: int,
    last: int,
    euclidean: bool,
    best: Vector,
    stack: Rows,
    radius: Vector,
) -> None:
    """radius[i] <- distance of the k-th neighbour, for the points first … last - 1."""
    n_leaves, k = edges.shape[0] - 1, best.shape[0]
    for leaf in range(_leaf_of(first, edges), _leaf_of(last - 1, edges) + 1):
        for i in range(max(first, edges[leaf]), min(last, edges[leaf + 1])):
            best[:] = np.inf
            _nearest_in_leaf(points, i, edges[leaf], edges[leaf + 1], best, euclidean)
            climb = leaf + n_leaves
            while climb > 1:
                stack[0] = climb ^ 1
                climb >>= 1
                top = 1
                while top > 0:
                    top -= 1
                    node = stack[top]
                    if _gap(points[i], low[node], high[node], euclidean) >= best[k - 1]:
                        continue
                    if node >= n_leaves:
                        other = node - n_leaves
                        _nearest_in_leaf(points, i, edges[other], edges[other + 1], best, euclidean)
                    else:
                        near = 2 * node
                        left = _gap(points[i], low[near], high[near], euclidean)
                        right = _gap(points[i], low[near + 1], high[near + 1], euclidean)
                        near += 1 if right < left else 0
                        stack[top] = near ^ 1
                        stack[top + 1] = near
                        top += 2
            radius[i] = np.sqrt(best[k - 1]) if euclidean else best[k - 1]


@kernel
def count(
    points: Matrix,
    edges: Rows,
    low: Matrix,
    high: Matrix,
    first: int,
    last: int,
    radius: Vector,
    closed: bool,
    stack: Rows,
    out: Places,
) -> None:
    """out[i] <- how many others lie within radius[i], for the points first … last - 1."""
    n_leaves = edges.shape[0] - 1
    for leaf in range(_leaf_of(first, edges), _leaf_of(last - 1, edges) + 1):
        for i in range(max(first, edges[leaf]), min(last, edges[leaf + 1])):
            r = radius[i]
            found = 0 if r == 0.0 and not closed else -1  # the point itself
            stack[0] = 1
            top = 1
            while top > 0:
                top -= 1
                node = stack[top]
                gap = _gap(points[i], low[node], high[node], False)
                if gap > r or (gap == r and not closed):
                    continue
                depth = 0
                far = _far(points[i], low[node], high[node])
                if far < r or (far == r and closed):
                    span = 1
                    while node << depth < n_leaves:
                        depth += 1
                        span += span
                    base = (node << depth) - n_leaves
                    found += edges[base + span] - edges[base]
                elif node >= n_leaves:
                    base = node - n_leaves
                    for j in range(edges[base], edges[base + 1]):
                        away = _distance(points[i], points[j], False)
                        found += 1 if away < r or (away == r and closed) else 0
                else:
                    stack[top] = 2 * node
                    stack[top + 1] = 2 * node + 1
                    top += 2
            out[i] = found


@kernel
def extents(
    points: Matrix,
    edges: Rows,
    low: Matrix,
    high: Matrix,
    first: int,
    last: int,
    radius: Vector,
    split: int,
    stack: Rows,
    half: Matrix,
) -> None:
    """half[0, i], half[1, i] <- how far the points within radius[i] (closed) reach.

    In the dimensions before ``split`` and in those from there on, for the points first … last - 1.
    """
    n_leaves = edges.shape[0] - 1
    for leaf in range(_leaf_of(first, edges), _leaf_of(last - 1, edges) + 1):
        for i in range(max(first, edges[leaf]), min(last, edges[leaf + 1])):
            r = radius[i]
            half[0, i] = half[1, i] = 0.0
            stack[0] = 1
            top = 1
            while top > 0:
                top -= 1
                node = stack[top]
                if _gap(points[i], low[node], high[node], False) > r:
                    continue
                if node < n_leaves:
                    stack[top] = 2 * node
                    stack[top + 1] = 2 * node + 1
                    top += 2
                    continue
                base = node - n_leaves
                for j in range(edges[base], edges[base + 1]):
                    x = _distance(points[i, :split], points[j, :split], False)
                    y = _distance(points[i, split:], points[j, split:], False)
                    if max(x, y) <= r:
                        half[0, i] = max(half[0, i], x)
                        half[1, i] = max(half[1, i], y)
