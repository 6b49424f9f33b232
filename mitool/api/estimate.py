"""Mutual information of two variables, from Python."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from mitool.api.entering import variables_of, warn_of
from mitool.choices import Missing, Normalization, Unit
from mitool.measure.measurement import measure
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.variables.lags import lagged


def estimate(
    x: Any,
    y: Any,
    estimator: str = "auto",
    *,
    given: Any = None,
    lag: int | None = None,
    params: Mapping[str, Any] | None = None,
    transform: str | None = None,
    missing: Missing = "drop",
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
    normalize: Normalization = "none",
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
    lag
        Pair x at time t with y at time t + lag; rows are times, evenly spaced.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    missing
        ``drop`` leaves out rows with a missing value in any variable, ``error`` refuses them.
    discrete, continuous
        Names of columns (of plain arrays: ``x``, ``y``, ``given``) whose kind you decide.
    normalize
        Adds ``normalized``: the share of an entropy (``min``, ``max``, ``sqrt``, ``joint``; counts
        only), or ``r``, the correlation of Gaussian variables that have this information.
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
    ('two-scales', 0.24)
    """
    settings = Settings(estimator, params or {}, transform, missing, seed, normalize)
    sides = {"x": x, "y": y} | ({} if given is None else {"given": given})
    first, second, *others = variables_of(sides, discrete, continuous)
    third = others[0] if others else None
    if lag is not None:
        first, second, third = lagged(first, second, third, lag)
    measured = replace(measure(first, second, third, settings), lag=lag)
    warn_of(measured.notes)
    return measured.to(unit)
