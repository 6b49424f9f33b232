"""How far to one side of each point of a plane its nearest neighbours lie."""

from __future__ import annotations

from collections.abc import Callable
from math import inf, sqrt

import numpy as np

from mitool.variables import Rows, Vector

NEIGHBOURS = 8
"""Of each point: what is made of their sidedness was measured with so many."""
EVEN = (2 * NEIGHBOURS + 2) / (3 * NEIGHBOURS)
"""The sidedness where the density is even."""
MOST_POINTS = 1000
"""Of which ``unevenness`` is told: in the bias of more it counts for less than it costs."""
AT_ONCE = 1 << 17
"""Distances held at a time."""


def unevenness(x: Rows, y: Rows, line: Callable[[int], Vector]) -> float:
    """Give what the sidedness is beyond that of an even density, times n to the power 2/3.

    Of rows in ascending order of x and of y, each column laid on ``line`` (of so many points).
    Where the density is smooth, sidedness falls with n so, and this is the same of some rows as of
    all: it is of rows evenly along x where these are many.
    """
    n = min(len(x), MOST_POINTS)
    some = x[np.arange(n) * len(x) // n]
    place, scores = np.empty(len(y), dtype=np.int64), np.empty(n)
    place[y] = np.arange(len(y))
    scores[np.argsort(place[some])] = line(n)
    return (sidedness(line(n), scores) - EVEN) * float(n ** (2.0 / 3.0))


def sidedness(x: Vector, y: Vector, k: int = NEIGHBOURS) -> float:
    """Give k times the mean square of the mean offset of the k nearest of each point.

    ``x`` (n,) ascends without ties, ``y`` is of the same rows, and n is more than k. Offsets are in
    units of the distance to the k-th, in the maximum norm. Where the density is even, neighbours
    lie on all sides: the k-th on the edge of a square and the others anywhere in it, which makes
    (2 k + 2) / 3 k. Where the density rises or falls within their reach, or ends, it is more.
    """
    queries, total = np.arange(len(x)), 0.0
    reach = max(k, round(sqrt(k * len(x)) / 2))
    while len(queries):
        step = max(1, AT_ONCE // (2 * reach))
        left = []
        for start in range(0, len(queries), step):
            some = queries[start : start + step]
            squares, settled = _squares(x, y, some, reach, k)
            total += float(squares[settled].sum())
            left.append(some[~settled])
        queries, reach = np.concatenate(left), 2 * reach
    return k * total / len(x)


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
