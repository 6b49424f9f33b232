"""Statistics of neighbours: KSG at several scales and of variates, and what near rows foretell."""

from __future__ import annotations

import numpy as np

from mitool.estimators.learned.arrangement import Arranged
from mitool.estimators.learned.correlated import SPARED, Linear, Polynomial
from mitool.estimators.learned.normal_scores import scored
from mitool.estimators.rescored import DECIMALS
from mitool.kernels.digamma import integer_digamma
from mitool.kernels.neighbors import sweep
from mitool.kernels.neighbors.counting import tallies_at_scales
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.tallies import Tally, mean_digamma, tallied
from mitool.variables import Matrix
from mitool.variables.ties import JITTER

SCALES = (3, 1, 6, 12)
"""Numbers of neighbours."""
AROUND = 6
"""Rows whose mean predicts the other side's columns."""
QUERIES = 512
"""Rows at most where a rough number is enough."""


def neighbours(table: Arranged) -> dict[str, float]:
    """Give KSG at several scales."""
    x, y = table.untied
    counts = sweep.counts(x, y, SCALES)
    return {f"ksg {k}": _ksg(tallied(of), k, len(x)) for k, of in zip(SCALES, counts, strict=True)}


def of_variates(linear: Linear, polynomial: Polynomial) -> dict[str, float]:
    """Give KSG of the first canonical variates, of scores and of polynomials in them."""
    return {
        "ksg 6 of first variates": _of_scores(*linear.first),
        "ksg 6 of first polynomials": _of_scores(*polynomial.first),
    }


def _of_scores(left: Matrix, right: Matrix, k: int = 6) -> float:
    """Give KSG of the scores of a variate a side; 0 where a side has none."""
    if not left.shape[1] or not right.shape[1]:
        return 0.0
    noise = np.random.default_rng(4).standard_normal((2, len(left), 1))
    pairs = zip((left, right), noise, strict=True)
    x, y = (Margin(scored(_without_ties(variate, some))) for variate, some in pairs)
    (tally,) = tallies_at_scales(x, y, [(k, "open")])
    return _ksg(tally, k, len(left))


def _without_ties(variate: Matrix, noise: Matrix) -> Matrix:
    """Let noise tell equal rows apart, and not the rounding of the variate, which is anyone's."""
    scale = (variate * variate).mean() ** 0.5
    steps = np.round(variate / (scale if scale > 0.0 else 1.0), DECIMALS)
    return np.asarray(steps + JITTER * noise)


def _ksg(tally: Tally, k: int, n: int) -> float:
    return integer_digamma(k) + integer_digamma(n) - mean_digamma(tally, n, shift=1)


def predicted(table: Arranged) -> dict[str, float]:
    """Give what the mean of near rows tells of the other side, and the distance correlation."""
    x, y = table.untied
    both = _explained(x, y), _explained(y, x)
    few = x[:QUERIES], y[:QUERIES]
    return {
        "explained, less": min(both),
        "explained, more": max(both),
        "distance correlation": sweep.distance_correlation(*few),
    }


def _explained(side: Matrix, other: Matrix) -> float:
    """Give half the log ratio of the determinants of the other side and of what is left of it.

    Of the error of a mean over k rows a share of 1 / (k + 1) is its own noise.
    """
    n_queries = min(len(side), QUERIES)
    means = sweep.means_around(side, other, AROUND, n_queries)
    left = other[:n_queries] - means
    shrunk = AROUND / (AROUND + 1.0)
    return 0.5 * (_log_size(other) - _log_size(left * shrunk**0.5))


def _log_size(columns: Matrix) -> float:
    scatter = columns.T @ columns / len(columns)
    return float(np.linalg.slogdet(scatter + SPARED * np.eye(len(scatter)))[1])
