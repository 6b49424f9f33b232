"""From a value to an estimate: everything that a report says beside the number."""

from __future__ import annotations

from typing import Any

import numpy as np

from mitool.estimators.base import Value
from mitool.estimators.parameters import params_of
from mitool.measure.method import Method
from mitool.measure.settings import Settings
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
    taken_off: bool = False,
    jitters: bool = False,
) -> Estimate:
    """Give the estimate of a value; x and y need no rows.

    ``n_rows`` are how many are complete, and how many dropped. What the condition explains may have
    been ``taken_off``, and noise been added.
    """
    before, after = "residuals+" if taken_off else "", "+jitter" if jitters else ""
    return Estimate(
        **_names(x, y, given),
        estimator=method.name,
        mi=value.mi,
        params=params_of(method.estimator),
        transform=before + method.steadied + method.transform + after,
        notes=notes,
        n_used=n_rows[0] - value.n_left,
        n_dropped=n_rows[1],
        estimand=method.estimator.estimand,
        unit="nats" if method.estimator.has_unit else None,
        extras=value.extras,
        facts=value.facts,
        error_bound=value.error_bound,
    )


def failed(
    x: Variable,
    y: Variable,
    given: Variable | None,
    settings: Settings,
    message: str,
    n_rows: tuple[int, int] | None = None,
) -> Estimate:
    """Give the estimate of a pair that could not be estimated, which says why.

    ``n_rows`` are those that are complete and the others, where the variables have none at hand.
    """
    variables = (variable for variable in (x, y, given) if variable is not None)
    n_used, n_dropped = n_rows or complete_rows(*variables)
    return Estimate(
        **_names(x, y, given),
        estimator=settings.estimator,
        mi=None,
        params=settings.params,
        n_used=n_used,
        n_dropped=n_dropped,
        status="failed",
        message=message,
    )


def complete_rows(*variables: Variable) -> tuple[int, int]:
    """Count the rows that are complete, and the others."""
    n_rows = len(variables[0])
    masks = [variable.missing for variable in variables if variable.missing is not None]
    n_dropped = int(np.count_nonzero(np.logical_or.reduce(masks))) if masks else 0
    return n_rows - n_dropped, n_dropped


def _names(x: Variable, y: Variable, given: Variable | None) -> dict[str, Any]:
    """The fields of an estimate that describe its variables."""
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
