"""Columns ranked against a target, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mitool.api.door import door
from mitool.api.entering import Columns, chosen, steadying_of
from mitool.api.ranked import Ranking
from mitool.api.results import Results
from mitool.api.sides import Sides
from mitool.choices import (
    Adjustment,
    Criterion,
    Holdout,
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
from mitool.measure.settings import Settings
from mitool.tables import from_python
from mitool.uncertainty import Uncertainty

if TYPE_CHECKING:
    from mitool.screening import Screened


@door
def screen(
    data: Any,
    target: Any,
    columns: Columns | None = None,
    estimator: str = "auto",
    *,
    given: Any = None,
    groups: Any = None,
    method: Criterion = "mi",
    top: int | None = None,
    holdout: Holdout = "auto",
    holdout_share: float = 0.5,
    budget_file: str | PathLike[str] | None = None,
    budget: int = 100,
    resolve_top: int | None = None,
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
    difference: bool = False,
    detrend: int | None = None,
    adjust: Adjustment | None = None,
    reduce: str | None = None,
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: Threads | None = None,
    progress: bool = False,
) -> Results[Screened]:
    """Rank columns by their mutual information with a target, the best first.

    Where only the best are reported they come from rows that did not choose them.

    Parameters
    ----------
    data
        A pandas, polars or Arrow table, a mapping of names to arrays, or an array of shape (n, d).
    target
        What to rank against: columns of the data, or values of the same rows; so ``given, groups``.
    columns
        Which to rank: a name, ``a,b``, ``gene_*``, ``first..last`` or a list; None is all others.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
    given
        A condition: the information is that between rows that share it.
    groups
        Which rows belong together (subjects, batches): those of one value are resampled, permuted
        and kept aside whole.
    method
        By ``mi`` alone, by what each adds (``mrmr``, ``jmi``, ``cmim``, ``pursuit``), or a share.
    top
        Report only so many of the best; None reports all.
    holdout
        Report from rows that did not choose: ``auto`` splits where columns are chosen, or pairs
        that are to have intervals or tests, ``split`` always, ``none`` never; ``reusable``, of
        ``mitool.screen``, answers from the same rows again within a budget.
    holdout_share
        Share of the rows to report from, between 0 and 1.
    budget_file, budget
        The file of what a reusable holdout has left, made if missing, and the answers it allows.
    resolve_top
        Resample until the order of so many of the best is settled, and tell which ranks are open.
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
    difference, detrend
        Of a series: take steps from row to row, or subtract a trend of this degree (1 is a line).
    adjust
        Adjust p-values for the number of tests: false discoveries by ``bh`` or ``by``, any error by
        ``holm``, or by ``max``, which tests all by the same permutations. None is ``bh``, with a
        warning instead of an error where permutations are too few.
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
    Results of Screened
        Each with ``rank``, ``score``, ``estimate``, ``p_adjusted``, ``rank_low``, ``rank_high``.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import numpy as np, mitool
    >>> rng = np.random.default_rng(1)
    >>> data = {name: rng.normal(size=500) for name in "abcd"}
    >>> found = mitool.screen(data, data["c"] + rng.normal(size=500), permutations=99)
    >>> [(row.rank, row.estimate.x, row.p_adjusted) for row in found[:1]]
    [(1, 'c', 0.04)]
    """
    from mitool.screening import Plan

    steadying = steadying_of(order, difference, detrend)
    gate = (transform, missing, seed, normalize, steadying, reduce)
    settings = Settings(estimator, params or {}, *gate)
    how = (interval_method, n_resamples, permutations, test, statistic, sequential, tail)
    uncertainty = Uncertainty(interval, *how, order, block)
    budgeted = (None if budget_file is None else Path(budget_file), budget)
    plan = Plan(method, top, holdout, holdout_share, adjust, resolve_top, *budgeted)
    table = from_python(data, "data")
    sides = Sides.of(table, {"target": target, "given": given, "groups": groups})
    wanted = None if columns is None else chosen(table, columns)
    ranking = Ranking(table, sides, sides.decided(discrete, continuous), wanted, plan)
    return ranking.results(settings, uncertainty, unit, n_jobs, progress)
