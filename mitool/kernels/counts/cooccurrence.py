"""How often pairs of codes occur."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.budget import Budget
from mitool.kernels.counts.coded import Coded, is_dense, pair
from mitool.kernels.types import Counts

UNCOMPILED = Budget(200_000_000)
"""Rows counted without the compiler in the time that loading it takes."""


def count_pairs(x: Coded, y: Coded) -> Counts:
    """Count how often each pair of codes occurs; pairs that never occur may be left out."""
    n_cells = x.n_levels * y.n_levels
    if not is_dense(n_cells, len(x)):
        return np.unique(pair(x, y), return_counts=True)[1]
    if x.planes is not None and y.planes is not None:
        return _overlapped(x, y)
    if n_cells > len(x) or UNCOMPILED.allows(len(x)):
        return np.bincount(pair(x, y), minlength=n_cells)
    from mitool.kernels.counts.cooccurrence_loops import tally

    lanes = np.zeros((4, n_cells), dtype=np.int64)
    tally(x.codes, y.codes, np.uint32(y.n_levels), lanes)
    counts: Counts = lanes.sum(axis=0)
    return counts


def _overlapped(x: Coded, y: Coded) -> Counts:
    """Count where the levels meet; the last of each are what is left of the margins."""
    assert x.planes is not None
    assert y.planes is not None
    out = np.empty((x.n_levels, y.n_levels), dtype=np.int64)
    inner = out[:-1, :-1]
    if UNCOMPILED.allows(len(x) * inner.size // 16):
        for row, plane in zip(inner, x.planes, strict=False):
            np.bitwise_count(plane & y.planes[:-1]).sum(axis=1, dtype=np.int64, out=row)
    else:
        from mitool.kernels.counts.cooccurrence_loops import overlaps

        overlaps(x.planes, y.planes, inner)
    out[:-1, -1] = x.counts[:-1] - inner.sum(axis=1)
    out[-1] = y.counts - out[:-1].sum(axis=0)
    return out.reshape(-1)


@dataclass(frozen=True, eq=False)
class Contingency:
    """The occupied cells of a contingency table, x-major; all shapes (n_cells,)."""

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    counts: Counts


def contingency(x: Coded, y: Coded) -> Contingency:
    """Give the contingency table of two coded variables of the same rows."""
    cells, counts = np.unique(pair(x, y), return_counts=True)
    rows, columns = np.divmod(cells, y.n_levels)
    return Contingency(rows, columns, counts)
