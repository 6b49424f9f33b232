"""One coded variable against many: how often each pair of codes occurs, a table for each.

Few levels are laid out as bit planes and met 64 rows at a time, many are tallied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import PACKED_LEVELS, Coded, Planes, is_dense
from mitool.kernels.counts.cooccurrence import UNCOMPILED
from mitool.kernels.types import Counts

AT_ONCE = 1 << 17
"""Cells, or rows that are tallied, of the tables made together: their arrays stay in the cache."""

Tables = NDArray[np.int64]
"""Shape (n_tables, n_cells); tables of fewer cells end in zeros."""


def are_dense(x: Coded, ys: Sequence[Coded]) -> bool:
    """Tell whether all tables of x with others are worth allocating."""
    return is_dense(x.n_levels * max(y.n_levels for y in ys), len(x))


def tables_with_each(x: Coded, ys: Sequence[Coded]) -> Iterator[Tables]:
    """Yield the counts of the pairs of codes of x and each y, of some of them at a time.

    All are dense, see ``are_dense``. The cells of a table stand in no particular order.
    """
    n_levels = np.array([y.n_levels for y in ys])
    most = int(n_levels.max())
    are_few = max(x.n_levels, most) <= PACKED_LEVELS
    n_words = len(x) // 64 * most  # of the planes of each
    at_once = max(1, AT_ONCE // max(x.n_levels * most, n_words if are_few else len(x)))
    for start in range(0, len(ys), at_once):
        some = ys[start : start + at_once]
        if are_few:
            yield _overlapped(x, some, n_levels[start : start + at_once])
        else:
            yield _tallied(x, some, most)


def _overlapped(x: Coded, ys: Sequence[Coded], n_levels: NDArray[np.int64]) -> Tables:
    """Count where levels meet; the last of each are what is left of the margins."""
    tables, last = np.arange(len(ys)), n_levels - 1
    of_table = np.repeat(tables, last)
    of_level = np.arange(len(of_table)) - np.repeat(np.cumsum(last) - last, last)
    planes = np.concatenate([y.laid_out[:-1] for y in ys])
    out = np.zeros((len(ys), int(n_levels.max()), x.n_levels), dtype=np.int64)
    out[of_table, of_level, :-1] = _meetings(planes, x.laid_out[:-1], len(x))
    out[of_table, of_level, -1] = np.concatenate([y.counts[:-1] for y in ys])
    out[:, :, -1] -= out[:, :, :-1].sum(axis=2)
    out[tables, last] = x.counts - out.sum(axis=1)
    return out.reshape(len(ys), -1)


def _meetings(many: Planes, few: Planes, n_rows: int) -> Counts:
    """Count the rows in which planes meet, shape (many, few)."""
    out = np.empty((len(many), len(few)), dtype=np.int64)
    if UNCOMPILED.allows(n_rows * out.size // 16):
        words = np.ascontiguousarray(many.T)
        for column, plane in zip(out.T, few, strict=True):
            column[:] = np.bitwise_count(words & plane[:, None]).sum(axis=0, dtype=np.int32)
        return out
    from mitool.kernels.counts.cooccurrence_loops import overlaps

    overlaps(many, few, out)
    return out


def _tallied(x: Coded, ys: Sequence[Coded], width: int) -> Tables:
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
