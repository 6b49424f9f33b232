"""Neighbours within the levels of labels: the arrays that ``line_levels_loops`` fills."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.neighbors.counting import ROWS_AT_ONCE, UNCOMPILED
from mitool.kernels.neighbors.margin import Margin
from mitool.variables import Codes, Rows

Orders = NDArray[np.int64]
"""Row numbers, an order a row; shape (n_orders, n)."""
LevelCounts = NDArray[np.int32]
"""Shape (n_orders, n_sizes, n_spaces, n); of the line, and for closed balls of the level, too."""


def counts_in_levels(
    codes: Codes,
    y: Margin,
    orders: Orders,
    sizes: Sequence[int],
    *,
    moves_line: bool = True,
    closed: bool = False,
) -> LevelCounts:
    """Count, for every row, the others that lie within the reach of its neighbours in its level.

    ``y`` is one column. Row i of y, or else of the labels, is that of orders[p, i]. The reach is
    the distance of the k-th neighbour, for each k of ``sizes``. Open balls reach as far as a level
    of fewer rows goes, and a row alone in its level is left out: it is not counted, and its own
    count is 0. Closed balls reach everything where a level has no k others, and are counted in y
    and in the level.
    """
    from mitool.kernels.neighbors import line_levels_loops  # loads the compiler

    n, size = len(y), np.bincount(codes).astype(np.int32)
    out = np.zeros((len(orders), len(sizes), 2 if closed else 1, n), dtype=np.int32)
    first = np.empty(len(size) + 1, dtype=np.int32)
    room = first, np.empty((4, n), dtype=np.int32), np.empty((4, n))
    labelled_line = y.order, y.ascending, codes, size
    line_levels_loops.count_in_levels(
        *labelled_line, moves_line, orders, np.array(sizes), closed, *room, out
    )
    return out


def batches(orders: Iterable[Rows], n_rows: int) -> Iterator[Orders]:
    """Yield as many orders as one call is to take."""
    drawn, at_once = iter(orders), max(1, ROWS_AT_ONCE // n_rows)
    while some := list(islice(drawn, at_once)):
        yield np.array(some, dtype=np.int64)


def on_a_line(y: Margin, n_orders: int) -> bool:
    """Tell whether to count so many orders of the rows of y here: it is one column, and compiled.

    What loads the compiler sooner than distances are computed without it is known.
    """
    return y.n_dims == 1 and not UNCOMPILED.allows(n_orders * len(y) ** 2)
