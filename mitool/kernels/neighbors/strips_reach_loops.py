"""How far the points within a distance lie in x and in y: the boxes of algorithm 2 of KSG."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.lanes import LANES, Lanes
from mitool.kernels.lanes_loops import (
    any_within,
    apart,
    less,
    numbers_at,
    put,
    room_at,
    upper,
    where_within,
)
from mitool.kernels.neighbors.strips_loops import Plane, advance
from mitool.kernels.types import Places
from mitool.variables import Vector

Around = tuple[Lanes, Lanes, Lanes]
"""Eight points, and the largest of their radii."""


@kernel
def _stretch(around: Around, x: float, y: float, radii: Vector, reach: Vector) -> None:
    """Stretch the reach of the scales that hold a point at x, y: first that in x, then in y."""
    aside, along, n = apart(around[0], x), apart(around[1], y), radii.shape[0]
    distance = upper(aside, along)
    for c in range(0, n, LANES):
        r = room_at(radii, c)
        put(reach, c, upper(room_at(reach, c), where_within(distance, r, aside)))
        put(reach, n + c, upper(room_at(reach, n + c), where_within(distance, r, along)))


@kernel
def _widen(
    plane: Plane, around: Around, t: int, low: float, start: Places, radii: Vector, reach: Vector
) -> None:
    """Stretch the reach as far as points of strip t demand."""
    x, y, sorted_x, shift = plane
    left, right = t << shift, min(sorted_x.shape[0], (t + 1) << shift)
    up = advance(y, low, t, right, start)
    down = up - 1
    while up < right and any_within(less(y[up], around[1]), around[2]):
        _stretch(around, x[up], y[up], radii, reach)
        up += 1
    while down >= left and any_within(less(around[1], y[down]), around[2]):
        _stretch(around, x[down], y[down], radii, reach)
        down -= 1


@kernel
def widen(
    plane: Plane,
    at: NDArray[np.int32],
    radii: NDArray[np.float64],
    first: int,
    last: int,
    start: Places,
    its_radii: Vector,
    its_reach: Vector,
    reach: NDArray[np.float64],
) -> None:
    """reach[a, c] <- how far what is within radii[a, c] (closed) lies, in the order of each line.

    For points first … last - 1 of the strips, whose ranks in x and in y are ``at``; radii ascend.
    Room: for the start in each strip; for the radii and the reach of eight points.
    """
    x, y, sorted_x, shift = plane
    n_scales = radii.shape[1]
    for s in range(first >> shift, ((last - 1) >> shift) + 1):
        for t in range(start.shape[0]):
            start[t] = t << shift
        end = min(last, x.shape[0], (s + 1) << shift)
        for i in range(max(first, s << shift), end, LANES):
            stop = min(i + LANES, end)
            for j in range(n_scales * LANES):
                its_radii[j] = radii[0, j // LANES, at[0, min(i + j % LANES, stop - 1)]]
            its_reach[:] = 0.0
            at_x, at_y = numbers_at(x, i, stop), numbers_at(y, i, stop)
            around = at_x, at_y, room_at(its_radii, (n_scales - 1) * LANES)
            for t in range(s, start.shape[0]):
                if t > s and not any_within(less(sorted_x[t << shift], at_x), around[2]):
                    break
                _widen(plane, around, t, y[i], start, its_radii, its_reach)
            for t in range(s - 1, -1, -1):
                if not any_within(less(at_x, sorted_x[((t + 1) << shift) - 1]), around[2]):
                    break
                _widen(plane, around, t, y[i], start, its_radii, its_reach)
            for c in range(n_scales):
                for j in range(i, stop):
                    reach[0, c, at[0, j]] = its_reach[c * LANES + j - i]
                    reach[1, c, at[1, j]] = its_reach[(n_scales + c) * LANES + j - i]
