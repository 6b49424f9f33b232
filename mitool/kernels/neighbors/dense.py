"""Neighbours by all distances at once: for small n, where loading a compiler takes longer.

The compiled kernels yield the same bits: distances are differences of the same two numbers, and
everything after is comparing and counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.neighbors.tallies import Ball, NeighborCounts, Scales
from mitool.kernels.types import Places
from mitool.variables import Matrix, Vector

_BLOCK = 1 << 15
"""Distances held at a time, per variable: 256 KB, which are written to again and again. New memory
for each block takes ten times as long as the distances in it."""
_SHARING = 8
"""Distances of which the least stands for all where the k-th is sought: partitioning all takes
twenty times as long as computing them."""


def _measure(columns: Matrix, first: int, last: int, out: Matrix, room: Matrix) -> Matrix:
    """Give the maximum norm from the rows first … last - 1 to all in ``out``, (last - first, n)."""
    for j, column in enumerate(columns):
        into = room if j else out
        np.subtract(column[first:last, None], column, out=into)
        np.abs(into, out=into)
        if j:
            np.maximum(out, room, out=out)
    return out


def _blocks(n: int, n_rooms: int) -> Iterator[tuple[int, int, NDArray[np.float64]]]:
    """Yield the first and last row of each block, and the same rooms for distances to them."""
    step = max(1, _BLOCK // n)
    rooms = np.empty((n_rooms, step, n))
    for first in range(0, n, step):
        last = min(n, first + step)
        yield first, last, rooms[:, : last - first]


def _kth(joint: Matrix, first: int, ks: Sequence[int]) -> list[Vector]:
    """Give the k-th smallest of each row, the point itself left out; each of shape (rows, 1)."""
    rows = np.arange(len(joint))
    joint[rows, rows + first] = np.inf
    near = joint <= _bound(joint, max(ks))
    at, _ = np.nonzero(near)
    distances = joint[near]
    distances = distances[np.lexsort((distances, at))]
    start = np.searchsorted(at, rows)
    joint[rows, rows + first] = 0.0
    return [distances[start + k - 1, None] for k in ks]


def _bound(joint: Matrix, k: int) -> Vector:
    """Give a distance within which each row has k others, and few more; shape (rows, 1)."""
    n_rows, n = joint.shape
    n_shared = n // _SHARING
    if n_shared < 2 * k:
        return np.partition(joint, k - 1, axis=1)[:, k - 1, None]
    least = joint[:, : n_shared * _SHARING].reshape(n_rows, _SHARING, n_shared).min(axis=1)
    return np.partition(least, k - 1, axis=1)[:, k - 1, None]


def neighbor_counts(
    blocks: Sequence[Matrix], spaces: Sequence[Sequence[int]], scales: Scales
) -> list[NeighborCounts]:
    """See ``counting.neighbor_counts_at``; each k has its ball, and all share the distances."""
    n, n_blocks = len(blocks[0]), len(blocks)
    out = [np.empty((len(spaces), n), dtype=np.int32) for _ in scales]
    columns = [values.T.copy() for values in blocks]
    for first, last, rooms in _blocks(n, n_blocks + 2):
        parts, joint, room = rooms[:n_blocks], rooms[-2], rooms[-1]
        for of, part in zip(columns, parts, strict=True):
            _measure(of, first, last, part, room)
        np.maximum.reduce(parts, axis=0, out=joint)
        radii = _kth(joint, first, [k for k, _ in scales])
        for row, space in enumerate(spaces):
            part = parts[space[0]]
            for block in space[1:]:
                part = np.maximum(part, parts[block], out=room)
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
    out, columns = np.empty(len(values)), values.T.copy()
    for first, last, rooms in _blocks(len(values), 2):
        out[first:last] = _kth(_measure(columns, first, last, *rooms), first, [k])[0][:, 0]
    return out


def count_within(values: Matrix, radius: Vector, *, closed: bool) -> Places:
    """See ``counting.count_within``."""
    out, columns = np.empty(len(values), dtype=np.int32), values.T.copy()
    for first, last, rooms in _blocks(len(values), 2):
        distances, reach = _measure(columns, first, last, *rooms), radius[first:last, None]
        within = distances <= reach if closed else distances < reach
        itself = closed | (reach[:, 0] > 0.0)
        out[first:last] = np.count_nonzero(within, axis=1) - itself
    return out
