"""Neighbours of two one-dimensional variables: the arrays that ``kernels.strips`` fills.

A job is one call of compiled code, for which a thread leaves the interpreter once; a large one is
cut into slices of rows where there are threads for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from math import log2

import numpy as np
from numpy.typing import NDArray

from mitool.kernels import line, strips
from mitool.kernels.dense import Ball, Counts
from mitool.kernels.margin import Margin, Places
from mitool.parallel import call_over_rows, for_slices, is_sliced
from mitool.variables import Matrix, Order, Vector


def neighbor_counts(
    x: Margin, y: Margin, wanted: Sequence[tuple[int, Ball]], *, by_row: bool
) -> list[Counts]:
    """See ``neighbors.counts_at_scales``."""
    n, sizes = len(x), np.array([k for k, _ in wanted])
    boxes = np.array([ball == "box" for _, ball in wanted])
    closed = np.array([ball != "open" for _, ball in wanted])
    shift = max(0, round(log2(n * sizes[-1]) / 2))
    free = np.empty(((n - 1) >> shift) + 1, dtype=np.int32)
    points, at = np.empty((2, n)), np.empty((2, n), dtype=np.int32)
    half = np.empty((2, len(sizes), n))
    found = np.empty((len(sizes), 2, n), dtype=np.int32)
    lines = x.order, y.order, x.ascending, y.ascending, shift
    ask = sizes, boxes
    if is_sliced(n):
        tables = _Table(x.ascending), _Table(y.ascending)
        cut = partial(strips.cut, *lines, found[0, 0], free, points[0], points[1], at[0], at[1])
        call_over_rows([cut, *(table.fill for table in tables)], n)
        _search_in_slices((points[0], points[1], x.ascending, shift), at, *ask, free, half)
        _count_in_slices(tables, half, closed, found.swapaxes(0, 1))
    else:
        room, places = _room(sizes), (line.empty_table(n), line.empty_table(n))
        strips.count_neighbors(*lines, *ask, closed, free, points, at, *room, half, *places, found)
    return [_by_row(x, y, out) for out in found] if by_row else list(found)


@dataclass(eq=False)
class _Table:
    """A line and the table of its buckets, once it is filled."""

    line: Vector
    scale: float = 0.0

    def __post_init__(self) -> None:
        self.first = line.empty_table(len(self.line))

    def fill(self) -> None:
        """Find where the buckets begin."""
        self.scale = line.fill(self.line, self.first)


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
    plane: strips.Plane,
    at: NDArray[np.int32],
    sizes: NDArray[np.int64],
    boxes: NDArray[np.bool_],
    free: Places,
    half: NDArray[np.float64],
) -> None:
    def search(first: int, last: int) -> None:
        room = np.empty_like(free), *_room(sizes)
        strips.search(plane, at[0], at[1], sizes, boxes, first, last, *room, half[0], half[1])

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
                line.count(table.line, table.scale, table.first, reach, *bounds, found)

    for_slices(count, radii.shape[2])


def _by_row(x: Margin, y: Margin, counts: Counts) -> Counts:
    out = np.empty_like(counts)
    out[0, x.order], out[1, y.order] = counts
    return out
