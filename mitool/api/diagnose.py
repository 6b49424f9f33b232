"""Whether an estimate is to be trusted, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from mitool.api.door import door
from mitool.api.entering import Columns, in_view, steadying_of, threads, variables_of
from mitool.choices import Missing, Order, Threads, Transform, Unit
from mitool.measure.settings import Settings
from mitool.report import Run
from mitool.uncertainty import Uncertainty

if TYPE_CHECKING:
    from mitool.api.diagnosed import Checks


@door
def diagnose(
    x: Any,
    y: Any,
    estimator: str = "auto",
    *,
    given: Any = None,
    params: Mapping[str, Any] | None = None,
    transform: Transform | None = None,
    missing: Missing = "drop",
    discrete: Columns = (),
    continuous: Columns = (),
    order: Order = "auto",
    difference: bool = False,
    detrend: int | None = None,
    reduce: str | None = None,
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: Threads | None = None,
    progress: bool = False,
) -> Checks:
    """Check an estimate from every side, and say in words whether to trust it.

    It is made again with other numbers of neighbours, from fewer rows, on other scales of the
    columns and with other bandwidths.

    Parameters
    ----------
    x, y
        Arrays of shape (n,) or (n, d), lists, Series or DataFrames of n rows; several columns are
        one joint variable. Text and booleans are discrete.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
    given
        A condition: the information is that between rows that share it.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    missing
        ``drop`` leaves out rows with a missing value in any variable, ``error`` refuses them.
    discrete, continuous
        Names of columns whose kind you decide; of plain arrays that of the argument, as ``"x"``.
    order
        ``time`` if the rows are a series, which is then looked at for drifts, ``none`` if not,
        ``auto`` only warns.
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
    Checks
        The ``verdict`` and its ``sentence``, the ``estimate`` with its interval, and every check
        as one of ``Results``; ``plot(path)`` draws them.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import numpy as np, mitool
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=1000)
    >>> found = mitool.diagnose(x, 0.6 * x + 0.8 * rng.normal(size=1000))
    >>> found.verdict, found.estimate.reliability
    ('trust', 'ok')
    """
    from mitool.api.diagnosed import Checks
    from mitool.diagnosis import diagnose as examine  # its sweeps load kernels of all kinds

    steadying = steadying_of(order, difference, detrend)
    gate = (transform, missing, seed)
    settings = Settings(estimator, params or {}, *gate, steadying=steadying, reduce=reduce)
    variables = variables_of({"x": x, "y": y, "given": given}, discrete, continuous)
    n_threads = threads(n_jobs, len(variables["x"]), repeats=True)
    run = Run("diagnose", n_threads=n_threads)
    sides = (variables["x"], variables["y"], variables.get("given"))
    with run.phase("diagnose"):
        act = partial(examine, *sides, settings, Uncertainty(order=order), n_jobs=n_threads)
        diagnosis = in_view(progress, act, "diagnoses")
    return Checks(diagnosis, unit, run)
