"""Neighbours among few points of several dimensions: all pairs, in whole steps of 16 bits first.

Coordinates are rounded down to steps of one width, so two points whose numbers of steps differ by
q (the most of all dimensions) are less than q + 1 widths apart and more than q - 1. Counting in
steps decides all but the few near the radius; those are compared by their true distance, so what
is found is exact to the last bit. A coordinate that is out of the range of steps is moved to its
end: differences only shrink, so what is far in steps is far, but what is near must be measured.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.best_loops import insert
from mitool.kernels.neighbors.steps_lanes_loops import apart, first_of, nearer
from mitool.kernels.types import Places
from mitool.kernels.words_loops import n_bits
from mitool.variables import Matrix, Rows, Vector

Steps = NDArray[np.uint16]
Grid = tuple[Steps, Rows, float, int]
"""Steps of the points in blocks of 64 (n_blocks, n_dims, 64); as bits, which were moved in some
dimension (n_blocks,); steps in one unit of distance; and the last step that is not of a label."""

FARTHEST = 65_535
"""Steps to the point itself, and to what fills the last block: more than between any others."""
SLACK = 2.0**-10
"""Steps beyond any rounding of a distance times their number in one unit."""


@kernel
def _distance(points: Matrix, i: int, j: int, first: int, last: int) -> float:
    """Distance of two points in the dimensions first … last - 1."""
    one, other, far = points[i], points[j], 0.0
    for a in range(first, last):
        away = abs(other[a] - one[a])
        far = away if away > far else far
    return far


@kernel
def _look_around(grid: Grid, n: int, i: int, point: Steps, far: Steps) -> int:
    """far[j] <- how many steps point j is from point i; give -1 if point i itself was moved."""
    steps, moved = grid[:2]
    n_dims = point.shape[0]
    for a in range(n_dims):
        point[a] = steps[i >> 6, a, i & 63]
    for block in range(steps.shape[0]):
        apart(steps, block, point, n_dims, far)
    far[i] = FARTHEST
    for j in range(n, far.shape[0]):
        far[j] = FARTHEST
    return -int((moved[i >> 6] >> (i & 63)) & 1)


@kernel
def _limit(distance: float, scale: float) -> int:
    """Give the number of steps from which on no point is within a distance."""
    return int(min(distance * scale + 1.0 + SLACK, FARTHEST - 2.0)) + 1


@kernel
def _most(far: Steps, k: int, guess: int, least: Steps) -> int:
    """Give a number of steps within which k points are, and few more.

    Every point shares a lane of ``least`` with some others, of which the nearest stands for all.
    """
    n_lanes, below, most, limit = least.shape[0], 0, FARTHEST, guess
    for j in range(n_lanes):
        least[j] = far[j]
    for start in range(n_lanes, far.shape[0], n_lanes):
        some = far[start : start + n_lanes]
        for j in range(n_lanes):
            least[j] = min(some[j], least[j])
    while most - below > 1:
        found = 0
        for block in range(n_lanes >> 6):
            found += n_bits(np.uint64(nearer(least, block, np.uint16(limit))))
        if found < k:
            below, limit = limit, min((limit + most) >> 1, limit + (limit >> 2) + 1)
        else:
            most, limit = limit, max((below + limit) >> 1, limit - (limit >> 2) - 1)
            if found <= k + 2:
                break
    return most


@kernel
def kth_distance(
    grid: Grid,
    points: Matrix,
    first: int,
    last: int,
    point: Steps,
    far: Steps,
    least: Steps,
    best: Vector,
    radius: Vector,
) -> None:
    """radius[i] <- distance of the k-th neighbour, i = first … last - 1.

    Room: point (n_dims,), far (64 n_blocks,), least, best (k,). Where some that were near in steps
    are farther than these say, all that may be as near as the k-th of them are looked at again.
    """
    (n, n_dims), scale, k, guess = points.shape, grid[2], best.shape[0], FARTHEST >> 4
    for i in range(first, last):
        _look_around(grid, n, i, point, far)
        guess = _most(far, k, guess, least)
        limit, needed = 0, min(guess + 1, FARTHEST - 1)
        while limit < needed:
            limit = needed
            best[:] = np.inf
            for block in range(grid[0].shape[0]):
                word = nearer(far, block, np.uint16(limit))
                while word != 0:
                    j = (block << 6) + first_of(word)
                    distance = _distance(points, i, j, 0, n_dims)
                    if distance < best[k - 1]:
                        insert(best, distance)
                    word &= word - 1
            needed = _limit(best[k - 1], scale)
        radius[i] = best[k - 1]


@kernel
def extents(
    grid: Grid,
    points: Matrix,
    first: int,
    last: int,
    point: Steps,
    far: Steps,
    radius: Vector,
    split: int,
    half: Matrix,
) -> None:
    """half[0, i], half[1, i] <- how far those within radius[i] (closed) reach.

    In the dimensions before ``split`` and in those from there on, for i = first … last - 1.
    """
    n, n_dims = points.shape
    for i in range(first, last):
        _look_around(grid, n, i, point, far)
        half[0, i] = half[1, i] = 0.0
        for block in range(grid[0].shape[0]):
            word = nearer(far, block, np.uint16(_limit(radius[i], grid[2])))
            while word != 0:
                j = (block << 6) + first_of(word)
                before = _distance(points, i, j, 0, split)
                after = _distance(points, i, j, split, n_dims)
                if max(before, after) <= radius[i]:
                    half[0, i], half[1, i] = max(half[0, i], before), max(half[1, i], after)
                word &= word - 1


@kernel
def count(
    grid: Grid,
    points: Matrix,
    first: int,
    last: int,
    point: Steps,
    far: Steps,
    radius: Vector,
    closed: bool,
    out: Places,
) -> None:
    """out[i] <- how many others lie within radius[i], i = first … last - 1."""
    (steps, moved, scale, farthest), (n, n_dims) = grid, points.shape
    for i in range(first, last):
        own = _look_around(grid, n, i, point, far)
        r = radius[i]
        within = np.uint16(min(max(r * scale - SLACK, 0.0), farthest + 1.0))
        limit, n_near = np.uint16(_limit(r, scale)), 0
        for block in range(steps.shape[0]):
            sure = nearer(far, block, within) & ~(moved[block] | own)
            word = nearer(far, block, limit) & ~sure
            n_near += n_bits(np.uint64(sure))
            while word != 0:
                j = (block << 6) + first_of(word)
                distance = _distance(points, i, j, 0, n_dims)
                n_near += distance <= r if closed else distance < r
                word &= word - 1
        out[i] = n_near
