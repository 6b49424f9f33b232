"""Agglomerative merging of the levels of a table, the cheapest pair first.

Slonim & Tishby (1999), Agglomerative information bottleneck, NIPS 12.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.variables import Matrix

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Merging:
    """Where each level of a table went, (n_levels,), as the lowest level of each; nats lost."""

    target: Places
    lost: float


def merged_levels(joint: Matrix, n_levels: int, most_lost: float) -> Merging:
    """Merge rows of ``joint`` (n, K), which sums to 1, down to ``n_levels``, or up to a loss.

    It stops before more than ``most_lost`` nats of information would be lost. Rows of equal
    conditionals lose nothing and are merged first; those without mass go with the first row.
    """
    first, target = _equal_rows(joint)
    pooled = np.zeros((len(first), joint.shape[1]))
    np.add.at(pooled, target, joint)
    found = _cheapest_first(pooled, n_levels, most_lost)
    return Merging(first[found.target[target]], found.lost)


def _equal_rows(joint: Matrix) -> tuple[Places, Places]:
    """Give the first row of each conditional, in order, and the number of that of each row."""
    mass = joint.sum(axis=1, keepdims=True)
    shares = np.divide(joint, mass, out=np.zeros_like(joint), where=mass > 0.0)
    shares = np.round(shares, 14) + 0.0
    full = np.flatnonzero(mass[:, 0] > 0.0)
    _, first, target = np.unique(shares[full], axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    all_rows = np.zeros(len(joint), dtype=np.int64)
    all_rows[full] = place[target.ravel()]
    return full[first[order]], all_rows


def _cheapest_first(joint: Matrix, n_levels: int, most_lost: float) -> Merging:
    from mitool.kernels.counts.agglomeration_loops import cheapest, merge, seek, term

    n = len(joint)
    joint, mass = np.ascontiguousarray(joint), joint.sum(axis=1)
    of_cells = np.array([sum(map(term, row)) for row in joint.tolist()])
    is_there, is_stale = np.ones(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    target, partner, least = np.arange(n), np.full(n, -1), np.full(n, np.inf)
    table = (joint, of_cells, mass, is_there)
    for i in range(n):
        seek(*table, i, partner, least)
    lost = 0.0
    for _ in range(n - n_levels):
        a = int(cheapest(*table, is_stale, partner, least))
        if lost + float(least[a]) > most_lost:
            break
        lost, b = lost + float(least[a]), int(partner[a])
        target[target == b] = a
        merge(*table, is_stale, a, b, partner, least)
    return Merging(target, lost)
