"""Conformal sets of classes, and what their sizes and misses say of H(Y|X).

Correia, Massoli, Louizos & Behboodi (2024), arXiv:2405.02140; pursuit: Chan et al. (2025),
arXiv:2507.03279. Scores: Sadinle, Lei & Wasserman (2019), doi:10.1080/01621459.2017.1395341 (lac);
Romano, Sesia & Candès (2020), arXiv:2006.02544 (aps, without randomisation).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, log

import numpy as np

from mitool.models.classes.shannon import binary_entropy
from mitool.variables import Matrix, Rows, Vector

ALPHAS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
LARGEST_TOP = 5
ROUNDING = 1e-9


@dataclass(frozen=True)
class Sets:
    """How large the set of each row is, and whether its label lies in it; both (n,)."""

    sizes: Rows
    hit: Rows
    n_classes: int

    @property
    def miss_rate(self) -> float:
        """The share of rows whose label lies outside their set."""
        return float(1.0 - self.hit.mean())

    @property
    def choices(self) -> Vector:
        """Log of how many classes each label can be, once it is known whether it was hit; (n,)."""
        other = np.log(np.maximum(self.n_classes - self.sizes, 1))
        return np.where(self.hit > 0, self.log_sizes, other)

    @property
    def log_sizes(self) -> Vector:
        """Log sizes, an empty set counted as one of one class; (n,)."""
        return np.log(np.maximum(self.sizes, 1))

    @property
    def fano(self) -> float:
        """The model-free Fano form: never above H(Y|X) but for the error of the two means."""
        return float(binary_entropy(self.miss_rate) + self.choices.mean())

    @property
    def simple(self) -> float:
        """The simple form, which is never below the Fano form."""
        missed = self.miss_rate
        return float(binary_entropy(missed) + missed * log(self.n_classes) + self.log_sizes.mean())

    def fano_without_one(self) -> Vector:
        """Give the Fano form without each of the rows, (n,)."""
        n = len(self.hit)
        missed = 1 - self.hit
        rates = (missed.sum() - missed) / (n - 1)
        choices = self.choices
        without: Vector = binary_entropy(rates) + (choices.sum() - choices) / (n - 1)
        return without


@dataclass(frozen=True)
class Rule:
    """How sets are made: by a score below a threshold, or of the ``top`` likeliest classes."""

    score: str
    alpha: float | None = None
    threshold: float | None = None
    top: int | None = None

    def sets(self, probs: Matrix, labels: Rows) -> Sets:
        """Give the sets of rows with these probabilities (n, K) and labels (n,)."""
        n, n_classes = probs.shape
        if self.top is not None:
            hit = _places(probs, labels) < self.top
            return Sets(np.full(n, self.top), hit.astype(np.int64), n_classes)
        scores = SCORES[self.score](probs)
        within = scores <= (np.inf if self.threshold is None else self.threshold)
        hit = within[np.arange(n), labels]
        return Sets(within.sum(axis=1), hit.astype(np.int64), n_classes)


def lac(probs: Matrix) -> Matrix:
    """Give 1 - p of each class."""
    return 1.0 - probs


def aps(probs: Matrix) -> Matrix:
    """Give the sum of the probabilities that are at least as large as that of each class."""
    order = np.argsort(-probs, axis=1, kind="stable")
    ordered = np.take_along_axis(probs, order, axis=1)
    sums = np.cumsum(ordered, axis=1)
    for column in range(probs.shape[1] - 2, -1, -1):  # equals share the sum at their end
        tied = ordered[:, column] == ordered[:, column + 1]
        sums[tied, column] = sums[tied, column + 1]
    scores = np.empty_like(sums)
    np.put_along_axis(scores, order, sums, axis=1)
    return scores


SCORES = {"lac": lac, "aps": aps}
MOST_ROWS = 2.0**53
"""Calibration rows that no file has; the smallest levels would ask for infinitely many."""


def fewest_rows(alpha: float) -> int:
    """Give how many calibration rows a finite threshold of this level takes."""
    return ceil(min(1.0 / alpha, MOST_ROWS) - 1.0 - ROUNDING)


def threshold(scores: Vector, alpha: float) -> float:
    """Give the ⌈(n + 1)(1 - α)⌉-th smallest calibration score; infinite where there is none."""
    rank = ceil((len(scores) + 1) * (1.0 - alpha) - ROUNDING)
    return float(np.partition(scores, rank - 1)[rank - 1]) if rank <= len(scores) else float("inf")


def calibrated(score: str, probs: Matrix, labels: Rows, alpha: float) -> Rule:
    """Give the rule of a score and a level, by calibration rows."""
    own = SCORES[score](probs)[np.arange(len(labels)), labels]
    return Rule(score, alpha, threshold(own, alpha))


def rules(
    probs: Matrix, labels: Rows, scores: Sequence[str], alphas: Sequence[float] = ALPHAS
) -> Iterator[Rule]:
    """Yield the rules to choose from: each score at each level, and the k likeliest classes."""
    n_classes = probs.shape[1]
    for score in scores:
        own = SCORES[score](probs)[np.arange(len(labels)), labels]
        for alpha in alphas:
            yield Rule(score, alpha, threshold(own, alpha))
    for top in range(1, min(LARGEST_TOP, n_classes) + 1):
        yield Rule("top", top=top)


def best_rule(
    probs: Matrix, labels: Rows, scores: Sequence[str], alphas: Sequence[float] = ALPHAS
) -> Rule:
    """Choose the rule of the least Fano form on calibration rows; the first where several are."""
    return min(rules(probs, labels, scores, alphas), key=lambda r: r.sets(probs, labels).fano)


def _places(probs: Matrix, labels: Rows) -> Rows:
    """Give how many classes come before each label: likelier ones, and equals of lower number."""
    own = probs[np.arange(len(labels)), labels][:, None]
    earlier = np.arange(probs.shape[1]) < labels[:, None]
    places: Rows = ((probs > own) | ((probs == own) & earlier)).sum(axis=1)
    return places
