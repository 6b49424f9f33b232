"""Euclidean distances to the nearest neighbours, for estimators whose balls are round.

The trees of this room know the maximum norm alone; SciPy's finds the same numbers for few columns,
and for many columns, where trees prune little, all distances are taken block by block.
"""

from __future__ import annotations

import numpy as np

from mitool.variables import Matrix

FEW_DIMS = 12
"""Columns up to which the tree is asked: a choice, not a measurement."""
BLOCK = 512
GUESSED = 8
"""Neighbours beyond those asked for that are taken by expanded squares and measured again."""


def nearest_distances(points: Matrix, k: int) -> Matrix:
    """Give the distances of each point (n, d) to its k nearest others, ascending, (n, k)."""
    if points.shape[1] <= FEW_DIMS:
        from scipy.spatial import cKDTree

        found = np.asarray(cKDTree(points).query(points, k + 1)[0])
        return np.ascontiguousarray(found[:, 1:])  # the first is the point itself, or a copy of it
    return _by_blocks(points, k)


def _by_blocks(points: Matrix, k: int) -> Matrix:
    n, centred = len(points), points - points.mean(axis=0)
    squares = np.einsum("ij,ij->i", centred, centred)
    out = np.empty((n, k))
    n_taken = min(k + GUESSED, n - 1)
    for start in range(0, n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, n))
        distance = squares[rows, None] + squares - 2.0 * centred[rows] @ centred.T
        distance[np.arange(len(rows)), rows] = np.inf
        near = np.argpartition(distance, n_taken - 1, axis=1)[:, :n_taken]
        exact = np.square(centred[rows, None] - centred[near]).sum(axis=2)
        exact.sort(axis=1)
        out[rows] = np.sqrt(exact[:, :k])
    return out
