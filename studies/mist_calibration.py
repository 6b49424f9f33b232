"""Split-conformal correction of quantiles, by class of columns and rows.

Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World; Romano, Patterson &
Candès (2019), arXiv:1905.03222: what stands at a level among the residuals is added.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from mitool.estimators.learned.network import LEVELS, MEDIAN, OFFSET

DIMS = (3, 5, 8)
"""The fewest columns together of each class but the first."""
ROWS = (100, 300, 700, 1500)
"""The fewest rows of each class but the first."""
FEWEST = 100
"""Tables of a class; with fewer it takes part in those of all."""
MISSED = 0.6
"""Of what may miss at a level, by so much is it held below: families differ, and with 1, intervals
of 90 % covered 0.72 of the tables of the worst family left out, with 0.6 0.82."""


def corrections(logs: np.ndarray, mi: np.ndarray, dims: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Give what is to be added to log quantiles, (classes of dims, classes of rows, levels)."""
    of_dims, of_rows = classes(dims, n)
    out = np.empty((len(DIMS) + 1, len(ROWS) + 1, len(LEVELS)))
    residuals = np.log(mi + OFFSET)[:, None] - logs
    for a, b in product(range(len(DIMS) + 1), range(len(ROWS) + 1)):
        own = (of_dims == a) & (of_rows == b)
        out[a, b] = at_levels(residuals[own] if own.sum() >= FEWEST else residuals)
    return out


def classes(dims: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Number the classes of tables."""
    return np.searchsorted(DIMS, dims, side="right"), np.searchsorted(ROWS, n, side="right")


def at_levels(residuals: np.ndarray) -> np.ndarray:
    """Give what stands at each level among residuals (m, levels), rounded away from the median.

    The median itself is left where the networks, which minimise its error, have put it.
    """
    m = len(residuals)
    ordered = np.sort(residuals, axis=0)
    out = np.zeros(len(LEVELS))
    for k, level in enumerate(LEVELS):
        low = np.floor((m + 1) * MISSED * level)
        place = low if k < MEDIAN else m + 1 - np.floor((m + 1) * MISSED * (1.0 - level))
        out[k] = ordered[int(np.clip(place - 1, 0, m - 1)), k]
    out[MEDIAN] = 0.0
    return out
