"""From a measurement to what may be said of it: interval, test and whether to trust them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mitool.choices import Order
from mitool.diagnostics.drift_notes import drift_notes
from mitool.errors import attempt
from mitool.kernels.neighbors import counting
from mitool.measure.description import failed
from mitool.measure.estimation import describe, measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.normalize import normalized
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.uncertainty.uncertainty import Uncertainty
from mitool.variables import Variable

if TYPE_CHECKING:
    from mitool.uncertainty.shared import SharedNulls

__all__ = ["Uncertainty", "assess", "assess_one_of_many", "with_uncertainty"]


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
    if uncertainty.order == "time":
        settings = settings.in_time()
    measurement, n_dropped = measurement_of(x, y, given, settings, groups)
    families = (m.method.estimator.family for m in (measurement, measurement.tested))
    if "neighbours" in families:
        counting.announce(uncertainty.n_replicates, len(measurement.x))
    estimate = normalized(describe(measurement, n_dropped), settings.normalize, measurement.margins)
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
    if uncertainty.order == "time":
        drifts = tuple(drift_notes(measurement.x, measurement.y))
        estimate = replace(estimate, notes=(*estimate.notes, *drifts))
    if uncertainty.level is None and not uncertainty.tests:
        return estimate
    from mitool.uncertainty.inferring import inferred  # a tenth of the start of a command

    return inferred(measurement, estimate, uncertainty, n_jobs, nulls)


def _ordered(estimate: Estimate, order: Order, *, grouped: bool) -> Estimate:
    """Once the user has said what the order of rows means, or groups them, no note need ask."""
    if order == "auto" and not grouped:
        return estimate
    kept = tuple(note for note in estimate.notes if note.code != "autocorrelation")
    return replace(estimate, notes=kept)
