"""What learns the probabilities of labels from the rows before, for codes that learn as they go."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence

import numpy as np

from mitool.limits import one_blas_thread
from mitool.variables import Codes, Matrix, Variable

Learner = Callable[[Matrix, Codes, Matrix, int], Sequence[Matrix]]
"""(features of past rows, their labels, features of the next, K) -> one or more (m, K) of
probabilities, each of a code of its own."""

TREES = 30
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
    """Fit a multinomial logistic regression with scikit-learn's penalty."""
    from sklearn.linear_model import LogisticRegression

    return [_fitted(LogisticRegression(max_iter=200), past, labels, ahead, n_classes)]


def boosting(past: Matrix, labels: Codes, ahead: Matrix, n_classes: int) -> list[Matrix]:
    """Fit boosted trees on histograms."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model = HistGradientBoostingClassifier(max_iter=TREES, early_stopping=False, random_state=0)
    with one_blas_thread():  # nor more of OpenMP: they wait for one another
        return [_fitted(model, past, labels, ahead, n_classes)]


def _fitted(model: object, past: Matrix, labels: Codes, ahead: Matrix, n_classes: int) -> Matrix:
    """Fit a classifier of scikit-learn; a label it has not seen gets 0, which the code floors."""
    seen = np.unique(labels)
    probs = np.zeros((len(ahead), n_classes))
    if len(seen) == 1:
        probs[:, seen[0]] = 1.0
        return probs
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a fit that stopped early codes a little worse: no harm
        probs[:, seen] = model.fit(past, labels).predict_proba(ahead)  # type: ignore[attr-defined]
    return probs


LEARNERS: dict[str, Learner] = {
    "logistic": logistic,
    "neighbours": neighbours,
    "boosting": boosting,
}
"""Those that are fitted in blocks; ``kt`` counts instead."""
