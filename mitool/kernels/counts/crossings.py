"""One coded variable against many: how often each pair of codes occurs, a table for each.

Few levels are laid out as bit planes and met 64 rows at a time, many are tallied.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import PACKED_LEVELS, Coded, Planes, is_dense
from mitool.kernels.counts.cooccurrence import UNCOMPILED
from mitool.kernels.types import Counts

AT_ONCE = 1 << 18
"""Rows or cells that the tables made together have: their arrays stay in the cache."""

Tables = NDArray[np.int64]
"""Shape (n_tables, n_cells); tables of fewer cells end in zeros."""


def are_dense(x: Coded, ys: Sequence[Coded]) -> bool:
    """Tell whether all tables of x with others are worth allocating."""
    return is_dense(x.n_levels * max(y.n_levels for y in ys), len(x))


def tables_with_each(x: Coded, ys: Sequence[Coded]) -> Iterator[Tables]:
    """Yield the counts of the pairs of codes of x and each y, of some of them at a time.

    All are dense, see ``are_dense``. The cells of a table stand in no particular order.
    """
    rest = iter(ys)
    n_each = max(len(x), x.n_levels * max(y.n_levels for y in ys))
    while some := list(islice(rest, max(1, AT_ONCE // n_each))):
        if max(x.n_levels, *(y.n_levels for y in some)) <= PACKED_LEVELS:
            yield _overlapped(x, some)
        else:
            yield _tallied(x, some)


def _overlapped(x: Coded, ys: Sequence[Coded]) -> Tables:
    """Count where levels meet; the last of each are what is left of the margins."""
    n_levels = np.array([y.n_levels for y in ys])
    last, n_inner, tables = n_levels - 1, x.n_levels - 1, np.arange(len(ys))
    out = np.zeros((len(ys), x.n_levels, int(n_levels.max())), dtype=np.int64)
    of_table = np.repeat(tables, last)
    of_level = np.arange(len(of_table)) - np.repeat(np.cumsum(last) - last, last)
    planes = np.concatenate([y.laid_out[:-1] for y in ys])
    out[of_table, :n_inner, of_level] = _meetings(x.laid_out[:-1], planes, len(x)).T
    out[tables, :n_inner, last] = x.counts[:-1] - out[:, :-1].sum(axis=2)
    for table, y in zip(out, ys, strict=True):
        table[-1, : y.n_levels] = y.counts
    out[:, -1] -= out[:, :-1].sum(axis=1)
    return out.reshape(len(ys), -1)


def _meetings(x: Planes, y: Planes, n_rows: int) -> Counts:
    """Count the rows in which planes of x meet planes of y, shape (planes of x, planes of y)."""
    out = np.empty((len(x), len(y)), dtype=np.int64)
    if UNCOMPILED.allows(n_rows * out.size // 16):
        words = np.ascontiguousarray(y.T)
        for row, plane in zip(out, x, strict=True):
            np.bitwise_count(words & plane[:, None]).sum(axis=0, dtype=np.int64, out=row)
        return out
    from mitool.kernels.counts.cooccurrence_loops import overlaps

    overlaps(x, y, out)
    return out


def _tallied(x: Coded, ys: Sequence[Coded]) -> Tables:
    """Count row by row; all tables are as wide as the widest."""
    width = max(y.n_levels for y in ys)
    codes, n_cells = np.array([y.codes for y in ys]), x.n_levels * width
    if not UNCOMPILED.allows(codes.size):
        from mitool.kernels.counts.cooccurrence_loops import tally_each

        lanes = np.zeros((len(ys), 4, n_cells), dtype=np.int64)
        tally_each(x.codes, codes, np.uint32(width), lanes)
        return np.asarray(lanes.sum(axis=1))
    first = np.arange(len(ys))[:, None] * n_cells
    cells = x.codes.astype(np.int64) * width + codes + first
    return np.bincount(cells.reshape(-1), minlength=len(ys) * n_cells).reshape(len(ys), n_cells)
