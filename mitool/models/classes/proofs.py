"""Lower bounds of I(X;Y) from the probabilities of a model, and the same without each row.

log-loss: Barber & Agakov (2003), as in McAllester & Stratos (2020), arXiv:1811.04251.
fano: Fano (1961); Cover & Thomas (2006), theorem 2.10.1, doi:10.1002/047174882X.
semantic: Lu (2025), doi:10.3390/e27050461, the semantic mutual information of truth functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.models.classes.shannon import binary_entropy, entropy_of_counts, entropy_without_one
from mitool.variables import Matrix, Rows, Vector


@dataclass(frozen=True)
class Proof:
    """A bound in nats; ``without`` holds it without each of the rows, ``local`` its terms (n,)."""

    value: float
    without: Vector
    local: Vector | None = None


def log_loss(log_probs: Matrix, labels: Rows) -> Proof:
    """H(Y) less the mean cross-entropy: a bound whatever the model, I if it is the posterior.

    ``log_probs`` (n, K) hold normalised log-probabilities, ``labels`` (n,) numbers of classes.
    """
    n, counts = len(labels), np.bincount(labels, minlength=log_probs.shape[1])
    own = log_probs[np.arange(n), labels]
    # summed from both ends, as a row of probability 0 must not leave inf - inf behind
    others = _without_each(own[:, None])[:, 0]
    without = entropy_without_one(counts)[labels] + others / (n - 1)
    shares = counts / n
    return Proof(
        entropy_of_counts(counts) + float(own.mean()), without, own - np.log(shares[labels])
    )


def fano(log_probs: Matrix, labels: Rows) -> Proof:
    """H(Y) - h(ε) - ε log(K - 1), by the rate ε at which the likeliest class is not the label."""
    n, n_classes = log_probs.shape
    counts = np.bincount(labels, minlength=n_classes)
    missed = log_probs.argmax(axis=1) != labels
    n_missed = int(missed.sum())

    def lost(rate: Vector | float) -> Vector:
        cost: Vector = binary_entropy(rate) + np.asarray(rate) * np.log(max(n_classes - 1, 1))
        return cost

    value = entropy_of_counts(counts) - float(lost(n_missed / n))
    return Proof(value, entropy_without_one(counts)[labels] - lost((n_missed - missed) / (n - 1)))


def semantic(log_truths: Matrix, labels: Rows) -> Proof:
    """Mean log of the truth of each row's label over the mean truth of that label on all rows.

    ``log_truths`` (n, K) need not be normalised over the labels. Never below ``log_loss`` of the
    same rows: the difference is the divergence of the labels' shares from the mean prediction.
    """
    n, n_classes = log_truths.shape
    counts = np.bincount(labels, minlength=n_classes).astype(np.float64)
    top = _finite(log_truths.max(axis=0))
    truths = np.exp(log_truths - top)  # each label's truth may have a scale of its own
    own = (log_truths - top)[np.arange(n), labels]
    log_means = _logs(truths.sum(axis=0) / n)
    local = own - log_means[labels]
    logs = _logs(_without_each(truths) / (n - 1))
    with np.errstate(invalid="ignore"):
        paid = np.where(counts > 0.0, counts * logs, 0.0).sum(axis=1)
        paid -= logs[np.arange(n), labels]
        without = (_without_each(own[:, None])[:, 0] - paid) / (n - 1)
    return Proof(float(local.mean()), without, local)


def _finite(values: Vector) -> Vector:
    return np.where(np.isfinite(values), values, 0.0)


def _logs(values: Matrix) -> Matrix:
    with np.errstate(divide="ignore"):
        logs: Matrix = np.log(values)
    return logs


def _without_each(values: Matrix) -> Matrix:
    """Give the sum of all other rows, for each row; taking one away would cancel digits."""
    before, after = np.zeros_like(values), np.zeros_like(values)
    np.cumsum(values[:-1], axis=0, out=before[1:])
    after[:-1] = np.cumsum(values[:0:-1], axis=0)[::-1]
    return before + after
