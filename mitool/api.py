"""The Python face of mitool: arrays, data frames or columns in, estimates out."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mitool.errors import MitoolWarning
from mitool.lags import lagged, transferred
from mitool.measure.entropy import measure_entropy
from mitool.measure.measurement import measure
from mitool.measure.normalize import Normalization
from mitool.measure.settings import Settings
from mitool.parallel import map_over_rows
from mitool.result import Estimate
from mitool.tables import from_python
from mitool.tasks import planned, stretches
from mitool.units import Unit
from mitool.variables import Missing, Variable, gather


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
    first, second, *others = _variables(sides, discrete, continuous)
    third = others[0] if others else None
    if lag is not None:
        first, second, third = lagged(first, second, third, lag)
    measured = replace(measure(first, second, third, settings), lag=lag)
    _warn(measured)
    return measured.to(unit)


def transfer(
    x: Any,
    y: Any,
    estimator: str = "auto",
    *,
    history: tuple[int, int] = (1, 1),
    params: Mapping[str, Any] | None = None,
    seed: int = 0,
    unit: Unit = "nats",
) -> Estimate:
    """Estimate the transfer entropy from x to y: what the past of x adds to that of y.

    It is I(y at t + 1; past of x | past of y); ``history`` gives the lengths of the pasts of y and
    of x. Rows are times, evenly spaced (Schreiber 2000, doi:10.1103/PhysRevLett.85.461).
    """
    settings = Settings(estimator, params or {}, seed=seed)
    history_y, history_x = history
    source, future, past = transferred(
        _variable(x, "x", (), ()), _variable(y, "y", (), ()), history_x, history_y
    )
    measured = replace(measure(source, future, past, settings), estimand="transfer_entropy")
    _warn(measured)
    return measured.to(unit)


def entropy(
    x: Any,
    estimator: str = "auto",
    *,
    params: Mapping[str, Any] | None = None,
    transform: str | None = None,
    missing: Missing = "drop",
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
    seed: int = 0,
    unit: Unit = "nats",
) -> Estimate:
    """Estimate the entropy of a variable, joint over its columns; arguments as for ``estimate``.

    Of labels it is Shannon's, of numbers the differential entropy, which may be negative;
    ``estimand`` says which, and ``mi`` holds it.

    Examples
    --------
    >>> import mitool
    >>> found = mitool.entropy(list("aabc") * 100, unit="bits")
    >>> found.estimand, round(found.mi, 2)
    ('entropy', 1.5)
    """
    settings = Settings(estimator, params or {}, transform, missing, seed)
    measured = measure_entropy(_variable(x, "x", discrete, continuous), settings)
    _warn(measured)
    return measured.to(unit)


def matrix(
    data: Any,
    columns: str | None = None,
    against: str | None = None,
    estimator: str = "auto",
    *,
    params: Mapping[str, Any] | None = None,
    transform: str | None = None,
    missing: Missing = "drop",
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
    normalize: Normalization = "none",
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: int = 1,
) -> list[Estimate]:
    """Estimate the mutual information of all pairs of columns, x-major.

    Parameters
    ----------
    data
        A pandas or Arrow table, a mapping of names to arrays, or an array of shape (n, d).
    columns, against
        Which columns: a name, a list ``a,b``, a glob ``gene_*``, a range ``first..last``; None is
        all. With ``against`` each of ``columns`` is paired with each of those.
    n_jobs
        Threads; the estimates are the same bits for any number.

    Returns
    -------
    list of Estimate
        A pair that cannot be estimated has ``status`` ``failed`` and a ``message``. Identifiers
        and constant columns are left out with a warning. All else is as in ``estimate``.

    Examples
    --------
    >>> import mitool
    >>> table = {"a": [0, 0, 1, 1] * 9, "b": [0, 1, 0, 1] * 9, "c": [0, 1, 1, 0] * 9}
    >>> rows = mitool.matrix(table, estimator="plugin")
    >>> [(row.x, row.y, round(row.mi, 9)) for row in rows]
    [('a', 'b', 0.0), ('a', 'c', 0.0), ('b', 'c', 0.0)]
    """
    settings = Settings(estimator, params or {}, transform, missing, seed, normalize)
    table = from_python(data, "data")
    chosen = list(table.names) if columns is None else table.select(columns)
    others = None if against is None else table.select(against)
    work, notes = planned(table, chosen, others, [settings], decided=(discrete, continuous))
    for note in notes:
        warnings.warn(MitoolWarning(note.code, note.message), stacklevel=2)
    return [
        measured.to(unit) for done in stretches(work, n_jobs=n_jobs) for measured in done.results
    ]


def _warn(measured: Estimate) -> None:
    for note in measured.notes:
        if note.level == "warning":
            warnings.warn(MitoolWarning(note.code, note.message), stacklevel=3)


def _variable(
    data: Any, name: str, discrete: Collection[str], continuous: Collection[str]
) -> Variable:
    return _variables({name: data}, discrete, continuous)[0]


def _variables(
    named: Mapping[str, Any], discrete: Collection[str], continuous: Collection[str]
) -> list[Variable]:
    tables = [from_python(data, name) for name, data in named.items()]
    columns = [table.read(table.names) for table in tables]
    gathered = partial(gather, discrete=discrete, continuous=continuous)
    return list(map_over_rows(gathered, columns, tables[0].n_rows))
