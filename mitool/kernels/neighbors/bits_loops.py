"""Neighbours among few points of many dimensions: sets of points as bits, met in each dimension.

The points within r of another in one dimension are a range of its ascending line. For every
2^shift-th place of the line, ``table`` keeps the set of all points before it, one bit each, so a
range is one set without another, and a box is the ranges of all its dimensions met: a processor
takes 256 points at a time. What the rounding of a range to such places adds or omits is put right
point by point where it is counted; where the nearest are sought, a range is only rounded outwards.
"""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors import line_loops
from mitool.kernels.neighbors.best_loops import insert
from mitool.kernels.neighbors.bits_sets_loops import Sets, meet, omit, put
from mitool.kernels.types import Places
from mitool.kernels.words_loops import n_bits
from mitool.variables import Matrix, Rows, Vector

Axes = tuple[Matrix, Places, Vector]
"""Ascending lines (n_dims, n), where their buckets begin, and their scales; see ``line_loops``."""


@kernel
def _around(axes: Axes, table: Sets, shift: int, point: Vector, r: float, points: Rows) -> None:
    """Fill the set with all points within r (closed) in every dimension, and some others."""
    lines, firsts, scales = axes
    up = (1 << shift) - 1
    for a in range(point.shape[0]):
        below, above = line_loops.ends(lines[a], scales[a], firsts[a], point[a], r)
        meet(table[a, (above + up) >> shift], table[a, below >> shift], a == 0, points)


@kernel
def _bound(point: Vector, sample: Matrix, itself: int, far: Vector, best: Vector) -> float:
    """Give the k-th distance to a sample (n_dims, m), but not to number ``itself`` of it."""
    far[:] = 0.0
    for a in range(0, point.shape[0], 2):  # two dimensions at a time: half the reads and writes
        b = min(a + 1, point.shape[0] - 1)
        u, v = point[a], point[b]
        for j in range(far.shape[0]):
            far[j] = max(max(abs(sample[a, j] - u), abs(sample[b, j] - v)), far[j]) + 0.0
    if itself >= 0:
        far[itself] = np.inf
    best[:] = np.inf
    for j in range(far.shape[0]):
        if far[j] < best[-1]:
            insert(best, far[j])
    return float(best[-1])


@kernel
def _distance(points: Matrix, i: int, j: int, first: int, last: int) -> float:
    """Distance of two points in the dimensions first … last - 1."""
    far = 0.0
    for a in range(first, last):
        far = max(far, abs(points[j, a] - points[i, a]))
    return far


@kernel
def kth_distance(
    points: Matrix,
    axes: Axes,
    table: Sets,
    shift: int,
    sample: Matrix,
    stride: int,
    first: int,
    last: int,
    far: Vector,
    best: Vector,
    near: Rows,
    radius: Vector,
) -> None:
    """radius[i] <- distance of the k-th neighbour, i = first … last - 1.

    The sample (n_dims, m) is of every stride-th point; far (m,), best (k,), near (words,) room.
    """
    n_dims = points.shape[1]
    for i in range(first, last):
        itself = i // stride if i % stride == 0 else -1
        r = _bound(points[i], sample, itself, far, best)
        _around(axes, table, shift, points[i], r, near)
        near[i >> 6] &= ~(np.int64(1) << (i & 63))
        best[:] = np.inf
        for w in range(near.shape[0]):
            word = near[w]
            while word != 0:
                lowest = word & -word
                distance = _distance(points, i, (w << 6) + n_bits(np.uint64(lowest - 1)), 0, n_dims)
                if distance < best[-1]:
                    insert(best, distance)
                word ^= lowest
        radius[i] = best[-1]


@kernel
def extents(
    points: Matrix,
    axes: Axes,
    table: Sets,
    shift: int,
    split: int,
    radius: Vector,
    first: int,
    last: int,
    near: Rows,
    half: Matrix,
) -> None:
    """half[0, i], half[1, i] <- how far those within radius[i] (closed) reach.

    In the dimensions before ``split`` and in those from there on, for i = first … last - 1.
    """
    n_dims = points.shape[1]
    for i in range(first, last):
        _around(axes, table, shift, points[i], radius[i], near)
        half[0, i] = half[1, i] = 0.0
        for w in range(near.shape[0]):
            word = near[w]
            while word != 0:
                lowest = word & -word
                j = (w << 6) + n_bits(np.uint64(lowest - 1))
                before = _distance(points, i, j, 0, split)
                after = _distance(points, i, j, split, n_dims)
                if max(before, after) <= radius[i]:
                    half[0, i], half[1, i] = max(half[0, i], before), max(half[1, i], after)
                word ^= lowest


@kernel
def count(
    points: Matrix,
    axes: Axes,
    table: Sets,
    shift: int,
    orders: Places,
    radius: Vector,
    closed: bool,
    first: int,
    last: int,
    range_: Rows,
    near: Rows,
    out: Places,
) -> None:
    """out[i] <- how many others lie within radius[i], i = first … last - 1."""
    lines, firsts, scales = axes
    n, middle = points.shape[0], (1 << shift) >> 1
    for i in range(first, last):
        r = radius[i] if closed else line_loops.before(radius[i])
        near[:] = -1 if r >= 0.0 else 0
        for a in range(points.shape[1] if r >= 0.0 else 0):
            below, above = line_loops.ends(lines[a], scales[a], firsts[a], points[i, a], r)
            b, e = (below + middle) >> shift, (above + middle) >> shift  # the nearest sets
            meet(table[a, e], table[a, b], True, range_)
            put(orders[a], max(e << shift, below), above, range_)
            omit(orders[a], above, min(e << shift, n), range_)
            omit(orders[a], b << shift, below, range_)
            put(orders[a], below, min(b << shift, above), range_)
            for w in range(near.shape[0]):
                near[w] &= range_[w]
        n_near = 0
        for w in range(near.shape[0]):
            n_near += n_bits(np.uint64(near[w]))
        out[i] = n_near - 1 if r >= 0.0 else 0
