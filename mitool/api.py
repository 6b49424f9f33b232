"""The Python face of mitool: arrays, data frames or columns in, estimates out."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from typing import Any

from mitool.errors import MitoolWarning
from mitool.measurement import Settings, measure
from mitool.result import Estimate
from mitool.tables import from_python
from mitool.units import Unit
from mitool.variables import Missing, Variable, gather


def estimate(
    x: Any,
    y: Any,
    estimator: str = "auto",
    *,
    given: Any = None,
    params: Mapping[str, Any] | None = None,
    transform: str | None = None,
    missing: Missing = "drop",
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
    seed: int = 0,
    unit: Unit = "nats",
) -> Estimate:
    """Estimate the mutual information of two variables, or that given a third.

    Parameters
    ----------
    x, y, given
        Arrays of shape (n,) or (n, d), lists, pandas Series or DataFrames; several columns are
        one joint variable. Text and booleans are discrete.
    estimator
        A name that ``mitool estimators`` lists, or ``auto``.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    missing
        ``drop`` leaves out rows with a missing value in any variable, ``error`` refuses them.
    discrete, continuous
        Names of columns (of plain arrays: ``x``, ``y``, ``given``) whose kind you decide.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.

    Returns
    -------
    Estimate
        ``mi`` is the estimator's own value and may be negative; ``notes`` say what to know of it.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import numpy as np, mitool
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=1000)
    >>> y = 0.6 * x + 0.8 * rng.normal(size=1000)
    >>> found = mitool.estimate(x, y)
    >>> found.estimator, round(found.mi, 2)  # the truth is 0.22 nats
    ('ksg', 0.23)
    """
    settings = Settings(estimator, params or {}, transform, missing, seed)
    x, y, given = (
        None if data is None else _variable(data, name, discrete, continuous)
        for data, name in ((x, "x"), (y, "y"), (given, "given"))
    )
    found = measure(x, y, given, settings)
    for note in found.notes:
        if note.level == "warning":
            warnings.warn(MitoolWarning(note.code, note.message), stacklevel=2)
    return found.to(unit)


def _variable(
    data: Any, name: str, discrete: Collection[str], continuous: Collection[str]
) -> Variable:
    table = from_python(data, name)
    return gather(table.read(table.names), discrete, continuous)
