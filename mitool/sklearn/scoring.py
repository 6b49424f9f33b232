"""Scores for scikit-learn's feature selection; scikit-learn itself is not needed here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mitool.api.arguments import CHECKS
from mitool.api.door import errors_in_python
from mitool.measure.settings import Settings
from mitool.screening import Question
from mitool.sklearn.candidates import Candidates, Chosen, target_of, warn_of
from mitool.sklearn.validation import jobs
from mitool.variables import Vector


def mi_score(
    X: Any,
    y: Any,
    estimator: str = "auto",
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    n_jobs: int | str | None = 1,
    *,
    discrete: Chosen = "auto",
    continuous: Chosen = None,
) -> Vector:
    """Score each column of X by its mutual information with y.

    Parameters
    ----------
    X
        Array of shape (n, d), or a data frame of numbers, labels and times, with missing values;
        kinds of columns are found as everywhere.
    y
        Target of shape (n,), numbers or labels.
    estimator, params, seed
        As of `mitool.estimate`; choose them by ``functools.partial``.
    n_jobs
        Threads; None is 1, and -1 or ``"auto"`` as many as the job was granted. The scores do not
        depend on it.
    discrete, continuous
        Columns whose kind you decide: names, places from 0, or a mask of shape (d,).

    Returns
    -------
    ndarray of shape (d,)
        Nats, never clipped: an estimate may be negative. NaN, with a ``MitoolWarning`` that says
        why, where a column cannot be estimated or tells nothing: constants, text that names every
        row differently, lists, infinite values.

    Notes
    -----
    ``SelectKBest`` itself refuses text, and missing values unless ``assume_finite`` is set in
    ``sklearn.set_config``, before it asks for scores; `MISelector` takes both.

    Examples
    --------
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.feature_selection import SelectKBest
    >>> from mitool.sklearn import mi_score
    >>> X, y = load_wine(return_X_y=True, as_frame=True)
    >>> list(SelectKBest(mi_score, k=2).fit(X, y).get_feature_names_out())
    ['flavanoids', 'proline']
    """
    with errors_in_python():
        CHECKS["estimator"]("estimator", estimator)
        CHECKS["params"]("params", {} if params is None else params)
        settings = Settings(estimator, params or {}, seed=seed)
        candidates = Candidates.among(X, discrete, continuous, estimator)
        question = Question(target_of(y, "auto"), settings=settings, n_jobs=jobs(n_jobs))
        candidates.require_rows_of(question.target)
        estimates = list(question.answers(candidates.variables))
    failures = [note for e in estimates if e.status == "failed" for note in e.remarks]
    warn_of([*candidates.notes, *failures], stacklevel=2)
    return candidates.spread(e.mi for e in estimates)
