"""What is asked of parameters and of X before a fit, by us and by scikit-learn since 1.5."""

from __future__ import annotations

from inspect import signature
from typing import Any

from mitool.api.arguments import CHECKS, Check, number, whole
from mitool.limits import n_threads
from mitool.tables.untabular import STREAM

LEAST_ROWS = 2

CHECKED: dict[str, Check] = {
    "k": whole,
    "alpha": number,
    **{name: CHECKS[name] for name in ("adjust", "permutations", "estimator", "params")},
}
"""What is asked of each parameter before it is used; the others are judged where they are."""


def require_parameters(estimator: Any) -> None:
    """Refuse parameters of a wrong kind; those left as they are by default fit."""
    known = signature(type(estimator).__init__).parameters
    for name, value in estimator.get_params(deep=False).items():
        if name in CHECKED and value is not known[name].default:
            CHECKED[name](name, value)


def jobs(n_jobs: int | str | None) -> int:
    """Give the number of threads: None is 1, -1 or ``auto`` as many as the job was granted."""
    if n_jobs is None:
        return 1
    return n_threads("auto" if n_jobs == -1 else n_jobs)


def is_frame(data: object) -> bool:
    """Whether data have named columns of their own kinds, which are not to be made one array."""
    return hasattr(data, "columns") or hasattr(data, STREAM)


def validated(estimator: Any, X: Any) -> Any:
    """Let an estimator record the number and names of columns; give X, an array unless a frame.

    scikit-learn refuses what is no table of two dimensions. Text, and missing or infinite values,
    are let through: they are judged column by column.
    """
    try:
        from sklearn.utils.validation import validate_data
    except ImportError:  # before 1.6
        return _validated_by_itself(estimator, X)
    if is_frame(X):
        return validate_data(estimator, X, skip_check_array=True)
    checked = validate_data(
        estimator, X, dtype=None, ensure_all_finite=False, ensure_min_samples=LEAST_ROWS
    )
    return X if isinstance(X, list) else checked


def _validated_by_itself(estimator: Any, X: Any) -> Any:
    if is_frame(X):
        return estimator._validate_data(X, cast_to_ndarray=False)
    checked = estimator._validate_data(
        X, dtype=None, force_all_finite=False, ensure_min_samples=LEAST_ROWS
    )
    return X if isinstance(X, list) else checked


def require_target(estimator: object, y: object) -> None:
    """Refuse a fit without a target, in the words of scikit-learn."""
    if y is None:
        raise ValueError(
            f"This {type(estimator).__name__} estimator requires y to be passed, "
            "but the target y is None."
        )
