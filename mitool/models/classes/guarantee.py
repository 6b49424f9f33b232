"""What test rows guarantee of I(X;Y) at a confidence, whatever the distribution or the model.

Misses: Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404. Means: Maurer & Pontil (2009),
arXiv:0907.3740, theorem 4. Entropies of many labels: Antos & Kontoyiannis (2001),
doi:10.1002/rsa.10019.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from mitool.models.classes.conformal import Sets
from mitool.models.classes.shannon import binary_entropy, entropy, entropy_of_counts
from mitool.variables import Rows, Vector

MOST_CLASSES = 50
"""Up to so many labels the limits of each share are joined; above, one deviation of the entropy."""


def guaranteed(sets: Sets, labels: Rows, delta: float, prior: Vector | None = None) -> float:
    """Give what I(X;Y) is at least, with confidence 1 - ``delta``, from sets and labels of rows.

    ``delta`` is shared by the rate of misses, the mean log size and, where no ``prior`` is known,
    H(Y). The rows are neither those of the model nor those that chose the sets.
    """
    n_unknown = 3 if prior is None else 2
    share = delta / n_unknown
    missed = upper_rate(int((1 - sets.hit).sum()), len(sets.hit), share)
    choices = upper_mean(sets.choices, log(sets.n_classes), share)
    counts = np.bincount(labels, minlength=sets.n_classes)
    h_y = lowest_entropy(counts, share) if prior is None else float(entropy(prior))
    return h_y - float(binary_entropy(min(missed, 0.5))) - choices


def upper_rate(n_events: int, n: int, delta: float) -> float:
    """Give the Clopper-Pearson upper limit of a rate, one-sided."""
    from scipy.special import betaincinv

    return 1.0 if n_events >= n else float(betaincinv(n_events + 1, n - n_events, 1.0 - delta))


def upper_mean(values: Vector, largest: float, delta: float) -> float:
    """Give the empirical-Bernstein upper limit of the mean of numbers from 0 to ``largest``."""
    n, odds = len(values), log(2.0 / delta)
    if n < 2:
        return largest
    reach = sqrt(2.0 * float(values.var(ddof=1)) * odds / n) + 7.0 * largest * odds / (3 * (n - 1))
    return min(float(values.mean()) + reach, largest)


def lowest_entropy(counts: Rows, delta: float) -> float:
    """Give what the entropy is at least of labels with these counts, all K of them counted."""
    n, n_classes = int(counts.sum()), len(counts)
    if n_classes > MOST_CLASSES:
        reach = (1.0 + log(n)) * sqrt(log(1.0 / delta) / (2.0 * n))
        return max(entropy_of_counts(counts) - reach, 0.0)
    low, high = _limits(np.sort(counts)[::-1], n, delta / n_classes)
    return float(entropy(_most_uneven(low, high)))


def _limits(counts: Rows, n: int, delta: float) -> tuple[Vector, Vector]:
    """Give the two-sided Clopper-Pearson limits of each share."""
    from scipy.special import betaincinv

    seen, left = np.maximum(counts, 1), np.maximum(n - counts, 1)
    low = np.where(counts > 0, betaincinv(seen, n - seen + 1, delta / 2.0), 0.0)
    high = np.where(counts < n, betaincinv(n - left + 1, left, 1.0 - delta / 2.0), 1.0)
    return low, high


def _most_uneven(low: Vector, high: Vector) -> Vector:
    """Give the shares between limits that majorise all others: the first get all they may have."""
    room = high - low
    before = np.concatenate(([0.0], np.cumsum(room)[:-1]))
    shares: Vector = low + np.clip(1.0 - low.sum() - before, 0.0, room)
    return shares
