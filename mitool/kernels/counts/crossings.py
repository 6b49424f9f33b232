"""One coded variable against many: how often each pair of codes occurs, a table for each.

Few levels are laid out as bit planes and met 64 rows at a time, many are tallied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.abreast import Abreast
from mitool.kernels.counts.coded import PACKED_LEVELS, Coded, is_dense
from mitool.kernels.counts.cooccurrence import UNCOMPILED
from mitool.kernels.types import Counts

AT_ONCE = 1 << 17
"""Cells, or rows that are tallied, of the tables made together: their arrays stay in the cache."""

MOST_SHORT = 1 << 16
"""Rows, of which fewer are counted by short numbers, in two thirds of the time."""

Tables = NDArray[np.signedinteger[Any]]
"""Shape (n_tables, n_cells); tables of fewer cells end in zeros."""


def are_dense(x: Coded, ys: Abreast) -> bool:
    """Tell whether all tables of x with others are worth allocating."""
    return is_dense(x.n_levels * int(ys.n_levels.max()), len(x))


def tables_with_each(x: Coded, ys: Sequence[Coded]) -> Iterator[Tables]:
    """Yield the counts of the pairs of codes of x and each y, of some of them at a time.

    All are dense, see ``are_dense``. The cells of a table stand in no particular order.
    """
    others = Abreast.of(ys)
    most = int(others.n_levels.max())
    are_few = max(x.n_levels, most) <= PACKED_LEVELS
    n_words = len(x) // 64 * most  # of the planes of each
    at_once = max(1, AT_ONCE // max(x.n_levels * most, n_words if are_few else len(x)))
    meet = _overlapped if are_few else _tallied
    if others.n_in_all <= at_once:
        yield meet(x, others, most)
        return
    for start in range(0, len(others), at_once):  # nothing is laid out for more than these
        yield meet(x, Abreast(others.members[start : start + at_once]), most)


def _overlapped(x: Coded, ys: Abreast, most: int) -> Tables:
    """Count where levels meet; the last of each are what is left of the margins."""
    met = np.empty((x.n_levels, len(ys.counts)), dtype=np.int64)  # by level of x, and plane
    _meetings(x, ys, met[:-1])
    np.subtract(ys.counts, met[:-1].sum(axis=0), out=met[-1])
    summed = np.zeros((x.n_levels, len(ys.counts) + 1), dtype=np.int64)
    np.cumsum(met, axis=1, out=summed[:, 1:])
    ends, out = ys.ends, np.zeros((len(ys), most, x.n_levels), dtype=np.int32)
    out[ys.cells] = met.T
    left = x.counts[:, None] - (summed[:, ends[1:]] - summed[:, ends[:-1]])
    out[np.arange(len(ys)), ys.n_levels - 1] = left.T
    return out.reshape(len(ys), -1)


def _meetings(x: Coded, ys: Abreast, out: Counts) -> None:
    """Count the rows in which planes meet, (levels of x but the last, planes)."""
    if UNCOMPILED.allows(len(x) * out.size // 16):
        for row, plane in zip(out, x.laid_out, strict=False):
            met = np.bitwise_count(ys.words & plane[:, None])
            row[:] = met.sum(axis=0, dtype=np.uint16 if len(x) < MOST_SHORT else np.int32)
        return
    from mitool.kernels.counts.cooccurrence_loops import overlaps

    overlaps(x.laid_out[:-1], ys.planes, out)


def _tallied(x: Coded, ys: Abreast, width: int) -> Tables:
    """Count row by row; all tables are of so many columns."""
    codes, n_cells = np.array([y.codes for y in ys]), x.n_levels * width
    if not UNCOMPILED.allows(codes.size):
        from mitool.kernels.counts.cooccurrence_loops import tally_each

        lanes = np.zeros((len(ys), 4, n_cells), dtype=np.int64)
        tally_each(x.codes, codes, np.uint32(width), lanes)
        return np.asarray(lanes.sum(axis=1))
    first = np.arange(len(ys))[:, None] * n_cells
    cells = x.codes.astype(np.int64) * width + codes + first
    return np.bincount(cells.reshape(-1), minlength=len(ys) * n_cells).reshape(len(ys), n_cells)
