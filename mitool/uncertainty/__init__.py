"""From a measurement to what may be said of it: interval, test and whether to trust them."""

from __future__ import annotations

from dataclasses import replace

from mitool.choices import Order
from mitool.errors import attempt
from mitool.kernels.neighbors import counting
from mitool.measure.description import failed
from mitool.measure.measurement import Measurement, describe, measurement_of
from mitool.measure.normalize import normalized
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.uncertainty import reliability
from mitool.uncertainty.agreement import agreement_notes
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.interval import interval_of
from mitool.uncertainty.shared import SharedNulls
from mitool.uncertainty.test import independence_test, test_notes
from mitool.uncertainty.uncertainty import Uncertainty
from mitool.variables import Variable

__all__ = ["SharedNulls", "Uncertainty", "assess", "assess_one_of_many", "with_uncertainty"]


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
        counting.announce(uncertainty.n_replicates, len(measurement.x))
    estimate = normalized(describe(measurement, n_dropped), settings.normalize)
    return with_uncertainty(measurement, estimate, uncertainty, n_jobs, nulls)


def assess_one_of_many(
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
    return attempt(
        lambda: assess(x, y, given, settings, uncertainty, groups, n_jobs, nulls),
        lambda error: failed(x, y, given, settings, str(error)),
    )


def with_uncertainty(
    measurement: Measurement,
    estimate: Estimate,
    uncertainty: Uncertainty,
    n_jobs: int = 1,
    nulls: SharedNulls | None = None,
) -> Estimate:
    """Add interval, reliability and test to a described measurement."""
    estimate = _ordered(estimate, uncertainty.order, grouped=measurement.groups is not None)
    if uncertainty.level is None and not uncertainty.tests:
        return estimate
    units = units_of(measurement, uncertainty.order, uncertainty.block)
    if uncertainty.level is not None and not measurement.is_constant:
        bounds = interval_of(measurement, units, uncertainty, n_jobs)
        notes = (*estimate.notes, *reliability.notes(measurement, bounds, n_jobs))
        low = reliability.is_low(notes)
        estimate = replace(
            estimate, interval=bounds, notes=notes, reliability="low" if low else "ok"
        )
    if uncertainty.tests:
        test = nulls.test(measurement) if nulls else None
        test = test or independence_test(measurement, units, uncertainty, n_jobs)
        notes = (*estimate.notes, *test_notes(measurement, test))
        estimate = replace(estimate, test=test, notes=notes)
    return replace(estimate, notes=(*estimate.notes, *agreement_notes(estimate)))


def _ordered(estimate: Estimate, order: Order, *, grouped: bool) -> Estimate:
    """Once the user has said what the order of rows means, or groups them, no note need ask."""
    if order == "auto" and not grouped:
        return estimate
    kept = tuple(note for note in estimate.notes if note.code != "autocorrelation")
    return replace(estimate, notes=kept)
