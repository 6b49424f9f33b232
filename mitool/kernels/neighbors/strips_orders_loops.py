"""Many orders of the rows of one variable against those of another, in one compiled call.

What belongs to a line alone is made once a call, and of the counts only a tally returns: a few
dozen numbers an order, however many the rows. Between calls only one thread runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors import line_loops
from mitool.kernels.neighbors.strips_loops import cut, search
from mitool.kernels.types import Flags, Places
from mitool.variables import Matrix, Rows, Vector


@kernel
def _rearrange(order: Places, rows: Rows, rank: Places, out: Places) -> None:
    """out[j] <- row at place j of a line whose row i is now rows[i]; ``rank`` is room; all (n,)."""
    for j in range(order.shape[0]):
        rank[order[j]] = j
    for i in range(rows.shape[0]):
        out[rank[rows[i]]] = i


@kernel
def _tally(counts: Places, out: Places) -> int:
    """out[m] += 1 for each count that is m; give the largest."""
    largest = 0
    for i in range(counts.shape[0]):
        out[counts[i]] += 1
        largest = max(largest, counts[i])
    return largest


@kernel
def tally_neighbors(
    order_x: Places,
    order_y: Places,
    line_x: Vector,
    line_y: Vector,
    shift: int,
    sizes: Rows,
    boxes: Flags,
    closed: Flags,
    orders: NDArray[np.int64],
    rank: Places,
    moved: Places,
    free: Places,
    points: Matrix,
    at: NDArray[np.int32],
    best: Vector,
    radii: Vector,
    reach: Matrix,
    half: NDArray[np.float64],
    first_x: Places,
    first_y: Places,
    largest: NDArray[np.int32],
    out: NDArray[np.int32],
) -> None:
    """out[p, c, m] <- how many counts in x and in y are m, up to largest[p, c], at sizes[c].

    Row i of y is orders[p, i]. Before ``orders`` come the lines and the scales, after it room.
    """
    scale_x, scale_y = line_loops.fill(line_x, first_x), line_loops.fill(line_y, first_y)
    plane, n = (points[0], points[1], line_x, shift), order_x.shape[0]
    out[:] = 0
    for p in range(out.shape[0]):
        _rearrange(order_y, orders[p], rank, moved)
        lines = order_x, moved, line_x, line_y, shift
        cut(*lines, rank, free, points[0], points[1], at[0], at[1])
        search(plane, at[0], at[1], sizes, boxes, 0, n, free, best, radii, reach, half[0], half[1])
        for c in range(sizes.shape[0]):
            line_loops.count(line_x, scale_x, first_x, half[0, c], closed[c], 0, n, rank)
            to_x = _tally(rank, out[p, c])
            line_loops.count(line_y, scale_y, first_y, half[1, c], closed[c], 0, n, rank)
            largest[p, c] = max(to_x, _tally(rank, out[p, c]))
