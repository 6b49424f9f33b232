"""From a measurement to what may be said of it: interval, test and whether to trust them."""

from __future__ import annotations

from dataclasses import replace

from mitool.description import failed
from mitool.errors import MitoolError, UsageError
from mitool.kernels import neighbors
from mitool.measurement import Measurement, describe, measurement_of
from mitool.method import Settings
from mitool.normalization import normalized
from mitool.result import Estimate
from mitool.uncertainty import interval, reliability, significance
from mitool.uncertainty.rows import units_of
from mitool.uncertainty.settings import Order, Uncertainty
from mitool.uncertainty.shared import SharedNulls
from mitool.variables import Variable

__all__ = ["SharedNulls", "Uncertainty", "assess", "attempt", "judged"]


def assess(
    x: Variable,
    y: Variable,
    given: Variable | None = None,
    settings: Settings | None = None,
    uncertainty: Uncertainty | None = None,
    groups: Variable | None = None,
    n_jobs: int = 1,
    nulls: SharedNulls | None = None,
) -> Estimate:
    """Estimate I(X;Y) or I(X;Y|given), with the interval and the test asked for.

    Rows of one value of ``groups`` are resampled and permuted together. Many pairs of one run
    share ``nulls``.
    """
    settings, uncertainty = settings or Settings(), uncertainty or Uncertainty()
    measurement, n_dropped = measurement_of(x, y, given, settings, groups)
    if measurement.method.estimator.family == "neighbours":
        neighbors.expect(uncertainty.n_replicates, len(measurement.x))
    estimate = normalized(describe(measurement, n_dropped), settings.normalize)
    return judged(measurement, estimate, uncertainty, n_jobs, nulls)


def attempt(
    x: Variable,
    y: Variable,
    given: Variable | None = None,
    settings: Settings | None = None,
    uncertainty: Uncertainty | None = None,
    groups: Variable | None = None,
    n_jobs: int = 1,
    nulls: SharedNulls | None = None,
) -> Estimate:
    """Assess one pair of many: what cannot be estimated is a failed estimate that says why."""
    settings = settings or Settings()
    try:
        return assess(x, y, given, settings, uncertainty, groups, n_jobs, nulls)
    except UsageError:
        raise
    except MitoolError as error:
        return failed(x, y, given, settings, str(error))


def judged(
    measurement: Measurement,
    estimate: Estimate,
    uncertainty: Uncertainty,
    n_jobs: int = 1,
    nulls: SharedNulls | None = None,
) -> Estimate:
    """Add interval, reliability and test to a described measurement."""
    estimate = _ordered(estimate, uncertainty.order)
    if uncertainty.level is None and not uncertainty.tests:
        return estimate
    units = units_of(measurement, uncertainty.order, uncertainty.block)
    if uncertainty.level is not None and not measurement.is_constant:
        found = interval.of(measurement, units, uncertainty, n_jobs)
        notes = (*estimate.notes, *reliability.notes(measurement, found, n_jobs))
        low = reliability.is_low(notes)
        estimate = replace(
            estimate, interval=found, notes=notes, reliability="low" if low else "ok"
        )
    if uncertainty.tests:
        test = nulls.test(measurement) if nulls else None
        test = test or significance.of(measurement, units, uncertainty, n_jobs)
        notes = (*estimate.notes, *significance.notes(measurement, test))
        estimate = replace(estimate, test=test, notes=notes)
    return estimate


def _ordered(estimate: Estimate, order: Order) -> Estimate:
    """Once the user has said what the order of rows means, no note need ask."""
    if order == "auto":
        return estimate
    kept = tuple(note for note in estimate.notes if note.code != "autocorrelation")
    return replace(estimate, notes=kept)
