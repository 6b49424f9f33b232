"""Krichevsky & Trofimov (1981), doi:10.1109/TIT.1981.1056331: the code that learns as it goes.

Each label has the probability (times seen + 1/2) / (rows seen + K/2), so the length of the whole
does not depend on the order of the rows: it is that of a Dirichlet prior of 1/2.
"""

from __future__ import annotations

from math import lgamma

import numpy as np

from mitool.kernels.types import Counts

HALF = lgamma(0.5)


def kt_length(counts: Counts, n_levels: int) -> float:
    """Give the code length in nats of labels with these counts, of ``n_levels`` that there are."""
    return kt_length_within(np.array([counts.sum()]), counts, n_levels)


def kt_length_within(groups: Counts, cells: Counts, n_levels: int) -> float:
    """Give that of a code for each group of rows: the sizes of the groups, and of their cells.

    ``groups`` (n_groups,) are the rows in each group; ``cells`` the counts of each label in each of
    them, in any order and with or without zeros.
    """
    half = n_levels / 2.0
    opened = _sum_of_log_gammas(groups, half) - len(groups) * lgamma(half)
    seen = cells[cells > 0]
    return float(opened - _sum_of_log_gammas(seen, 0.5) + len(seen) * HALF)


def _sum_of_log_gammas(counts: Counts, more: float) -> float:
    sizes, times = np.unique(counts, return_counts=True)
    logs = [lgamma(size + more) for size in sizes.tolist()]
    return float(times @ np.array(logs)) if logs else 0.0
