"""How far to one side of each point of a plane its nearest neighbours lie."""

from __future__ import annotations

from math import inf, sqrt

import numpy as np

from mitool.variables import Rows, Vector

NEIGHBOURS = 8
"""Of each point: what is made of their sidedness was measured with so many."""
EVEN = (2 * NEIGHBOURS + 2) / (3 * NEIGHBOURS)
"""The sidedness where the density is even."""
MOST_QUERIES = 2000
"""Points whose neighbours are sought, evenly along the line: a mean over more tells no more."""
AT_ONCE = 1 << 17
"""Distances held at a time."""


def sidedness(x: Vector, y: Vector, k: int = NEIGHBOURS) -> float:
    """Give k times the mean square of the mean offset of the k nearest of each point.

    ``x`` (n,) ascends without ties, ``y`` is of the same rows, and n is more than k. Offsets are in
    units of the distance to the k-th, in the maximum norm. Where the density is even, neighbours
    lie on all sides: the k-th on the edge of a square and the others anywhere in it, which makes
    (2 k + 2) / 3 k. Where the density rises or falls within their reach, or ends, it is more.
    """
    queries = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_QUERIES)).astype(np.int64))
    reach, total, n_queries = max(k, round(sqrt(k * len(x)) / 2)), 0.0, len(queries)
    while len(queries):
        step = max(1, AT_ONCE // (2 * reach))
        left = []
        for start in range(0, len(queries), step):
            some = queries[start : start + step]
            squares, settled = _squares(x, y, some, reach, k)
            total += float(squares[settled].sum())
            left.append(some[~settled])
        queries, reach = np.concatenate(left), 2 * reach
    return k * total / n_queries


def _squares(x: Vector, y: Vector, queries: Rows, reach: int, k: int) -> tuple[Vector, np.ndarray]:
    """Give the squares, and whether none but these many places on the line could be nearer."""
    steps = np.concatenate((np.arange(-reach, 0), np.arange(1, reach + 1)))
    places = queries[:, None] + (steps + reach)
    line, other = (np.pad(side, reach, constant_values=(-inf, inf)) for side in (x, y))
    along, across = line.take(places), other.take(places)
    along -= x[queries, None]
    across -= y[queries, None]
    distances = np.maximum(np.abs(along), np.abs(across))
    near = np.argpartition(distances, k - 1, axis=1)[:, :k]
    kth = np.take_along_axis(distances, near, axis=1).max(axis=1)
    means = (np.take_along_axis(side, near, axis=1).mean(axis=1) for side in (along, across))
    settled = kth <= np.minimum(-along[:, 0], along[:, -1])
    squares = np.sum([np.square(mean / kth) for mean in means], axis=0)
    return squares, settled
