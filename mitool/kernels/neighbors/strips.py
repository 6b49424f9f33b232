"""Neighbours of two one-dimensional variables: the arrays that the loops over strips fill.

One estimate is four calls of compiled code, cut into slices of rows where there are threads for
them; one call for all four would save 5 µs of it, and take 1.3 s to compile. Orders of the rows are
taken many in a call, for which a thread leaves the interpreter once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from math import log2

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.lanes import LANES
from mitool.kernels.memory import in_lines
from mitool.kernels.neighbors.line import count_in_slices
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.strips_loops import cut, search
from mitool.kernels.neighbors.strips_orders_loops import Asked, Radii, Reach, tally_neighbors
from mitool.kernels.neighbors.strips_reach_loops import widen
from mitool.kernels.neighbors.tallies import NeighborCounts, Scales, Tally, tallied
from mitool.kernels.types import Places
from mitool.parallel import for_slices
from mitool.variables import Rows, Vector

SQUARED_WIDTH = 8
"""The width of a strip squared, over the number of points: 4 and 16 are as good where k is 3, 2 and
32 a tenth to a third slower, whether k is 1 or 30."""
NARROWEST = 3


def neighbor_counts(x: Margin, y: Margin, scales: Scales) -> list[NeighborCounts]:
    """See ``counting.counts_at_scales``."""
    counts = _in_order_of_lines(x, y, scales)
    out = np.empty_like(counts)
    out[:, 0, x.order], out[:, 1, y.order] = counts[:, 0], counts[:, 1]
    return list(out)


def tallies(x: Margin, y: Margin, scales: Scales) -> list[Tally]:
    """See ``counting.tallies_at_scales``."""
    return [tallied(counts) for counts in _in_order_of_lines(x, y, scales)]


def permuted_tallies(
    x: Margin, y: Margin, orders: Iterable[Rows], at_once: int, scales: Scales
) -> Iterator[list[Tally]]:
    """See ``counting.permuted_tallies``; so many orders ``at_once`` in one call."""
    drawn = iter(orders)
    while batch := list(islice(drawn, at_once)):
        yield from _tallies(x, y, np.array(batch, dtype=np.int64), scales)


def _tallies(x: Margin, y: Margin, orders: NDArray[np.int64], scales: Scales) -> list[list[Tally]]:
    """Tally the counts at each scale, for each order of the rows of y."""
    n, asked, shift = len(x), _asked(scales), _shift(len(x))
    rank, moved = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    radii = np.empty((2, len(asked[0]), n))
    room = rank, moved, _start(n, shift), _best(asked), radii, points, at
    largest = np.empty((len(orders), len(scales)), dtype=np.int32)
    out = np.empty((len(orders), len(scales), n), dtype=np.int32)
    lines = x.order, y.order, (x.ascending, y.ascending)
    tally_neighbors(*lines, shift, asked, orders, room, _reach(asked, n), largest, out)
    pairs = zip(out, largest.tolist(), strict=True)
    return [[tally[: m + 1] for tally, m in zip(*pair, strict=True)] for pair in pairs]


def _in_order_of_lines(x: Margin, y: Margin, scales: Scales) -> NDArray[np.int32]:
    """Count in x and in y at each scale, (n_scales, 2, n), each in the order of its line."""
    asked = _asked(scales)
    radii, reach = _radii(x, y, asked)
    counts = np.empty((len(scales), 2, len(x)), dtype=np.int32)
    wanted = []
    for size, is_box, closed, out in zip(*asked[1:], counts, strict=True):
        both = (reach if is_box else radii)[:, size]
        lines = zip((x.ascending, y.ascending), both, out, strict=True)
        wanted += [(line, radius, bool(closed), its) for line, radius, its in lines]
    count_in_slices(wanted)
    return counts


def _radii(x: Margin, y: Margin, asked: Asked) -> tuple[Radii, Radii]:
    """Give how far the neighbours of each number reach, and what is as near in x and in y alone.

    Shape (2, n_sizes, n), in the order of the line of x and of that of y; the latter if asked.
    """
    n, shift = len(x), _shift(len(x))
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    radii, reach, rank = np.empty((2, len(asked[0]), n)), _reach(asked, n), np.empty(n, np.int32)
    lines = x.order, y.order, x.ascending, y.ascending
    cut(*lines, shift, rank, _start(n, shift), *points, *at)
    plane = points[0], points[1], x.ascending, shift

    def search_slice(first: int, last: int) -> None:
        start = _start(n, shift)
        search(plane, at, asked[0], first, last, start, _best(asked), radii)
        if reach is not None:
            widen(plane, at, radii, first, last, start, *_reach_of_eight(asked), reach[-1])

    for_slices(search_slice, n)
    return radii, radii if reach is None else reach[-1]


def _asked(scales: Scales) -> Asked:
    """Give what the scales ask for, as loops want it."""
    sizes = sorted({k for k, _ in scales})
    boxes, closed = (
        [ball in kinds for _, ball in scales] for kinds in (("box",), ("box", "closed"))
    )
    which = [sizes.index(k) for k, _ in scales]
    return np.array(sizes), np.array(which), np.array(boxes), np.array(closed)


def _shift(n: int) -> int:
    """Give the logarithm of the width of strips that are searched soonest."""
    return max(NARROWEST, round(log2(SQUARED_WIDTH * n) / 2))


def _start(n: int, shift: int) -> Places:
    """Give room for one place in each strip."""
    return np.empty(((n - 1) >> shift) + 1, dtype=np.int32)


def _best(asked: Asked) -> Vector:
    """Give room for the distances of the nearest of eight points."""
    return _eights(max(4, int(asked[0][-1])))


def _reach_of_eight(asked: Asked) -> tuple[Vector, Vector]:
    """Give room for the radii of eight points, and for how far what is within them reaches."""
    return _eights(len(asked[0])), _eights(2 * len(asked[0]))


def _reach(asked: Asked, n: int) -> Reach | None:
    """Give room for how far what is within each radius reaches in x and in y, where it is asked."""
    if not asked[2].any():
        return None
    return *_reach_of_eight(asked), np.empty((2, len(asked[0]), n))


def _eights(many: int) -> Vector:
    """Give room for so many times eight numbers."""
    return in_lines(LANES * many, np.float64)
