"""Mutual information of all pairs of columns, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from mitool.api.door import door
from mitool.api.entering import (
    Columns,
    chosen,
    decided_among,
    follow,
    steadying_of,
    threads,
    warn_of,
)
from mitool.api.pictured import Origin
from mitool.api.results import Results
from mitool.choices import (
    Adjustment,
    IntervalMethod,
    Missing,
    Normalization,
    Order,
    PairHoldout,
    Statistic,
    TestMethod,
    Threads,
    Transform,
    Unit,
)
from mitool.measure.settings import Settings
from mitool.report import Run
from mitool.result import Estimate
from mitool.tables import from_python
from mitool.tasks import planned
from mitool.tasks.estimating import estimated
from mitool.uncertainty import Uncertainty
from mitool.variables.tablecolumns import usable


@door
def matrix(
    data: Any,
    columns: Columns | None = None,
    against: Columns | None = None,
    estimator: str = "auto",
    *,
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
    prescreen: int | None = None,
    holdout: PairHoldout = "auto",
    holdout_share: float = 0.5,
    order: Order = "auto",
    block: int | None = None,
    difference: bool = False,
    detrend: int | None = None,
    adjust: Adjustment | None = None,
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: Threads | None = None,
    progress: bool = False,
) -> Results[Estimate]:
    """Estimate the mutual information of all pairs of columns, those of the first column first.

    Parameters
    ----------
    data
        A pandas, polars or Arrow table, a mapping of names to arrays, or an array of shape (n, d).
    columns, against
        Which columns: a name, an expression ``a,b``, ``gene_*`` or ``first..last``, or a list of
        these; None is all. With ``against`` each of ``columns`` is paired with each of those.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
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
    prescreen
        Look at all pairs by equally full bins, less what chance shares, and estimate each column
        with its so many best partners alone; ``score``, ``rank_x`` and ``rank_y`` of a result say
        what it was chosen by. p-values hold for the pairs that were chosen.
    holdout
        Report from rows that did not choose: ``auto`` splits where columns are chosen, or pairs
        that are to have intervals or tests, ``split`` always, ``none`` never; ``reusable``, of
        ``mitool.screen``, answers from the same rows again within a budget.
    holdout_share
        Share of the rows to report from, between 0 and 1.
    order, block
        ``time`` if the rows are a series, ``none`` if not, ``auto`` only warns; rows of a block of
        a series, None finds a length.
    difference, detrend
        Of a series: take steps from row to row, or subtract a trend of this degree (1 is a line).
    adjust
        Adjust p-values for the number of tests: false discoveries by ``bh`` or ``by``, any error by
        ``holm``, or by ``max``, which tests all by the same permutations. None is ``bh``, with a
        warning instead of an error where permutations are too few.
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
    Results of Estimate
        A pair that cannot be estimated has ``status`` ``failed`` and a ``message``; an adjusted
        p-value is ``test.p_adjusted``. Identifiers and constant columns are left out with a
        warning.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import mitool
    >>> table = {"a": [0, 0, 1, 1] * 9, "b": [0, 1, 0, 1] * 9, "c": [0, 1, 1, 0] * 9}
    >>> rows = mitool.matrix(table, estimator="plugin")
    >>> [(row.x, row.y, round(row.value, 9)) for row in rows]
    [('a', 'b', 0.0), ('a', 'c', 0.0), ('b', 'c', 0.0)]
    """
    steadying = steadying_of(order, difference, detrend)
    settings = Settings(estimator, params or {}, transform, missing, seed, normalize, steadying)
    how = (interval_method, n_resamples, permutations, test, statistic, sequential, tail)
    uncertainty = Uncertainty(interval, *how, order, block)
    from mitool.tasks.prescreening import Prescreen, chosen_among

    plan = Prescreen.asked(prescreen, holdout, holdout_share)
    table = from_python(data, "data")
    decided = decided_among(table.names, table.groups, discrete, continuous)
    readable, unread = usable(table) if columns is None else (chosen(table, columns), [])
    others = None if against is None else chosen(table, against, "against")
    pairs, notes = planned(table, readable, others, [settings], uncertainty, decided)
    family = (adjust or "bh") if uncertainty.tests else "none"
    pairs = replace(pairs, unit=unit, adjust=family)
    n_threads = threads(n_jobs, table.n_rows, repeats=True)
    run = Run("matrix", inputs=[asdict(entry) for entry in table.inputs], n_threads=n_threads)
    batch, found = chosen_among(pairs, plan, adjust, n_threads, follow(progress))
    warn_of([*unread, *notes, *found], run)
    with run.phase("estimate"):
        estimates = estimated(batch, n_threads, follow(progress))
    outline = batch.outline
    in_unit = (estimate.to(unit) for estimate in estimates)
    return Results(in_unit, Origin(run, outline.fields, outline))
