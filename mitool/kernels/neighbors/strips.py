"""Neighbours of two one-dimensional variables: the arrays that ``strips_loops`` fills.

A job is one call of compiled code, for which a thread leaves the interpreter once; a large one is
cut into slices of rows where there are threads for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from math import log2

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.neighbors import line_loops, strips_loops
from mitool.kernels.neighbors.dense import Counts, Tally, Wanted, tallied
from mitool.kernels.neighbors.margin import Margin, Places
from mitool.kernels.neighbors.strips_orders_loops import tally_neighbors
from mitool.parallel import call_over_rows, for_slices, is_sliced
from mitool.variables import Matrix, Order, Rows, Vector


def neighbor_counts(x: Margin, y: Margin, wanted: Wanted) -> list[Counts]:
    """See ``counting.counts_at_scales``."""
    counts = _in_order_of_lines(x, y, wanted)
    out = np.empty_like(counts)
    out[:, 0, x.order], out[:, 1, y.order] = counts[:, 0], counts[:, 1]
    return list(out)


def tallies(x: Margin, y: Margin, wanted: Wanted) -> list[Tally]:
    """See ``counting.tallies_at_scales``."""
    if is_sliced(len(x)):
        return [tallied(counts) for counts in _in_order_of_lines(x, y, wanted)]
    return _tallies(x, y, np.arange(len(y))[None], wanted)[0]


def permuted_tallies(
    x: Margin, y: Margin, orders: Iterable[Rows], at_once: int, wanted: Wanted
) -> Iterator[list[Tally]]:
    """See ``counting.permuted_tallies``; so many orders ``at_once`` in one call."""
    drawn = iter(orders)
    while some := list(islice(drawn, at_once)):
        yield from _tallies(x, y, np.array(some, dtype=np.int64), wanted)


def _tallies(x: Margin, y: Margin, orders: NDArray[np.int64], wanted: Wanted) -> list[list[Tally]]:
    """Tally the counts at each scale, for each order of the rows of y."""
    n, n_planes, n_scales = len(x), len(orders), len(wanted)
    ask, shift = _asked(wanted), _shift(n, wanted)
    lines = x.order, y.order, x.ascending, y.ascending, shift
    rank, moved = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    half = np.empty((2, n_scales, n))
    tables = line_loops.empty_table(n), line_loops.empty_table(n)
    places, room = (rank, moved, _free(n, shift)), _room(ask[0])
    largest = np.empty((n_planes, n_scales), dtype=np.int32)
    out = np.empty((n_planes, n_scales, n), dtype=np.int32)
    tally_neighbors(*lines, *ask, orders, *places, points, at, *room, half, *tables, largest, out)
    pairs = zip(out, largest.tolist(), strict=True)
    return [[tally[: m + 1] for tally, m in zip(*pair, strict=True)] for pair in pairs]


def _in_order_of_lines(x: Margin, y: Margin, wanted: Wanted) -> NDArray[np.int32]:
    """Count in x and in y at each scale, (n_scales, 2, n), each in the order of its line."""
    n, shift = len(x), _shift(len(x), wanted)
    sizes, boxes, closed = _asked(wanted)
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    half, found = np.empty((2, len(sizes), n)), np.empty((len(sizes), 2, n), dtype=np.int32)
    tables, free = (_Table(x.ascending), _Table(y.ascending)), _free(n, shift)
    lines = x.order, y.order, x.ascending, y.ascending, shift
    cut = partial(strips_loops.cut, *lines, found[0, 0], free, points[0], points[1], at[0], at[1])
    call_over_rows([cut, *(table.fill for table in tables)], n)
    plane = points[0], points[1], x.ascending, shift
    _search_in_slices(plane, at, sizes, boxes, free, half)
    _count_in_slices(tables, half, closed, found.swapaxes(0, 1))
    return found


def _asked(wanted: Wanted) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.bool_]]:
    """Give the numbers of neighbours, and whether each ball is a box and is closed."""
    boxes = np.array([ball == "box" for _, ball in wanted])
    closed = np.array([ball != "open" for _, ball in wanted])
    return np.array([k for k, _ in wanted]), boxes, closed


def _shift(n: int, wanted: Wanted) -> int:
    """Give the logarithm of the width of strips that are searched soonest."""
    return max(0, round(log2(n * wanted[-1][0]) / 2))


def _free(n: int, shift: int) -> Places:
    """Give room for one place in each strip."""
    return np.empty(((n - 1) >> shift) + 1, dtype=np.int32)


@dataclass(eq=False)
class _Table:
    """A line and the table of its buckets, once it is filled."""

    line: Vector
    scale: float = 0.0

    def __post_init__(self) -> None:
        self.first = line_loops.empty_table(len(self.line))

    def fill(self) -> None:
        """Find where the buckets begin."""
        self.scale = line_loops.fill(self.line, self.first)


@dataclass(frozen=True, eq=False)
class Line:
    """One dimension: the order of the rows and their values in it."""

    order: Order
    ascending: Vector

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        table, found = _Table(self.ascending), np.empty((1, 1, len(radius)), dtype=np.int32)
        table.fill()
        radii = radius[self.order][None, None]
        _count_in_slices([table], radii, np.array([closed]), found)
        out = np.empty(len(radius), dtype=np.int32)
        out[self.order] = found[0, 0]
        return out


def _room(sizes: NDArray[np.int64]) -> tuple[Vector, Vector, Matrix]:
    """Give room for the distances of the nearest of one point, its radii and its reach."""
    return np.empty(sizes[-1]), np.empty(len(sizes)), np.empty((len(sizes), 2))


def _search_in_slices(
    plane: strips_loops.Plane,
    at: NDArray[np.int32],
    sizes: NDArray[np.int64],
    boxes: NDArray[np.bool_],
    free: Places,
    half: NDArray[np.float64],
) -> None:
    def search(first: int, last: int) -> None:
        room = np.empty_like(free), *_room(sizes)
        strips_loops.search(plane, at[0], at[1], sizes, boxes, first, last, *room, half[0], half[1])

    for_slices(search, at.shape[1])


def _count_in_slices(
    tables: Sequence[_Table],
    radii: NDArray[np.float64],
    closed: NDArray[np.bool_],
    out: NDArray[np.int32],
) -> None:
    """Count on each line within each of its radii, (n_lines, n_radii, n), in its order."""

    def count(start: int, stop: int) -> None:
        for table, reaches, counts in zip(tables, radii, out, strict=True):
            for reach, ends, found in zip(reaches, closed, counts, strict=True):
                bounds = ends, start, stop
                line_loops.count(table.line, table.scale, table.first, reach, *bounds, found)

    for_slices(count, radii.shape[2])
