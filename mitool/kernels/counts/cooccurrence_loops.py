"""Counting pairs of codes, row by row or 64 rows at a time."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.types import Counts, ShortCodes
from mitool.kernels.words_loops import n_bits


@kernel
def tally(x: ShortCodes, y: ShortCodes, n_y: np.uint32, out: Counts) -> None:
    """out[lane, x * n_y + y] += 1 for each row; out (4, n_cells), to be summed over lanes.

    Four lanes, because one row waits for the last one that fell into the same cell.
    """
    whole = len(x) // 4 * 4
    for i in range(0, whole, 4):
        out[0, np.uint32(x[i]) * n_y + y[i]] += 1
        out[1, np.uint32(x[i + 1]) * n_y + y[i + 1]] += 1
        out[2, np.uint32(x[i + 2]) * n_y + y[i + 2]] += 1
        out[3, np.uint32(x[i + 3]) * n_y + y[i + 3]] += 1
    for i in range(whole, len(x)):
        out[0, np.uint32(x[i]) * n_y + y[i]] += 1


@kernel
def tally_each(
    x: ShortCodes, ys: NDArray[np.unsignedinteger[Any]], n_y: np.uint32, out: NDArray[np.int64]
) -> None:
    """out[t] <- what ``tally`` adds for x and ys[t]; ys (n_tables, n), out (n_tables, 4, cells)."""
    for t in range(out.shape[0]):
        tally(x, ys[t], n_y, out[t])


@kernel
def overlaps(x: NDArray[np.uint64], y: NDArray[np.uint64], out: Counts) -> None:
    """out[i, j] <- in how many rows level i of x meets level j of y; planes (n_levels, words)."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            total = 0
            for w in range(x.shape[1]):
                total += n_bits(x[i, w] & y[j, w])
            out[i, j] = total
