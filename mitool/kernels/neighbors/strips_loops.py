"""Neighbours in the plane, maximum norm: strips of equal count along x, each ascending in y.

A point's neighbours lie in its own strip and the ones beside it, each close to the place where
the point's own y would stand; that place only moves forward while the points of a strip are
taken in ascending y. Nothing is built but two sorted orders, which belong to one variable each.
"""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.best_loops import insert
from mitool.kernels.types import Flags, Places
from mitool.variables import Matrix, Rows, Vector

Plane = tuple[Vector, Vector, Vector, int]
"""The points of all strips, x and y; x in ascending order; the shift from a place to its strip."""


@kernel
def cut(
    order_x: Places,
    order_y: Places,
    sorted_x: Vector,
    sorted_y: Vector,
    shift: int,
    rank: Places,
    free: Places,
    x: Vector,
    y: Vector,
    at_x: Places,
    at_y: Places,
) -> None:
    """Fill the strips of 2**shift points: x, y <- values, at_x, at_y <- ranks, all (n,).

    ``rank`` and ``free`` are room, for the rank in x of each row and the place free in each strip.
    """
    for i in range(order_x.shape[0]):
        rank[order_x[i]] = i
    for s in range(free.shape[0]):
        free[s] = s << shift
    for j in range(order_y.shape[0]):
        i = rank[order_y[j]]
        s = i >> shift
        place = free[s]
        free[s] = place + 1
        x[place], y[place] = sorted_x[i], sorted_y[j]
        at_x[place], at_y[place] = i, j


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
    """Look up from ``up`` and down from ``down`` within [low, high); give the largest of best."""
    worst = float(best[best.shape[0] - 1])
    while up < high and y[up] - yi < worst:
        distance = max(abs(x[up] - xi), y[up] - yi)
        if distance < worst:
            worst = insert(best, distance)
        up += 1
    while down >= low and yi - y[down] < worst:
        distance = max(abs(x[down] - xi), yi - y[down])
        if distance < worst:
            worst = insert(best, distance)
        down -= 1
    return float(worst)


@kernel
def _gap(plane: Plane, xi: float, t: int, step: int) -> float:
    """Give the distance from xi to strip t, which lies above (step 1) or below it (-1)."""
    sorted_x, shift = plane[2:]
    if step > 0:
        return float(sorted_x[t << shift] - xi)
    return float(xi - sorted_x[min(sorted_x.shape[0], (t + 1) << shift) - 1])


@kernel
def _advance(plane: Plane, yi: float, t: int, start: Places) -> int:
    """Move the start in strip t to the place where yi would stand."""
    y, shift = plane[1], plane[3]
    j, right = start[t], min(y.shape[0], (t + 1) << shift)
    while j < right and y[j] < yi:
        j += 1
    start[t] = j
    return int(j)


@kernel
def _nearest(plane: Plane, s: int, i: int, start: Places, best: Vector) -> None:
    """Fill best with the distances of the nearest neighbours of point i of strip s."""
    x, y, _, shift = plane
    n, xi, yi = x.shape[0], x[i], y[i]
    low, high = s << shift, min(n, (s + 1) << shift)
    best[:] = np.inf
    near = min(high, i + 1 + best.shape[0])
    worst = _scan(x, y, xi, yi, i + 1, i - 1, low, near, best)
    worst = _scan(x, y, xi, yi, near, low - 1, low, high, best)
    for step in (1, -1):
        t = s + step
        while 0 <= t < start.shape[0] and _gap(plane, xi, t, step) < worst:
            j = _advance(plane, yi, t, start)
            left, right = t << shift, min(n, (t + 1) << shift)
            worst = _scan(x, y, xi, yi, j, j - 1, left, right, best)
            t += step


@kernel
def _widen(plane: Plane, s: int, i: int, start: Places, radii: Vector, reach: Matrix) -> None:
    """reach[c] <- how far the points within radii[c] (closed) of point i lie in x and in y."""
    x, y, _, shift = plane
    xi, yi, r = x[i], y[i], radii[-1]
    for step in (1, -1):
        t = s if step > 0 else s - 1
        while 0 <= t < start.shape[0] and (t == s or _gap(plane, xi, t, step) <= r):
            left, right = t << shift, min(x.shape[0], (t + 1) << shift)
            up = _advance(plane, yi, t, start)
            down = up - 1
            while up < right and y[up] - yi <= r:
                _stretch(abs(x[up] - xi), y[up] - yi, radii, reach)
                up += 1
            while down >= left and yi - y[down] <= r:
                _stretch(abs(x[down] - xi), yi - y[down], radii, reach)
                down -= 1
            t += step


@kernel
def _stretch(aside: float, along: float, radii: Vector, reach: Matrix) -> None:
    """Stretch the reach of the scales that hold a point so far away in x and in y."""
    distance, c = max(aside, along), radii.shape[0] - 1
    while c >= 0 and distance <= radii[c]:
        reach[c, 0] = max(reach[c, 0], aside)
        reach[c, 1] = max(reach[c, 1], along)
        c -= 1


@kernel
def search(
    plane: Plane,
    at_x: Places,
    at_y: Places,
    sizes: Rows,
    boxes: Flags,
    first: int,
    last: int,
    start: Places,
    best: Vector,
    radii: Vector,
    reach: Matrix,
    half_x: Matrix,
    half_y: Matrix,
) -> None:
    """half_x[c], half_y[c] <- how far sizes[c] neighbours reach, each in the order of its line.

    For the points first … last - 1 of the strips; sizes ascend. The reach is the distance of the
    last of them, or where ``boxes`` says so how far all within it lie in x and in y. The rest is
    room: for the start in each strip; the nearest distances, radii and reach of one point.
    """
    shift, n, any_box = plane[3], plane[0].shape[0], False
    for c in range(boxes.shape[0]):
        any_box = any_box or boxes[c]
    for s in range(first >> shift, ((last - 1) >> shift) + 1):
        for t in range(start.shape[0]):
            start[t] = t << shift
        for i in range(max(first, s << shift), min(last, n, (s + 1) << shift)):
            _nearest(plane, s, i, start, best)
            for c in range(sizes.shape[0]):
                radii[c] = best[sizes[c] - 1]
                reach[c] = 0.0 if boxes[c] else radii[c]  # which nothing within it can stretch
            if any_box:
                _widen(plane, s, i, start, radii, reach)
            for c in range(sizes.shape[0]):
                half_x[c, at_x[i]], half_y[c, at_y[i]] = reach[c]
