"""Local terms: what each row adds to an estimate. Their mean is the estimate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitool.choices import Unit
from mitool.errors import MitoolError, UsageError, attempt
from mitool.estimators import classes
from mitool.estimators.base import NormalizedPointwise, Pointwise
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.report import Field
from mitool.units import PER_NAT
from mitool.variables import Rows, Variable, Vector

FIELDS = (
    Field("row", "integer"),
    Field("x"),
    Field("y"),
    Field("lag", "integer"),
    Field("estimator"),
    Field("local", "number"),
    Field("unit"),
    Field("normalized", "number"),
)
"""The columns of a file of local terms; ``row`` is that of x, counted from 0."""


@dataclass(frozen=True, eq=False)
class LocalTerms:
    """The local terms of one estimate in nats, one a used row; all shapes (n_used,).

    A row that the estimator left out has NaN, and None in its record.

    ``normalized`` is the normalised pointwise information of labels, from -1 to 1.
    """

    x: str
    y: str
    estimator: str
    rows: Rows
    local: Vector
    normalized: Vector | None
    lag: int | None = None

    def records(self, unit: Unit = "nats") -> Iterator[dict[str, Any]]:
        """Give one record a row, as ``FIELDS`` names them."""
        local = (self.local * PER_NAT[unit]).tolist()
        normalized = [None] * len(local) if self.normalized is None else self.normalized.tolist()
        same = {"x": self.x, "y": self.y, "lag": self.lag, "estimator": self.estimator}
        same["unit"] = unit
        for row, term, share in zip(self.rows.tolist(), local, normalized, strict=True):
            yield {"row": row, "local": term if term == term else None, "normalized": share, **same}


class NoLocalTermsError(MitoolError):
    """What an estimator lacks for every pair of its kind."""


def local_terms_of_many(
    x: Variable, y: Variable, settings: Settings | None = None, lag: int | None = None
) -> LocalTerms | None:
    """Give the local terms of one pair of many; None where its failed estimate says why."""

    def no_terms(error: MitoolError) -> LocalTerms | None:
        if isinstance(error, NoLocalTermsError):
            raise error
        return None

    return attempt(lambda: local_terms(x, y, settings, lag), no_terms)


def local_terms(
    x: Variable, y: Variable, settings: Settings | None = None, lag: int | None = None
) -> LocalTerms:
    """Give the local terms of the estimate of I(X;Y) that ``measure`` makes with these settings.

    ``lag`` says how far apart in the input the rows of x and y were.
    """
    if settings is not None and settings.reduce is not None:
        raise UsageError("local terms are of columns as they are; leave out --reduce")
    measurement, _ = measurement_of(x, y, None, settings or Settings())
    method = measurement.method
    estimator = method.estimator
    if not isinstance(estimator, Pointwise):
        pointwise = ", ".join(
            name for name, kind in classes().items() if issubclass(kind, Pointwise)
        )
        raise NoLocalTermsError(f"{method.name} has no local terms; these have: {pointwise}")
    first, second = method.prepared(measurement.x, measurement.y)
    if (measurement.x.kind, measurement.y.kind) not in estimator.accepts:
        first, second = second, first
    normalized = None
    if isinstance(estimator, NormalizedPointwise):
        normalized = estimator.local_normalized(first, second)
    local = estimator.local(first, second)
    rows = _rows_used(x, y) + max(0, -(lag or 0))
    return LocalTerms(x.name, y.name, method.name, rows, local, normalized, lag)


def _rows_used(x: Variable, y: Variable) -> Rows:
    missing = np.zeros(len(x), dtype=np.bool_)
    for variable in (x, y):
        if variable.missing is not None:
            missing |= variable.missing
    return np.flatnonzero(~missing)
