"""Neighbours at several scales by one sweep over all distances: the arrays that its kernels fill.

The time grows with the square of the rows: for tables of a few thousand at most.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mitool.kernels.neighbors.tallies import NeighborCounts
from mitool.variables import Matrix, Vector


def counts(x: Matrix, y: Matrix, ks: Sequence[int]) -> list[NeighborCounts]:
    """Count, for every row, the others of x (n, dx) and of y within its k-th neighbour's distance.

    Strictly closer, for each k in any order, (2, n); see ``counting.neighbor_counts``.
    """
    from mitool.kernels.neighbors import sweep_loops

    n = len(x)
    out = np.empty((len(ks), 2, n), dtype=np.int32)
    room = np.empty((3, n)), np.empty(max(ks))
    sweep_loops.count(_columns(x), _columns(y), np.array(ks, dtype=np.int64), *room, out)
    return list(out)


def means_around(side: Matrix, other: Matrix, k: int, n_queries: int) -> Matrix:
    """Average the other side (n, d') over the k nearest rows of each of the first rows of a side.

    Shape (n_queries, d'). Of rows equally far the first ones are taken: the order of rows matters
    where distances tie.
    """
    from mitool.kernels.neighbors import sweep_loops

    means = np.empty((other.shape[1], n_queries))
    room = np.empty(len(side)), np.empty(k), np.empty(k, dtype=np.int64)
    sweep_loops.average(_columns(side), _columns(other), n_queries, *room, means)
    return np.ascontiguousarray(means.T)


def distance_correlation(x: Matrix, y: Matrix) -> float:
    """Give the distance correlation, bias-corrected, of distances in the maximum norm.

    Székely & Rizzo (2014), doi:10.1214/14-AOS1255, after Lyons: products of U-centred distances by
    their sums alone. At least 4 rows; 0 where a side is constant.
    """
    from mitool.kernels.neighbors import sweep_loops

    n = len(x)
    of_rows = np.empty((5, n))
    sweep_loops.products(_columns(x), _columns(y), np.ones(n), np.empty((2, n)), of_rows)
    a, b, *squares = of_rows

    def centred(total: float, left: Vector, right: Vector) -> float:
        rows = 2.0 * float(left @ right) / (n - 2)
        return total - rows + float(left.sum() * right.sum()) / ((n - 1) * (n - 2))

    xx, yy, xy = (
        centred(float(total.sum()), *sides)
        for total, sides in zip(squares, ((a, a), (b, b), (a, b)), strict=True)
    )
    return xy / (xx * yy) ** 0.5 if xx > 0.0 and yy > 0.0 else 0.0


def _columns(side: Matrix) -> Matrix:
    return np.ascontiguousarray(side.T)
