"""Counting in squares of ranks: in whole strips by a table of sums, at the edges by comparing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors import line_loops
from mitool.kernels.types import Places
from mitool.variables import Vector

Sums = NDArray[np.int32]
"""How many points stand in the first strips of x and of y, shape (n_strips + 1, n_strips + 1)."""
Axis = tuple[Vector, Places, float]
"""The ascending line, the places where its buckets begin, and their scale; see ``line_loops``."""


@kernel
def rank(order_x: Places, order_y: Places, room: Places, in_x: Places, in_y: Places) -> None:
    """in_x[i] <- rank in y of the point whose rank in x is i, and in_y the other way."""
    for i in range(order_y.shape[0]):
        room[order_y[i]] = i
    for i in range(order_x.shape[0]):
        in_x[i] = room[order_x[i]]
        in_y[in_x[i]] = i


@kernel
def tabulate(in_x: Places, shift: int, table: Sums) -> None:
    """table[s, t] <- how many points stand in the first s strips of x and the first t of y."""
    table[:] = 0
    for i in range(in_x.shape[0]):
        table[(i >> shift) + 1, (in_x[i] >> shift) + 1] += 1
    for s in range(1, table.shape[0]):
        row = 0
        for t in range(1, table.shape[1]):
            row += table[s, t]
            table[s, t] = table[s - 1, t] + row


@kernel
def _n_of(ranks: Places, low: int, high: int) -> int:
    """How many ranks are low … high - 1, by one comparison of unsigned numbers each."""
    start, width, total = np.uint32(low), np.uint32(high - low), np.uint32(0)
    for i in range(ranks.shape[0]):
        total = np.uint32(total + (np.uint32(ranks[i] - start) < width))
    return int(total)


@kernel
def _n_in(
    in_x: Places, in_y: Places, table: Sums, shift: int, left: int, right: int, low: int, up: int
) -> int:
    """How many points have a rank in x of left … right - 1 and in y of low … up - 1."""
    s, s_end = (left >> shift) + 1, right >> shift  # the whole strips of x
    if s >= s_end:
        return _n_of(in_x[left:right], low, up)
    x, x_end = s << shift, s_end << shift
    total = _n_of(in_x[left:x], low, up) + _n_of(in_x[x_end:right], low, up)
    t, t_end = (low >> shift) + 1, up >> shift
    if t >= t_end:
        return total + _n_of(in_y[low:up], x, x_end)
    y, y_end = t << shift, t_end << shift
    total += _n_of(in_y[low:y], x, x_end) + _n_of(in_y[y_end:up], x, x_end)
    total += table[s_end, t_end] - table[s, t_end] - table[s_end, t] + table[s, t]
    return int(total)


@kernel
def count(
    x: Axis,
    y: Axis,
    in_x: Places,
    in_y: Places,
    table: Sums,
    shift: int,
    rows: Places,
    radius: Vector,
    closed: bool,
    first: int,
    last: int,
    out: Places,
) -> None:
    """out[rows[i]] <- how many others lie within radius[rows[i]], i = first … last - 1."""
    for i in range(first, last):
        reach = radius[rows[i]]
        r = reach if closed else line_loops.before(reach)
        if r < 0.0:
            out[rows[i]] = 0
            continue
        left, right = line_loops.ends(x[0], x[2], x[1], x[0][i], r)
        low, up = line_loops.ends(y[0], y[2], y[1], y[0][in_x[i]], r)
        out[rows[i]] = _n_in(in_x, in_y, table, shift, left, right, low, up) - 1
