"""Scores for scikit-learn's feature selection; scikit-learn itself is not needed here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np

from mitool.measure.measurement import measure
from mitool.measure.settings import Settings
from mitool.parallel import ordered_map
from mitool.tables import Column, from_python
from mitool.variables import Variable, Vector, gather


def mi_score(
    X: Any,
    y: Any,
    estimator: str = "auto",
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    n_jobs: int = 1,
) -> Vector:
    """Score each column of X by its mutual information with y.

    Parameters
    ----------
    X
        Array of shape (n, d), or a data frame; kinds of columns are found as everywhere.
    y
        Target of shape (n,), numbers or labels.
    estimator, params, seed
        As of `mitool.estimate`; choose them by ``functools.partial``.
    n_jobs
        Threads; the scores do not depend on it.

    Returns
    -------
    ndarray of shape (d,)
        Nats, never clipped: an estimate may be negative.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.feature_selection import SelectKBest
    >>> from mitool.sklearn import mi_score
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> list(SelectKBest(mi_score, k=2).fit(X, y).get_feature_names_out())
    ['flavanoids', 'proline']
    """
    settings = Settings(estimator, params or {}, seed=seed)
    features, target = from_python(X, "x"), from_python(y, "y")
    score = partial(_score, gather(target.read(target.names)), settings)
    return np.fromiter(ordered_map(score, features.read(features.names), n_jobs), float)


def _score(target: Variable, settings: Settings, column: Column) -> float:
    mi = measure(gather([column]), target, None, settings).mi
    return np.nan if mi is None else mi
