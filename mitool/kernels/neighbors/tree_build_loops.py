"""A balanced tree of small boxes over points of any dimension: how it is built.

Points are kept in leaf order. Node 1 is the root, the children of node
i are 2 i and 2 i + 1, the leaves are the nodes n_leaves … 2 n_leaves - 1; leaf l holds the points
edges[l] … edges[l + 1] - 1. ``lanes`` (n_leaves, n_dims, LEAF_SIZE) holds the coordinates of a
leaf side by side, and NaN where it has fewer points: loops of fixed length over neighbouring
numbers are what a processor does four or eight at a time, and NaN is within no radius.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.types import Places
from mitool.variables import Matrix, Rows, Vector

Lanes = NDArray[np.float64]  # (n_leaves, n_dims, LEAF_SIZE)

LEAF_SIZE = 32
"""Sixteen are a tenth slower to search and a fifth slower to build."""


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
def part(low: Matrix, high: Matrix, axis: Places, ends: Matrix) -> None:
    """axis[i] <- the dimension node i is cut in; ends[i] <- where its halves end and begin there.

    axis (n_leaves,), ends (n_leaves, 2).
    """
    for node in range(1, axis.shape[0]):
        a = np.argmax(high[node] - low[node])
        axis[node], ends[node, 0], ends[node, 1] = a, high[2 * node, a], low[2 * node + 1, a]
