"""Counting neighbours of two dimensions: a grid of equal shares, with a table of its sums.

A square holds the points of a range of ranks in x that are of a range of ranks in y. The whole
strips of the grid inside it are summed in the table by four numbers; what stands in the strips at
its four edges is counted by comparing ranks, in 32 bits, of points that stand side by side. So a
square of many points takes hardly longer than one of few, where a tree would visit every box that
its edge cuts: measured 6, 5 and 4 times as fast to count as the tree, and 1.3 to 2.3 times as fast
to build with the sorts, at 10⁴, 10⁵ and 10⁶ rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors import line_loops
from mitool.kernels.neighbors.margin import Margin, Places
from mitool.parallel import for_slices
from mitool.variables import Rows, Vector

N_STRIPS = 10
"""Up to 2 to this many strips: a table of 4 MB at most stays in the cache."""
NARROWEST = 5
"""Two to this many points are compared in the time of a look into the table."""

Numbers = NDArray[np.int32]
Axis = tuple[Vector, Places, float]
"""The ascending line, the places where its buckets begin, and their scale; see ``line_loops``."""


@kernel
def _rank(order_x: Places, order_y: Places, room: Places, in_x: Places, in_y: Places) -> None:
    """in_x[i] <- rank in y of the point whose rank in x is i, and in_y the other way."""
    for i in range(order_y.shape[0]):
        room[order_y[i]] = i
    for i in range(order_x.shape[0]):
        in_x[i] = room[order_x[i]]
        in_y[in_x[i]] = i


@kernel
def _tabulate(in_x: Places, shift: int, table: Numbers) -> None:
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
    start, width, found = np.uint32(low), np.uint32(high - low), np.uint32(0)
    for i in range(ranks.shape[0]):
        found = np.uint32(found + (np.uint32(ranks[i] - start) < width))
    return int(found)


@kernel
def _n_in(
    in_x: Places, in_y: Places, table: Numbers, shift: int, left: int, right: int, low: int, up: int
) -> int:
    """How many points have a rank in x of left … right - 1 and in y of low … up - 1."""
    s, s_end = (left >> shift) + 1, right >> shift  # the whole strips of x
    if s >= s_end:
        return _n_of(in_x[left:right], low, up)
    x, x_end = s << shift, s_end << shift
    found = _n_of(in_x[left:x], low, up) + _n_of(in_x[x_end:right], low, up)
    t, t_end = (low >> shift) + 1, up >> shift
    if t >= t_end:
        return found + _n_of(in_y[low:up], x, x_end)
    y, y_end = t << shift, t_end << shift
    found += _n_of(in_y[low:y], x, x_end) + _n_of(in_y[y_end:up], x, x_end)
    found += table[s_end, t_end] - table[s, t_end] - table[s_end, t] + table[s, t]
    return int(found)


@kernel
def _count(
    x: Axis,
    y: Axis,
    in_x: Places,
    in_y: Places,
    table: Numbers,
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


@dataclass(frozen=True, eq=False)
class Squares:
    """The points of two columns, by their ranks; ``rows`` is their order in the first."""

    x: Axis
    y: Axis
    in_x: Places
    in_y: Places
    table: Numbers
    shift: int
    rows: Places

    @classmethod
    def over(cls, x: Margin, y: Margin) -> Squares:
        """Rank the points (x, y) and cut them into strips."""
        n = len(x)
        shift = max(NARROWEST, n.bit_length() - N_STRIPS)
        room, in_x, in_y = np.empty((3, n), dtype=np.int32)
        _rank(x.order, y.order, room, in_x, in_y)
        n_strips = ((n - 1) >> shift) + 1
        table = np.empty((n_strips + 1, n_strips + 1), dtype=np.int32)
        _tabulate(in_x, shift, table)
        return cls(_axis(x.ascending), _axis(y.ascending), in_x, in_y, table, shift, x.order)

    def permuted(self, rows: Rows) -> Squares:
        """Give the squares of the same points whose row i was row rows[i] before."""
        back = np.empty_like(self.rows)
        back[rows] = np.arange(len(rows), dtype=np.int32)
        return Squares(
            self.x, self.y, self.in_x, self.in_y, self.table, self.shift, back[self.rows]
        )

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        out = np.empty(len(radius), dtype=np.int32)
        parts = self.x, self.y, self.in_x, self.in_y, self.table, self.shift, self.rows
        for_slices(lambda first, last: _count(*parts, radius, closed, first, last, out), len(out))
        return out


def _axis(ascending: Vector) -> Axis:
    first = line_loops.empty_table(len(ascending))
    scale = line_loops.fill(ascending, first)
    return ascending, first, scale
