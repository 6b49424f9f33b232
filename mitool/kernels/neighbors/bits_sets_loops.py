"""Sets of points as bits, a word for 64 of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.kernels.types import Places
from mitool.variables import Rows

Sets = NDArray[np.int64]
"""Some sets for each dimension, shape (n_dims, n_sets, words)."""


@kernel
def put(places: Places, first: int, last: int, points: Rows) -> None:
    """Add the points at places first … last - 1 of a line to a set."""
    for p in range(first, last):
        points[places[p] >> 6] |= np.int64(1) << (places[p] & 63)


@kernel
def omit(places: Places, first: int, last: int, points: Rows) -> None:
    """Take the points at places first … last - 1 of a line out of a set."""
    for p in range(first, last):
        points[places[p] >> 6] &= ~(np.int64(1) << (places[p] & 63))


@kernel
def tabulate(orders: Places, shift: int, table: Sets) -> None:
    """table[a, c] <- the points at the places before c << shift in dimension a."""
    n = orders.shape[1]
    for a in range(table.shape[0]):
        table[a, 0] = 0
        for c in range(1, table.shape[1]):
            table[a, c] = table[a, c - 1]
            put(orders[a], (c - 1) << shift, min(c << shift, n), table[a, c])


@kernel
def meet(upto: Rows, before: Rows, is_first: bool, points: Rows) -> None:
    """Keep the points of the set that are in ``upto`` and not in ``before``; at first, all are."""
    if is_first:
        for w in range(points.shape[0]):
            points[w] = upto[w] & ~before[w]
    else:
        for w in range(points.shape[0]):
            points[w] &= upto[w] & ~before[w]
