"""Neighbours in the plane, maximum norm: strips of equal count along x, each ascending in y.

A point's neighbours lie in its own strip and the ones beside it, each close to the place where
the point's own y would stand; that place only moves forward while the points of a strip are
taken in ascending y. Nothing is built but two sorted orders, which belong to one variable each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.variables import Rows, Vector

Places = NDArray[np.int32]


@kernel
def cut(
    rank_x: Places,
    order_y: Rows,
    sorted_x: Vector,
    sorted_y: Vector,
    shift: int,
    free: Rows,
    x: Vector,
    y: Vector,
    at_x: Places,
    at_y: Places,
) -> None:
    """Fill the strips of 2**shift points: x, y <- values, at_x, at_y <- ranks, all (n,)."""
    for s in range(free.shape[0]):
        free[s] = s << shift
    for j in range(order_y.shape[0]):
        i = rank_x[order_y[j]]
        s = i >> shift
        place = free[s]
        free[s] = place + 1
        x[place] = sorted_x[i]
        y[place] = sorted_y[j]
        at_x[place] = i
        at_y[place] = j


@kernel
def _keep(best: Vector, distance: float) -> float:
    """Put a distance below the largest of ``best`` (ascending) in its place; give the largest."""
    j = best.shape[0] - 1
    while j > 0 and best[j - 1] > distance:
        best[j] = best[j - 1]
        j -= 1
    best[j] = distance
    return float(best[best.shape[0] - 1])


@kernel
def _scan(
    x: Vector,
    y: Vector,
    xi: float,
    yi: float,
    up: int,
    down: int,
    low: int,
    high: int,
    best: Vector,
) -> float:
    """Look up from ``up`` and down from ``down`` within [low, high); give the k-th distance."""
    worst = float(best[best.shape[0] - 1])
    while up < high and y[up] - yi < worst:
        distance = max(abs(x[up] - xi), y[up] - yi)
        if distance < worst:
            worst = _keep(best, distance)
        up += 1
    while down >= low and yi - y[down] < worst:
        distance = max(abs(x[down] - xi), yi - y[down])
        if distance < worst:
            worst = _keep(best, distance)
        down -= 1
    return float(worst)


@kernel
def kth_distance(
    x: Vector,
    y: Vector,
    sorted_x: Vector,
    shift: int,
    first: int,
    last: int,
    best: Vector,
    start: Rows,
    radius: Vector,
) -> None:
    """radius[i] <- distance of the k-th neighbour, for the points first … last - 1."""
    n, n_strips, k = x.shape[0], start.shape[0], best.shape[0]
    for s in range(first >> shift, ((last - 1) >> shift) + 1):
        low, high = s << shift, min(n, (s + 1) << shift)
        for t in range(n_strips):
            start[t] = t << shift
        for i in range(max(first, low), min(last, high)):
            xi, yi = x[i], y[i]
            best[:] = np.inf
            near = min(high, i + 1 + k)
            worst = _scan(x, y, xi, yi, i + 1, i - 1, low, near, best)
            worst = _scan(x, y, xi, yi, near, low - 1, low, high, best)
            for step in (1, -1):
                t = s + step
                while 0 <= t < n_strips:
                    left, right = t << shift, min(n, (t + 1) << shift)
                    gap = sorted_x[left] - xi if step > 0 else xi - sorted_x[right - 1]
                    if gap >= worst:
                        break
                    j = start[t]
                    while j < right and y[j] < yi:
                        j += 1
                    start[t] = j
                    worst = _scan(x, y, xi, yi, j, j - 1, left, right, best)
                    t += step
            radius[i] = worst


@kernel
def _reach(
    x: Vector,
    y: Vector,
    i: int,
    place: int,
    low: int,
    high: int,
    r: float,
    half_x: Vector,
    half_y: Vector,
) -> None:
    """Widen half_x[i], half_y[i] by the points of [low, high) within r, around ``place``."""
    up, down = place, place - 1
    while up < high and y[up] - y[i] <= r:
        if abs(x[up] - x[i]) <= r:
            half_x[i] = max(half_x[i], abs(x[up] - x[i]))
            half_y[i] = max(half_y[i], y[up] - y[i])
        up += 1
    while down >= low and y[i] - y[down] <= r:
        if abs(x[down] - x[i]) <= r:
            half_x[i] = max(half_x[i], abs(x[down] - x[i]))
            half_y[i] = max(half_y[i], y[i] - y[down])
        down -= 1


@kernel
def extents(
    x: Vector,
    y: Vector,
    sorted_x: Vector,
    shift: int,
    first: int,
    last: int,
    start: Rows,
    radius: Vector,
    half_x: Vector,
    half_y: Vector,
) -> None:
    """half_x[i], half_y[i] <- how far the points within radius[i] (closed) reach in x and y."""
    n, n_strips = x.shape[0], start.shape[0]
    for s in range(first >> shift, ((last - 1) >> shift) + 1):
        for t in range(n_strips):
            start[t] = t << shift
        for i in range(max(first, s << shift), min(last, n, (s + 1) << shift)):
            xi, r = x[i], radius[i]
            half_x[i] = half_y[i] = 0.0
            for step in (1, -1):
                t = s if step > 0 else s - 1
                while 0 <= t < n_strips:
                    left, right = t << shift, min(n, (t + 1) << shift)
                    gap = sorted_x[left] - xi if step > 0 else xi - sorted_x[right - 1]
                    if gap > r:
                        break
                    j = start[t]
                    while j < right and y[j] < y[i]:
                        j += 1
                    start[t] = j
                    _reach(x, y, i, j, left, right, r, half_x, half_y)
                    t += step


@kernel
def count_on_line(
    line: Vector, at: Places, radius: Vector, closed: bool, first: int, last: int, count: Places
) -> None:
    """count[i] <- how many others of the ascending line lie within radius[i] of line[at[i]].

    Both ends are first leapt over, by doubling steps, then closed in on by halving them. Halving
    goes either way with equal chance, so it chooses numbers and not branches.
    """
    for i in range(first, last):
        place = at[i]
        r = radius[i] if closed else np.nextafter(radius[i], -1.0)  # less than is at most this
        value, above, below = line[place], line.shape[0] - 1 - place, place
        up, down, leap, fall = 0, 0, 1, 1
        while up + leap <= above and line[place + up + leap] - value <= r:
            up += leap
            leap += leap
        while down + fall <= below and value - line[place - down - fall] <= r:
            down += fall
            fall += fall
        while leap > 1:
            leap >>= 1
            inside = line[place + min(up + leap, above)] - value <= r
            up += leap if (up + leap <= above) & inside else 0
        while fall > 1:
            fall >>= 1
            inside = value - line[place - min(down + fall, below)] <= r
            down += fall if (down + fall <= below) & inside else 0
        count[i] = up + down
