"""Neighbours among few points of many dimensions: sets of points as bits, met in each dimension.

The points within r of another in one dimension are a range of its ascending line. For every
2^shift-th place of the line, ``table`` keeps the set of all points before it, one bit each, so a
range is one set without another, and a box is the ranges of all its dimensions met: a processor
takes 256 points at a time. What the rounding of a range to such places adds or omits is put right
point by point where it is counted; where the nearest are sought, a range is only rounded outwards.

All points are met for each, so the time grows with the square of their number. At 10⁴ points it is
that of a tree over 12 and 16 to count (5 and 10 dimensions) and over 3 and 8 to search (10 and
20 dimensions); computing all distances takes as long as the tree does there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors import line_loops
from mitool.kernels.neighbors.margin import Places
from mitool.variables import Matrix, Rows, Vector

Sets = NDArray[np.int64]
Numbers = NDArray[np.int32]
Axes = tuple[Matrix, Numbers, Vector]
"""Ascending lines (n_dims, n), where their buckets begin, and their scales; see ``line_loops``."""


@kernel
def _n_bits(word: int) -> int:
    """How many bits are set: pairs, fours and eights are summed side by side."""
    word -= (word >> 1) & 0x5555555555555555
    word = (word & 0x3333333333333333) + ((word >> 2) & 0x3333333333333333)
    word = (word + (word >> 4)) & 0x0F0F0F0F0F0F0F0F
    return (word * 0x0101010101010101) >> 56


@kernel
def _put(places: Places, first: int, last: int, points: Rows) -> None:
    """Add the points at places first … last - 1 of a line to a set."""
    for p in range(first, last):
        points[places[p] >> 6] |= np.int64(1) << (places[p] & 63)


@kernel
def _omit(places: Places, first: int, last: int, points: Rows) -> None:
    """Take the points at places first … last - 1 of a line out of a set."""
    for p in range(first, last):
        points[places[p] >> 6] &= ~(np.int64(1) << (places[p] & 63))


@kernel
def tabulate(orders: Numbers, shift: int, table: Sets) -> None:
    """table[a, c] <- the points at the places before c << shift in dimension a."""
    n = orders.shape[1]
    for a in range(table.shape[0]):
        table[a, 0] = 0
        for c in range(1, table.shape[1]):
            table[a, c] = table[a, c - 1]
            _put(orders[a], (c - 1) << shift, min(c << shift, n), table[a, c])


@kernel
def _meet(upto: Rows, before: Rows, is_first: bool, points: Rows) -> None:
    """Keep the points of the set that are in ``upto`` and not in ``before``; at first, all are."""
    if is_first:
        for w in range(points.shape[0]):
            points[w] = upto[w] & ~before[w]
    else:
        for w in range(points.shape[0]):
            points[w] &= upto[w] & ~before[w]


@kernel
def _around(axes: Axes, table: Sets, shift: int, point: Vector, r: float, points: Rows) -> None:
    """Fill the set with all points within r (closed) in every dimension, and some others."""
    lines, firsts, scales = axes
    up = (1 << shift) - 1
    for a in range(point.shape[0]):
        below, above = line_loops.ends(lines[a], scales[a], firsts[a], point[a], r)
        _meet(table[a, (above + up) >> shift], table[a, below >> shift], a == 0, points)


@kernel
def _keep(best: Vector, distance: float) -> None:
    """Put a distance below the largest of ``best`` (ascending) in its turn."""
    j = best.shape[0] - 1
    while j > 0 and best[j - 1] > distance:
        best[j] = best[j - 1]
        j -= 1
    best[j] = distance


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
            _keep(best, far[j])
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
                distance = _distance(points, i, (w << 6) + _n_bits(lowest - 1), 0, n_dims)
                if distance < best[-1]:
                    _keep(best, distance)
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
                j = (w << 6) + _n_bits(lowest - 1)
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
    orders: Numbers,
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
            _meet(table[a, e], table[a, b], True, range_)
            _put(orders[a], max(e << shift, below), above, range_)
            _omit(orders[a], above, min(e << shift, n), range_)
            _omit(orders[a], b << shift, below, range_)
            _put(orders[a], below, min(b << shift, above), range_)
            for w in range(near.shape[0]):
                near[w] &= range_[w]
        found = 0
        for w in range(near.shape[0]):
            found += _n_bits(near[w])
        out[i] = found - 1 if r >= 0.0 else 0
