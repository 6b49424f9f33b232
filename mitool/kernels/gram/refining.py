"""A low-rank factor of many points carried on from those that it leaves most of."""

from __future__ import annotations

import numpy as np

from mitool.kernels.gram.lowrank import (
    CANDIDATES,
    MARGIN,
    MOST_LANDMARKS,
    ROUNDING,
    Factor,
    pivoted,
)
from mitool.variables import Rows, Vector

MOST_ROUNDS = 8


def refined(made: Factor, weights: Vector, missing: float, limit: int) -> Factor:
    """Add landmarks until Σ w R of all points is at most ``missing``, as far as limits allow.

    Candidates cannot show what is left far from all of them. Those of the next round are drawn
    evenly from what is left, Σ w R, each standing for as much of it; the landmarks are kept.
    """
    limit = min(limit, MOST_LANDMARKS)
    for _ in range(MOST_ROUNDS):
        if weights @ made.residual <= missing or made.rank >= limit:
            break
        further = _carried_on(made, weights, missing, limit)
        if further is None:
            break
        made = further
    return made


def _carried_on(made: Factor, weights: Vector, missing: float, limit: int) -> Factor | None:
    """Give a factor of more landmarks, or None where the limit is not enough."""
    left = weights * made.residual
    places = _drawn(np.where(made.residual > ROUNDING, left, 0.0), CANDIDATES - made.rank)
    standing = left.sum() / len(places) / made.residual[places]
    candidates = np.concatenate((made.places, places))
    weights_there = np.concatenate((np.zeros(made.rank), standing))
    found = pivoted(
        made.points.at(candidates),
        weights_there,
        lambda w, r: float(w @ r) / missing,
        (MARGIN, MARGIN),
        limit,
        np.arange(made.rank),
    )
    if found is None:
        return None
    pivots, columns = found
    landmarks = candidates[pivots]
    triangle = np.tril(columns[:, pivots].T)
    return Factor(made.points, made.points.at(landmarks), triangle, landmarks)


def _drawn(left: Vector, n: int) -> Rows:
    """Give different places, evenly spaced in what is left: where most is, most of them."""
    cumulated = np.cumsum(left)
    at = (np.arange(n) + 0.5) / n * cumulated[-1]
    return np.unique(np.minimum(np.searchsorted(cumulated, at), len(left) - 1))
