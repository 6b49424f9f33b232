"""Choose columns one by one, each for what it adds to those chosen before.

Peng, Long & Ding (2005), doi:10.1109/TPAMI.2005.159 (mrmr); Yang & Moody (1999) (jmi); Fleuret
(2004) (cmim). The framework of Brown et al. (2012), JMLR 13:27-66, shows them as one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from mitool.parallel import ordered_map
from mitool.variables import Vector

Gain = Callable[[int, int], float]
"""What a candidate's score owes to one chosen column, from their two numbers."""


def greedy(
    relevance: Sequence[float],
    gain: Gain,
    n_chosen: int,
    combine: Callable[[Vector, Vector], Vector],
    n_jobs: int = 1,
) -> list[tuple[int, float]]:
    """Choose ``n_chosen`` candidates with their scores at the time of choice.

    ``combine(relevance, gains)`` gives scores from the relevance (n,) and the gains so far
    (n, n_chosen_so_far). The first choice is the most relevant one; ties go to the first.
    """
    relevant = np.asarray(relevance, dtype=np.float64)
    left = list(range(len(relevant)))
    gains = np.zeros((len(relevant), 0))
    chosen: list[tuple[int, float]] = []
    while left and len(chosen) < n_chosen:
        scores = combine(relevant, gains) if chosen else relevant
        best = max(left, key=lambda i: (scores[i], -i))
        chosen.append((best, float(scores[best])))
        left.remove(best)
        column = np.zeros(len(relevant))
        if len(chosen) < n_chosen:
            column[left] = _gains(gain, left, best, n_jobs)
        gains = np.column_stack((gains, column))
    return chosen


def _gains(gain: Gain, candidates: Sequence[int], chosen: int, n_jobs: int) -> list[float]:
    return list(ordered_map(lambda i: gain(i, chosen), candidates, n_jobs))


def mrmr(relevance: Vector, gains: Vector) -> Vector:
    """Relevance minus the mean MI with the chosen ones; gain(i, j) = I(Xi; Xj)."""
    scores: Vector = relevance - gains.mean(axis=1)
    return scores


def jmi(relevance: Vector, gains: Vector) -> Vector:
    """Mean joint MI with each chosen one, up to a constant; gain(i, j) = I(Xi; Y | Xj)."""
    scores: Vector = gains.mean(axis=1)
    return scores


def cmim(relevance: Vector, gains: Vector) -> Vector:
    """The least that is left given any chosen one; gain(i, j) = I(Xi; Y | Xj)."""
    scores: Vector = np.minimum(relevance, gains.min(axis=1))
    return scores


CRITERIA = {"mrmr": mrmr, "jmi": jmi, "cmim": cmim}
