"""Mutual information of two variables, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mitool.api.door import door
from mitool.api.entering import (
    Columns,
    in_view,
    order_of,
    steadying_of,
    threads,
    variables_of,
    warn_of,
)
from mitool.choices import (
    IntervalMethod,
    Missing,
    Normalization,
    Order,
    Statistic,
    TestMethod,
    Threads,
    Transform,
    Unit,
)
from mitool.errors import UsageError
from mitool.measure.settings import Settings
from mitool.parallel import threads_inside
from mitool.result import Estimate
from mitool.uncertainty import Uncertainty, assess
from mitool.units import in_nats
from mitool.variables.lags import lagged


@door
def estimate(
    x: Any,
    y: Any,
    estimator: str = "auto",
    *,
    given: Any = None,
    lag: int | None = None,
    groups: Any = None,
    params: Mapping[str, Any] | None = None,
    transform: Transform | None = None,
    missing: Missing = "drop",
    discrete: Columns = (),
    continuous: Columns = (),
    normalize: Normalization = "none",
    interval: float | None = None,
    interval_method: IntervalMethod = "auto",
    n_resamples: int | None = None,
    permutations: int | None = None,
    test: TestMethod = "auto",
    statistic: Statistic = "auto",
    sequential: bool = False,
    tail: bool = False,
    order: Order = "auto",
    block: int | None = None,
    rows_for: float | None = None,
    difference: bool = False,
    detrend: int | None = None,
    reduce: str | None = None,
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: Threads | None = None,
    progress: bool = False,
) -> Estimate:
    """Estimate the mutual information of two variables, or that given a third.

    Parameters
    ----------
    x, y
        Arrays of shape (n,) or (n, d), lists, Series or DataFrames of n rows; several columns are
        one joint variable. Text and booleans are discrete.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
    given
        A condition: the information is that between rows that share it.
    lag
        Pair x at time t with y at time t + lag; rows are times, evenly spaced.
    groups
        Which rows belong together (subjects, batches): those of one value are resampled, permuted
        and kept aside whole.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    missing
        ``drop`` leaves out rows with a missing value in any variable, ``error`` refuses them.
    discrete, continuous
        Names of columns whose kind you decide; of plain arrays that of the argument, as ``"x"``.
    normalize
        Adds ``normalized``: a share of entropy, of counts (``min``, ``max``, ``sqrt``, ``joint``),
        or of what labels could share (``coupling``), or ``r``, the correlation of a Gaussian pair.
    interval
        Level of a confidence interval, such as 0.95; where it may be None, that makes none.
    interval_method
        How; ``auto`` takes what is valid for the estimator.
    n_resamples
        Resamples of the interval; None is what its method needs.
    permutations
        Permutations of a test, such as 999; where it may be None, that makes none.
    test
        Another test, for tables of labels: ``g-test`` or ``exact``.
    statistic
        Test the ``estimate``, or its maximum over resolutions and correlations (``max``).
    sequential
        Stop the permutations once the answer is clear.
    tail
        Add an approximate p-value from a fitted tail.
    order, block
        ``time`` if the rows are a series, ``none`` if not, ``auto`` only warns; rows of a block of
        a series, None finds a length.
    rows_for
        Adds ``rows_needed``: the rows that an interval of ± so much would need, and a test to find
        so much information in 8 of 10 samples; in ``unit``.
    difference, detrend
        Of a series: take steps from row to row, or subtract a trend of this degree (1 is a line).
    reduce
        ``pca:K`` or ``cca:K``: variables of more than K columns are projected to K first, by
        principal components, or by canonical directions fitted on one half of the rows.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.
    n_jobs
        Threads; None is MITOOL_THREADS or else ``auto``, as many as this process was granted. The
        numbers are the same bits for any.
    progress
        Show on standard error how far the work is.

    Returns
    -------
    Estimate
        ``value`` is the estimator's own number and may be negative; ``interval``, ``test`` and
        ``reliability`` are there if asked for, and ``warnings`` say what speaks against it.

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
    >>> found = mitool.estimate(x, y, interval=0.95)  # the truth is 0.22 nats
    >>> found.estimator, round(found.value, 2), found.interval.low < 0.22 < found.interval.high
    ('two-scales', 0.24, True)
    """
    rows = order_of(order, in_time=lag is not None)
    steadying = steadying_of(rows, difference, detrend)
    gate = (transform, missing, seed, normalize, steadying, reduce)
    settings = Settings(estimator, params or {}, *gate)
    how = (interval_method, n_resamples, permutations, test, statistic, sequential, tail)
    uncertainty = Uncertainty(interval, *how, rows, block, in_nats(rows_for, unit))
    if groups is not None and lag is not None:
        raise UsageError("--groups and rows in time exclude each other: leave out one")
    sides = {"x": x, "y": y, "given": given, "groups": groups}
    variables = variables_of(sides, discrete, continuous, n_jobs)
    first, second, third = variables["x"], variables["y"], variables.get("given")
    if lag is not None:
        first, second, third = lagged(first, second, third, lag)
    n_jobs = threads(n_jobs, len(first), repeats=uncertainty.n_replicates > 0)
    how_much = (settings, uncertainty, variables.get("groups"), n_jobs)
    with threads_inside(n_jobs):
        act = partial(assess, first, second, third, *how_much)
        measured = in_view(progress, act, "estimates").to(unit)
    warn_of(measured.notes)
    return measured if lag is None else replace(measured, lag=lag)
