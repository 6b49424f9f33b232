"""Permutations that keep every row near its own place in the space of a condition.

After Runge (2018), AISTATS, PMLR 84:938-947; here every draw is a permutation: a row that finds
its neighbours taken makes them move on, until all have one (Kuhn's augmenting paths).
"""

from __future__ import annotations

import numpy as np

from mitool.errors import MitoolError
from mitool.kernels.compiled import kernel
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
    _, found = cKDTree(spread).query(spread, n_neighbors, p=np.inf)
    neighbors = np.asarray(found, dtype=np.int64)
    itself = np.arange(n)
    alone = ~(neighbors == itself[:, None]).any(axis=1)  # crowded out by rows equal to it
    neighbors[alone, 0] = itself[alone]
    return neighbors


def local_permutation(neighbors: Rows, rng: np.random.Generator) -> Rows:
    """Draw a permutation that moves every row to one of its neighbours, shape (n,)."""
    n = len(neighbors)
    shuffled = rng.permuted(neighbors, axis=1)
    out = np.full(n, -1, dtype=np.int64)
    work = np.full((4, n), -1, dtype=np.int64)
    match_neighbors(shuffled, rng.permutation(n), work, out)
    return out


@kernel
def match_neighbors(neighbors: Rows, order: Rows, work: Rows, out: Rows) -> None:
    """out[i] <- one of neighbors[i], each once; every row must be among its own neighbours.

    Rows are served in ``order``; work (4, n) starts at -1.
    """
    owner, seen, parent, queue = work[0], work[1], work[2], work[3]
    for start in order:
        head, tail, free = 0, 1, -1
        queue[0] = start
        while free < 0:
            row = queue[head]
            head += 1
            for m in range(neighbors.shape[1]):
                place = neighbors[row, m]
                if seen[place] == start:
                    continue
                seen[place] = start
                parent[place] = row
                if owner[place] < 0:
                    free = place
                    break
                queue[tail] = owner[place]
                tail += 1
        while free >= 0:
            row = parent[free]
            before = out[row]
            out[row] = free
            owner[free] = row
            free = before
