"""Neighbours of two one-dimensional variables: the arrays that ``strips_loops`` fills.

A job is one call of compiled code, for which a thread leaves the interpreter once; a large one is
cut into slices of rows where there are threads for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from math import log2

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.neighbors import strips_loops
from mitool.kernels.neighbors.line import BucketedLine, count_in_slices, empty_table
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.strips_orders_loops import tally_neighbors
from mitool.kernels.neighbors.tallies import NeighborCounts, Scales, Tally, tallied
from mitool.kernels.types import Flags, Places
from mitool.parallel import call_over_rows, for_slices, is_sliced
from mitool.variables import Matrix, Rows, Vector


def neighbor_counts(x: Margin, y: Margin, scales: Scales) -> list[NeighborCounts]:
    """See ``counting.counts_at_scales``."""
    counts = _in_order_of_lines(x, y, scales)
    out = np.empty_like(counts)
    out[:, 0, x.order], out[:, 1, y.order] = counts[:, 0], counts[:, 1]
    return list(out)


def tallies(x: Margin, y: Margin, scales: Scales) -> list[Tally]:
    """See ``counting.tallies_at_scales``."""
    if is_sliced(len(x)):
        return [tallied(counts) for counts in _in_order_of_lines(x, y, scales)]
    return _tallies(x, y, np.arange(len(y))[None], scales)[0]


def permuted_tallies(
    x: Margin, y: Margin, orders: Iterable[Rows], at_once: int, scales: Scales
) -> Iterator[list[Tally]]:
    """See ``counting.permuted_tallies``; so many orders ``at_once`` in one call."""
    drawn = iter(orders)
    while batch := list(islice(drawn, at_once)):
        yield from _tallies(x, y, np.array(batch, dtype=np.int64), scales)


def _tallies(x: Margin, y: Margin, orders: NDArray[np.int64], scales: Scales) -> list[list[Tally]]:
    """Tally the counts at each scale, for each order of the rows of y."""
    n, n_planes, n_scales = len(x), len(orders), len(scales)
    balls, shift = _as_arrays(scales), _shift(n, scales)
    lines = x.order, y.order, x.ascending, y.ascending, shift
    rank, moved = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    half = np.empty((2, n_scales, n))
    tables = empty_table(n), empty_table(n)
    places, room = (rank, moved, _free(n, shift)), _room(balls[0])
    largest = np.empty((n_planes, n_scales), dtype=np.int32)
    out = np.empty((n_planes, n_scales, n), dtype=np.int32)
    tally_neighbors(*lines, *balls, orders, *places, points, at, *room, half, *tables, largest, out)
    pairs = zip(out, largest.tolist(), strict=True)
    return [[tally[: m + 1] for tally, m in zip(*pair, strict=True)] for pair in pairs]


def _in_order_of_lines(x: Margin, y: Margin, scales: Scales) -> NDArray[np.int32]:
    """Count in x and in y at each scale, (n_scales, 2, n), each in the order of its line."""
    n, shift = len(x), _shift(len(x), scales)
    sizes, boxes, closed = _as_arrays(scales)
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    half, counts = np.empty((2, len(sizes), n)), np.empty((len(sizes), 2, n), dtype=np.int32)
    on_x, on_y, free = BucketedLine(x.ascending), BucketedLine(y.ascending), _free(n, shift)
    lines = x.order, y.order, x.ascending, y.ascending, shift
    cut = partial(strips_loops.cut, *lines, counts[0, 0], free, points[0], points[1], at[0], at[1])
    call_over_rows([cut, on_x.fill, on_y.fill], n)
    plane = points[0], points[1], x.ascending, shift
    _search_in_slices(plane, at, sizes, boxes, free, half)
    count_in_slices((on_x, on_y), half, closed, counts.swapaxes(0, 1))
    return counts


def _as_arrays(scales: Scales) -> tuple[NDArray[np.int64], Flags, Flags]:
    """Give the numbers of neighbours, and whether each ball is a box and is closed."""
    boxes = np.array([ball == "box" for _, ball in scales])
    closed = np.array([ball != "open" for _, ball in scales])
    return np.array([k for k, _ in scales]), boxes, closed


def _shift(n: int, scales: Scales) -> int:
    """Give the logarithm of the width of strips that are searched soonest."""
    return max(0, round(log2(n * scales[-1][0]) / 2))


def _free(n: int, shift: int) -> Places:
    """Give room for one place in each strip."""
    return np.empty(((n - 1) >> shift) + 1, dtype=np.int32)


def _room(sizes: NDArray[np.int64]) -> tuple[Vector, Vector, Matrix]:
    """Give room for the distances of the nearest of one point, its radii and its reach."""
    return np.empty(sizes[-1]), np.empty(len(sizes)), np.empty((len(sizes), 2))


def _search_in_slices(
    plane: strips_loops.Plane,
    at: NDArray[np.int32],
    sizes: NDArray[np.int64],
    boxes: Flags,
    free: Places,
    half: NDArray[np.float64],
) -> None:
    def search(first: int, last: int) -> None:
        room = np.empty_like(free), *_room(sizes)
        strips_loops.search(plane, at[0], at[1], sizes, boxes, first, last, *room, half[0], half[1])

    for_slices(search, at.shape[1])
