"""How many rows would do: this sample as a pilot of a larger one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, isfinite

import numpy as np

from mitool.diagnostics.row_notes import FEW_ROWS
from mitool.errors import UsageError, attempt
from mitool.inference.bounds import quantile
from mitool.inference.needed_rows import Null, rows_for_width
from mitool.inference.sampling_units import Units
from mitool.measure.measurement import Measurement
from mitool.result import Interval, Note, RowsNeeded
from mitool.result.codes import note_of
from mitool.uncertainty.interval import OWN, interval_of, task_of
from mitool.uncertainty.test import trial_of
from mitool.uncertainty.uncertainty import (
    DEFAULT_LEVEL,
    PLANNING_PERMUTATIONS,
    PLANNING_RESAMPLES,
    Uncertainty,
)


def rows_needed(
    measurement: Measurement,
    units: Units,
    interval: Interval,
    uncertainty: Uncertainty,
    n_jobs: int = 1,
) -> RowsNeeded:
    """Give the rows of an interval of ± ``rows_for``, and of a test that finds an MI as large.

    The test is that of the estimate by permutations, at the level of the interval. Rows that
    directions are fitted on (``cca:K``) count too: as many for each that is measured as here.
    """
    wanted, n_rows = uncertainty.rows_for, len(measurement.x)
    assert wanted is not None  # the caller looked
    if interval.method == OWN:
        raise UsageError(
            "--rows-for goes by intervals of resamples, whose width falls as rows are added; add "
            "--ci-method subsample"
        )
    pilot = _steadied(measurement, units, interval, uncertainty, n_jobs)
    for_interval = rows_for_width(n_rows, (pilot.high - pilot.low) / 2.0, wanted, _added(pilot))
    null = attempt(lambda: _null(measurement, units, uncertainty), lambda error: None)
    to_find = null.rows_to_find(wanted) if null else np.inf
    fitted = measurement.reduced.fitted.n_fitted if measurement.reduced is not None else 0
    each = 1.0 + fitted / n_rows
    return RowsNeeded(
        wanted, ceil(each * for_interval), ceil(each * to_find) if isfinite(to_find) else None
    )


def rows_needed_notes(measurement: Measurement, needed: RowsNeeded) -> Iterator[Note]:
    """Say where so few rows would do that the interval they give would not be reliable."""
    x, y = measurement.x, measurement.y
    if measurement.method.estimator.family != "counts" and needed.for_interval < FEW_ROWS:
        words = {"n_rows": needed.for_interval, "x": x.name, "y": y.name, "enough": FEW_ROWS}
        yield note_of("few_rows_needed", (*x.names, *y.names), **words)


def _steadied(
    measurement: Measurement,
    units: Units,
    interval: Interval,
    uncertainty: Uncertainty,
    n_jobs: int,
) -> Interval:
    """Make an interval by subsamples again with more of them: rows go by its width squared."""
    few = interval.n_resamples is not None and interval.n_resamples < PLANNING_RESAMPLES
    if not (few and interval.method.startswith("subsample")):
        return interval
    asked = replace(uncertainty, ci_method="subsample", n_resamples=PLANNING_RESAMPLES)
    return interval_of(measurement, units, asked, n_jobs)


def _added(pilot: Interval) -> float:
    """By how much a drift makes an interval wider than sampling does: not where it is moved."""
    beyond = pilot.high - pilot.low - 2.0 * quantile(pilot.level) * pilot.sampling_se
    return min(abs(pilot.drift), max(beyond, 0.0))


def _null(measurement: Measurement, units: Units, uncertainty: Uncertainty) -> Null | None:
    """Permute the rows as a test of the estimate would; None where permuting tests nothing."""
    estimator, level = measurement.tested.method.estimator, uncertainty.level or DEFAULT_LEVEL
    if not estimator.of_dependence:
        return None
    asked = Uncertainty(
        n_permutations=PLANNING_PERMUTATIONS,
        statistic="estimate",
        order=uncertainty.order,
        block=uncertainty.block,
    )
    trial = trial_of(measurement, units, asked, task_of(measurement, "rows needed"))
    drawn = np.array([values[0] for values in trial.statistics(range(trial.n_permutations))])
    critical = float(np.quantile(drawn, level) - drawn.mean())
    exponent = 1.0 if estimator.family in ("counts", "gaussian") else 0.5
    return Null(len(measurement.x), float(drawn.std(ddof=1)), critical, exponent)
