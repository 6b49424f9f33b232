"""Many orders of the rows of one variable against those of another, in one compiled call.

What belongs to a line alone is made once a call, and of the counts only a tally returns: a few
dozen numbers an order, however many the rows. Between calls only one thread runs.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.line_count_loops import count
from mitool.kernels.neighbors.strips_loops import cut, search
from mitool.kernels.neighbors.strips_reach_loops import widen
from mitool.kernels.types import Flags, Places
from mitool.variables import Matrix, Rows, Vector

Asked = tuple[Rows, Rows, Flags, Flags]
"""Numbers of neighbours, ascending; which of them each scale has; whether its balls are boxes, and
closed."""
Radii = NDArray[np.float64]
"""Shape (2, n_sizes, n), in the order of the line of x and of that of y."""
Reach = tuple[Vector, Vector, Radii]
"""The radii of eight points, how far these reach, and how far those of all points do."""
Room = tuple[Places, Places, Places, Vector, Radii, Matrix, NDArray[np.int32]]
"""For each row, twice; each strip; the distances of eight points; radii; points; their ranks."""


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
    lines: tuple[Vector, Vector],
    shift: int,
    asked: Asked,
    orders: NDArray[np.int64],
    room: Room,
    reach: Reach | None,
    largest: NDArray[np.int32],
    out: NDArray[np.int32],
) -> None:
    """out[p, c, m] <- how many counts in x and in y are m, up to largest[p, c], at scale c.

    Row i of y is orders[p, i]. Where there is no room for the reach of boxes, there are none, and
    nothing is compiled for them.
    """
    sizes, which, boxes, closed = asked
    rank, moved, start, best, radii, points, at = room
    plane, n, largest[:], out[:] = (points[0], points[1], lines[0], shift), len(order_x), 0, 0
    for p in range(out.shape[0]):
        _rearrange(order_y, orders[p], rank, moved)
        cut(order_x, moved, *lines, shift, rank, start, points[0], points[1], at[0], at[1])
        search(plane, at, sizes, 0, n, start, best, radii)
        if reach is not None:
            widen(plane, at, radii, 0, n, start, *reach)
        for c in range(which.shape[0]):
            for axis in range(2):
                r = radii[axis, which[c]]
                if reach is not None and boxes[c]:
                    r = reach[2][axis, which[c]]
                count(lines[axis], r, closed[c], 0, n, rank)
                largest[p, c] = max(largest[p, c], _tally(rank, out[p, c]))
