"""What learns the probabilities of labels from the rows before, for codes that learn as they go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import exp, log

import numpy as np

from mitool.kernels.counts.coded import Coded
from mitool.kernels.counts.sequential import kt_length
from mitool.limits import one_blas_thread
from mitool.variables import Codes, Matrix, Rows, Variable, Vector

Learner = Callable[[Matrix, Codes, Matrix, int], Sequence[Matrix]]
"""(features of past rows, their labels, features of the next, K) -> one or more (m, K) of
probabilities, each of a code of its own."""

TREES = 30
HALVINGS = 6
"""The first block ends at n / 2⁶; each of those after it doubles the rows."""

POWERS = (0.5, 0.65, 0.8)
"""Of m past rows so many are neighbours, as powers of m; for rough, fair and smooth relations."""


def features(*variables: Variable) -> Matrix:
    """Give numbers for learners, (n, d): standardised columns, and one column a level of labels.

    What is coded is the label alone, so all rows of its conditions may be looked at before.
    """
    parts = []
    for variable in variables:
        for column, kind in zip(variable.values.T, variable.kinds, strict=True):
            if kind == "discrete":
                levels, codes = np.unique(column, return_inverse=True)
                parts.append(np.eye(len(levels))[codes])
            else:
                spread = column.std()
                parts.append((column - column.mean())[:, None] / (spread if spread > 0 else 1.0))
    return np.ascontiguousarray(np.hstack(parts))


def neighbours(past: Matrix, labels: Codes, ahead: Matrix, n_classes: int) -> list[Matrix]:
    """Count labels among the nearest past rows, few or many, with half a row more for each label.

    Few neighbours of many labels cost more than they find: with 8 labels and 2000 rows of a smooth
    relation of 0.22 nats √m of them find 0.08.
    """
    from scipy.spatial import cKDTree

    numbers = sorted({max(round(len(past) ** power), 1) for power in POWERS})
    _, nearest = cKDTree(past).query(ahead, k=[*range(1, numbers[-1] + 1)])
    places = np.arange(len(ahead))[:, None] * n_classes + labels[nearest]
    probs = []
    for k in numbers:
        counts = np.bincount(places[:, :k].ravel(), minlength=len(ahead) * n_classes)
        probs.append((counts.reshape(len(ahead), n_classes) + 0.5) / (k + n_classes / 2.0))
    return probs


def logistic(past: Matrix, labels: Codes, ahead: Matrix, n_classes: int) -> list[Matrix]:
    """Fit a multinomial logistic regression, whose penalty lets it end in far fewer steps."""
    from sklearn.linear_model import LogisticRegression

    return [_fitted(LogisticRegression(max_iter=2000), past, labels, ahead, n_classes)]


def boosting(past: Matrix, labels: Codes, ahead: Matrix, n_classes: int) -> list[Matrix]:
    """Fit boosted trees on histograms."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=TREES, early_stopping=False, random_state=0)
    return [_fitted(model, past, labels, ahead, n_classes)]


def _fitted(model: object, past: Matrix, labels: Codes, ahead: Matrix, n_classes: int) -> Matrix:
    """Fit a classifier of scikit-learn; a label it has not seen gets 0, which the code floors."""
    seen = np.unique(labels)
    probs = np.zeros((len(ahead), n_classes))
    if len(seen) == 1:
        probs[:, seen[0]] = 1.0
        return probs
    with one_blas_thread():  # nor more of OpenMP: on a busy machine they wait for one another
        probs[:, seen] = model.fit(past, labels).predict_proba(ahead)  # type: ignore[attr-defined]
    return probs


LEARNERS: dict[str, Learner] = {
    "logistic": logistic,
    "neighbours": neighbours,
    "boosting": boosting,
}
"""Those that are fitted in blocks; ``kt`` counts instead."""


def in_blocks(name: str, known: Matrix, labels: Coded, order: Rows) -> list[float]:
    """Give the length of y by each code of a learner that is fitted anew before each block."""
    n, n_classes = len(order), labels.n_levels
    known, codes = known[order], labels.codes[order].astype(np.int64)
    ends = sorted({max(round(n / 2**k), 1) for k in range(HALVINGS, -1, -1)})
    first = kt_length(np.bincount(codes[: ends[0]], minlength=n_classes), n_classes)
    blocks = [
        [
            -float(np.log(_floored(probs, codes[start:end], start)).sum())
            for probs in LEARNERS[name](known[:start], codes[:start], known[start:end], n_classes)
        ]
        for start, end in pairwise(ends)
    ]
    n_codes = max((len(block) for block in blocks), default=1)
    # a learner that has one code after few rows has the same under each of its names
    return [first + sum(block[min(i, len(block) - 1)] for block in blocks) for i in range(n_codes)]


def _floored(probs: Matrix, codes: Codes, n_before: int) -> Vector:
    """Give the probability of each label, mixed with as much of the uniform as in a KT code."""
    n_classes = probs.shape[1]
    weight = (n_classes / 2.0) / (n_before + n_classes / 2.0)
    own: Vector = probs[np.arange(len(codes)), codes]
    floored: Vector = (1.0 - weight) * own + weight / n_classes
    return floored


def mixed(lengths: Sequence[float]) -> float:
    """Give the code length of the Bayes mixture of codes of these lengths.

    Each weighs as exp(-its loss so far), renewed every row: the product over rows is the mean of
    the codes' probabilities, so the mixture is at most log M longer than the best of M.
    """
    least = min(lengths)
    return least - log(sum(exp(least - length) for length in lengths) / len(lengths))
