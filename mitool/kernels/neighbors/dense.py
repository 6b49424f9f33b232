"""Neighbours by all distances at once: for small n, where loading a compiler takes longer.

The compiled kernels yield the same bits: distances are differences of the same two numbers, and
everything after is comparing and counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mitool.kernels.neighbors.tallies import Ball, NeighborCounts, Scales
from mitool.kernels.types import Places
from mitool.variables import Matrix, Vector

_BLOCK = 1 << 18
"""Distances held at a time, per variable: 2 MB."""


def _distances(values: Matrix, first: int, last: int) -> Matrix:
    """Give the maximum norm from the rows first … last - 1 to all, shape (last - first, n)."""
    out = np.abs(values[first:last, None, 0] - values[:, 0])
    for column in range(1, values.shape[1]):
        np.maximum(out, np.abs(values[first:last, None, column] - values[:, column]), out=out)
    return out


def _blocks(n: int) -> Iterator[tuple[int, int]]:
    step = max(1, _BLOCK // n)
    return ((first, min(n, first + step)) for first in range(0, n, step))


def _kth(joint: Matrix, first: int, ks: Sequence[int]) -> list[Vector]:
    """Give the k-th smallest of each row, the point itself left out; each of shape (rows, 1)."""
    rows = np.arange(len(joint))
    joint[rows, rows + first] = np.inf
    parted = np.partition(joint, [k - 1 for k in ks], axis=1)
    joint[rows, rows + first] = 0.0
    return [parted[:, k - 1, None] for k in ks]


def neighbor_counts(
    blocks: Sequence[Matrix], spaces: Sequence[Sequence[int]], scales: Scales
) -> list[NeighborCounts]:
    """See ``counting.neighbor_counts_at``; each k has its ball, and all share the distances."""
    n = len(blocks[0])
    out = [np.empty((len(spaces), n), dtype=np.int32) for _ in scales]
    for first, last in _blocks(n):
        parts = [_distances(values, first, last) for values in blocks]
        joint = np.maximum.reduce(parts)
        radii = _kth(joint, first, [k for k, _ in scales])
        for row, space in enumerate(spaces):
            part = np.maximum.reduce([parts[block] for block in space])
            for counts, radius, (_, ball) in zip(out, radii, scales, strict=True):
                counts[row, first:last] = _within(part, joint, radius, ball)
    return out


def _within(part: Matrix, joint: Matrix, radius: Vector, ball: Ball) -> Places:
    """Count the others of each row within its radius in one space."""
    if ball == "open":
        return np.asarray(np.count_nonzero(part < radius, axis=1) - (radius[:, 0] > 0.0))
    if ball == "box":
        radius = np.where(joint <= radius, part, 0.0).max(axis=1, keepdims=True)
    return np.asarray(np.count_nonzero(part <= radius, axis=1) - 1)


def kth_distance(values: Matrix, k: int) -> Vector:
    """See ``counting.kth_distance``."""
    out = np.empty(len(values))
    for first, last in _blocks(len(values)):
        out[first:last] = _kth(_distances(values, first, last), first, [k])[0][:, 0]
    return out


def count_within(values: Matrix, radius: Vector, *, closed: bool) -> Places:
    """See ``counting.count_within``."""
    out = np.empty(len(values), dtype=np.int32)
    for first, last in _blocks(len(values)):
        distances, reach = _distances(values, first, last), radius[first:last, None]
        within = distances <= reach if closed else distances < reach
        itself = closed | (reach[:, 0] > 0.0)
        out[first:last] = np.count_nonzero(within, axis=1) - itself
    return out
