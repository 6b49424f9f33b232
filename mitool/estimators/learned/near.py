"""Statistics of neighbours: KSG at several scales and in several coordinates, and their means."""

from __future__ import annotations

import numpy as np

from mitool.estimators.learned.arrangement import Arranged
from mitool.estimators.learned.correlated import SPARED, Linear, Polynomial
from mitool.estimators.learned.normal_scores import scored
from mitool.kernels.digamma import integer_digamma
from mitool.kernels.neighbors import sweep
from mitool.kernels.neighbors.counting import tallies_at_scales
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.tallies import NeighborCounts, mean_digamma, tallied
from mitool.variables import Matrix

SCALES = (3, 1, 6, 12)
"""Numbers of neighbours; at the first of them boxes are counted, too."""
AROUND = 6
"""Rows whose mean predicts the other side's columns."""
QUERIES = 512
"""Rows at most where a rough number is enough."""


def neighbours(table: Arranged) -> dict[str, float]:
    """Give KSG of scores, of ranks, and of a shuffled table."""
    x, y = table.untied
    n = len(x)
    squares, boxes = sweep.counts(x, y, SCALES, n_boxes=1)
    found = {f"ksg {k}": _squares(c, k, n) for k, c in zip(SCALES, squares, strict=True)}
    found["ksg 3, boxes"] = _boxes(boxes[0], SCALES[0], n)
    order = np.random.default_rng(2).permutation(n)
    shuffled, _ = sweep.counts(x, y[order], SCALES[:1], n_queries=QUERIES)
    ranked, _ = sweep.counts(*_even(table), SCALES[:1], n_queries=QUERIES)
    return {
        **found,
        "ksg 3 of ranks": _squares(ranked[0], 3, n),
        "ksg 3, shuffled": _squares(shuffled[0], 3, n),
    }


def _even(table: Arranged) -> tuple[Matrix, Matrix]:
    """Give the ranks between -1 and 1, told apart by the same noise as the scores."""
    n = len(table.x)
    noise = [a - b for a, b in zip(table.untied, table.scores, strict=True)]
    return table.x / n + noise[0], table.y / n + noise[1]


def turned(table: Arranged, linear: Linear, polynomial: Polynomial) -> dict[str, float]:
    """Give KSG of all canonical variates, of the first pair, and of the first of polynomials."""
    n = len(table.x)
    first = linear.left[:, :1], linear.right[:, :1]
    return {
        "ksg 5 of variates": _of_scores(linear.left, linear.right, 5, n),
        "ksg 6 of first variates": _of_scores(*first, 6, n),
        "ksg 6 of first polynomials": _of_scores(*polynomial.first, 6, n),
    }


def _of_scores(left: Matrix, right: Matrix, k: int, n: int) -> float:
    """Give KSG of the scores of variates; 0 where a side has none."""
    if not left.shape[1] or not right.shape[1]:
        return 0.0
    x, y = scored(left), scored(right)
    if x.shape[1] == y.shape[1] == 1:
        (tally,) = tallies_at_scales(Margin(x), Margin(y), [(k, "open")])
        return _constant(k, n) - mean_digamma(tally, n, shift=1)
    squares, _ = sweep.counts(x, y, (k,))
    return _squares(squares[0], k, n)


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


def _squares(counts: NeighborCounts, k: int, n: int) -> float:
    return _constant(k, n) - mean_digamma(tallied(counts), counts.shape[1], shift=1)


def _boxes(counts: NeighborCounts, k: int, n: int) -> float:
    return _constant(k, n) - 1.0 / k - mean_digamma(tallied(counts), counts.shape[1])


def _constant(k: int, n: int) -> float:
    return integer_digamma(k) + integer_digamma(n)
