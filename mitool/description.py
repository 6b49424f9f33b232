"""A value put into words: the row of a report that it fills."""

from __future__ import annotations

from typing import Any

from mitool.estimators.base import Value
from mitool.estimators.parameters import params_of
from mitool.method import Method, Settings
from mitool.result import Estimate, Note
from mitool.variables import Variable


def described(
    method: Method,
    x: Variable,
    y: Variable,
    given: Variable | None,
    value: Value,
    notes: tuple[Note, ...],
    n_rows: tuple[int, int],
    jitter: str = "",
) -> Estimate:
    """Put a value into words; x and y need no rows, ``n_rows`` are those used and those dropped."""
    return Estimate(
        **_names(x, y, given),
        estimator=method.name,
        mi=value.mi,
        params=params_of(method.estimator),
        transform=method.transform + jitter,
        notes=notes,
        n_used=n_rows[0],
        n_dropped=n_rows[1],
        estimand=method.estimator.estimand,
        unit="nats" if method.estimator.has_unit else None,
        extras=value.extras,
        facts=value.facts,
        error_bound=value.error_bound,
    )


def failed(
    x: Variable, y: Variable, given: Variable | None, settings: Settings, message: str
) -> Estimate:
    """Give the estimate of a pair that could not be estimated, which says why."""
    return Estimate(
        **_names(x, y, given),
        estimator=settings.estimator,
        mi=None,
        params=settings.params,
        status="failed",
        message=message,
    )


def _names(x: Variable, y: Variable, given: Variable | None) -> dict[str, Any]:
    """What is said of the variables, whatever came of them."""
    return {
        "x": x.name,
        "y": y.name,
        "given": given.name if given else None,
        "kind_x": x.kind,
        "kind_y": y.kind,
        "kind_given": given.kind if given else None,
        "dim_x": x.n_dims,
        "dim_y": y.n_dims,
        "dim_given": given.n_dims if given else None,
    }
