"""Permutations that keep every row near its own place in the space of a condition.

After Runge (2018), AISTATS, PMLR 84:938-947; here every draw is a permutation: a row that finds
its neighbours taken makes them move on, until all have one.
"""

from __future__ import annotations

import numpy as np

from mitool.errors import MitoolError
from mitool.variables import Matrix, Rows


def nearest_rows(points: Matrix, is_label: np.ndarray, n_neighbors: int) -> Rows:
    """Row i holds i and its nearest rows in the maximum norm, shape (n, n_neighbors).

    Columns marked by ``is_label`` must be equal: they are spread so far that no other label is
    near.
    """
    from scipy.spatial import cKDTree

    n = len(points)
    if n <= n_neighbors:
        raise MitoolError(f"a local permutation needs more than {n_neighbors} rows, got {n}")
    numbers = points[:, ~is_label]
    reach = 2.0 * float(np.ptp(numbers)) + 1.0
    spread = np.hstack((numbers, reach * points[:, is_label]))
    _, places = cKDTree(spread).query(spread, n_neighbors, p=np.inf)
    neighbors = np.asarray(places, dtype=np.int64)
    itself = np.arange(n)
    alone = ~(neighbors == itself[:, None]).any(axis=1)  # crowded out by rows equal to it
    neighbors[alone, 0] = itself[alone]
    return neighbors


def local_permutation(neighbors: Rows, rng: np.random.Generator) -> Rows:
    """Draw a permutation that moves every row to one of its neighbours, shape (n,)."""
    from mitool.inference.local_loops import match_neighbors  # a compiler that few commands need

    n = len(neighbors)
    shuffled = rng.permuted(neighbors, axis=1)
    out = np.full(n, -1, dtype=np.int64)
    work = np.full((4, n), -1, dtype=np.int64)
    match_neighbors(shuffled, rng.permutation(n), work, out)
    return out


def compile_ahead() -> None:
    """Draw one permutation, so that its loop is compiled and kept."""
    local_permutation(np.zeros((1, 1), dtype=np.int64), np.random.default_rng(0))
