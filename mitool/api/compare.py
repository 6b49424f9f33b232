"""The difference of two mutual informations, from Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mitool.api.door import door
from mitool.api.entering import (
    Columns,
    columns_of,
    gathered,
    threads,
    variables_of,
    warn_of,
)
from mitool.choices import IntervalMethod, Missing, Threads, Transform, Unit
from mitool.errors import UsageError
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.tables import Column
from mitool.tables.column import below
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.uncertainty import COMPARING_PERMUTATIONS, DEFAULT_LEVEL
from mitool.variables import Variable, gather

SAMPLES: tuple[str, ...] = ("the first sample", "the second sample")


@door
def compare(
    x: Any,
    y: Any,
    other: Any = None,
    estimator: str = "auto",
    *,
    by: Any = None,
    second: tuple[Any, Any] | None = None,
    params: Mapping[str, Any] | None = None,
    transform: Transform | None = None,
    missing: Missing = "drop",
    discrete: Columns = (),
    continuous: Columns = (),
    interval: float = DEFAULT_LEVEL,
    interval_method: IntervalMethod = "auto",
    n_resamples: int | None = None,
    permutations: int = COMPARING_PERMUTATIONS,
    seed: int = 0,
    unit: Unit = "nats",
    n_jobs: Threads | None = None,
) -> Estimate:
    """Estimate the difference of two mutual informations, with its interval and test.

    Of two targets, I(x; y) - I(x; other); of two groups of rows by ``by``, that in the first minus
    that in the second; of two samples, that of x and y minus that of ``second``.

    Parameters
    ----------
    x, y
        Arrays of shape (n,) or (n, d), lists, Series or DataFrames of n rows; several columns are
        one joint variable. Text and booleans are discrete.
    other
        A second target, as y is given; numbers, as y must be then.
    estimator
        A name that ``mitool.estimators()`` lists, or ``auto``.
    by
        Labels of shape (n,) with two values, whose rows are compared, in the order of the values.
    second
        The x and y of another sample, of the same columns.
    params
        Parameters of the estimator, for instance ``{"n_neighbors": 5}``.
    transform
        ``none``, ``standard``, ``rank`` or ``normal``; None is the estimator's own.
    missing
        ``drop`` leaves out rows with a missing value in any variable, ``error`` refuses them.
    discrete, continuous
        Names of columns whose kind you decide; of plain arrays that of the argument, as ``"x"``.
    interval
        Level of a confidence interval, such as 0.95; where it may be None, that makes none.
    interval_method
        How; ``auto`` takes what is valid for the estimator.
    n_resamples
        Resamples of the interval; None is what its method needs.
    permutations
        Permutations of a test, such as 999; where it may be None, that makes none.
    seed
        Of every random choice; the same seed gives the same bits.
    unit
        ``nats`` or ``bits``.
    n_jobs
        Threads; None is MITOOL_THREADS or else ``auto``, as many as this process was granted. The
        numbers are the same bits for any.

    Returns
    -------
    Estimate
        ``value`` is the difference; ``extras`` hold both numbers, and a note says which is first.

    Raises
    ------
    MitoolError
        With one line that says what was found and what to do.

    Examples
    --------
    >>> import numpy as np, mitool
    >>> rng = np.random.default_rng(1)
    >>> x, noise = rng.normal(size=(2, 1000))
    >>> found = mitool.compare(x, x + noise, x + 2 * noise, "gcmi")
    >>> found.estimand, found.interval.low > 0, found.test.p_value
    ('mi_difference', True, 0.005)
    """
    from mitool.uncertainty.comparison import between_groups, between_targets
    from mitool.uncertainty.naming import level_names, named

    settings = Settings(estimator, params or {}, transform, missing, seed)
    uncertainty = Uncertainty(interval, interval_method, n_resamples, permutations)
    _require_one(other, by, second)
    how = (settings, uncertainty, threads(n_jobs, 0, repeats=True))
    if second is None:
        sides = {"x": x, "y": y, "other": other, "by": by}
        variables = variables_of(sides, discrete, continuous)
    else:
        variables = _samples(x, y, second, discrete, continuous)
    if other is None:
        difference = between_groups(variables["x"], variables["y"], variables["by"], *how)
        names = SAMPLES if by is None else level_names(columns_of(by, "by"))
    else:
        difference = between_targets(variables["x"], variables["y"], variables["other"], *how)
        names = (variables["y"].name, variables["other"].name)
    difference = named(difference, names).to(unit)
    warn_of(difference.notes)
    return difference


def _require_one(other: Any, by: Any, second: Any) -> None:
    given = {"other": other, "by": by, "second": second}
    names = [name for name, value in given.items() if value is not None]
    if len(names) != 1:
        raise UsageError(
            "a comparison is of two targets (other), two groups of rows (by) or two samples "
            f"(second); {'got ' + ' and '.join(names) if names else 'give one of them'}"
        )
    if second is not None and not (isinstance(second, tuple | list) and len(second) == 2):
        raise UsageError("second must be the x and the y of another sample, as second=(x2, y2)")


def _samples(
    x: Any, y: Any, second: tuple[Any, Any], discrete: Columns, continuous: Columns
) -> dict[str, Variable]:
    """Put two samples below one another, and say which rows are of which."""
    parts = {"x": (x, second[0]), "y": (y, second[1])}
    columns = {name: [columns_of(part, name) for part in pair] for name, pair in parts.items()}
    n_first, n_second = (len(part[0]) for part in columns["x"])
    numbers = np.repeat(np.arange(2.0), (n_first, n_second))
    joined = {name: below(one, two, name) for name, (one, two) in columns.items()}
    variables = gathered(joined, discrete, continuous)
    return variables | {"by": gather([Column("sample", numbers)], discrete=["sample"])}
