"""The interval, the reliability and the test of a measurement, where any of them is wanted."""

from __future__ import annotations

from dataclasses import replace

from mitool.diagnostics.drift_notes import both_drift
from mitool.errors import MitoolError, attempt
from mitool.inference.sampling_units import Units
from mitool.measure.measurement import Measurement
from mitool.result import Estimate
from mitool.result.codes import note_of
from mitool.uncertainty.agreement import agreement_notes
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.interval import interval_of
from mitool.uncertainty.reliability import is_low
from mitool.uncertainty.reliability import notes as reliability_notes
from mitool.uncertainty.rows_needed import rows_needed, rows_needed_notes
from mitool.uncertainty.shared import SharedNulls
from mitool.uncertainty.test import independence_test, test_notes
from mitool.uncertainty.uncertainty import Uncertainty


def inferred(
    measurement: Measurement,
    estimate: Estimate,
    uncertainty: Uncertainty,
    n_jobs: int,
    nulls: SharedNulls | None,
) -> Estimate:
    """Add what is wanted to an estimate; a constant has no interval."""
    units = units_of(measurement, uncertainty.order, uncertainty.block)
    if uncertainty.level is not None and not measurement.is_constant:
        estimate = _bounded(measurement, estimate, units, uncertainty, n_jobs)
    if uncertainty.rows_for is not None and estimate.interval is not None:
        needed = rows_needed(measurement, units, estimate.interval, uncertainty, n_jobs)
        notes = (*estimate.notes, *rows_needed_notes(measurement, needed))
        estimate = replace(estimate, rows_needed=needed, notes=notes)
    if uncertainty.tests and both_drift(estimate.notes):
        words = {"x": estimate.x, "y": estimate.y}
        untested = note_of("untested", (estimate.x, estimate.y or ""), **words)
        estimate = replace(estimate, notes=(*estimate.notes, untested))
    elif uncertainty.tests:
        test = nulls.test(measurement) if nulls else None
        test = test or independence_test(measurement, units, uncertainty, n_jobs)
        if measurement.tested is not measurement:  # chance is that of the other's estimates
            test = replace(test, chance=None)
        notes = (*estimate.notes, *test_notes(measurement, test))
        estimate = replace(estimate, test=test, notes=notes)
    return replace(estimate, notes=(*estimate.notes, *agreement_notes(estimate)))


def _bounded(
    measurement: Measurement,
    estimate: Estimate,
    units: Units,
    uncertainty: Uncertainty,
    n_jobs: int,
) -> Estimate:
    """Add the interval and its reliability; where there can be none, a note that says why."""

    def bounded() -> Estimate:
        bounds = interval_of(measurement, units, uncertainty, n_jobs)
        notes = tuple(reliability_notes(measurement, bounds, n_jobs))
        return replace(estimate, interval=bounds, notes=(*estimate.notes, *notes))

    def unbounded(error: MitoolError) -> Estimate:
        x, y = measurement.x, measurement.y
        words = {"x": x.name, "y": y.name, "reason": error}
        note = note_of("no_interval", (*x.names, *y.names), **words)
        return replace(estimate, notes=(*estimate.notes, note))

    found = attempt(bounded, unbounded)
    return replace(found, reliability="low" if is_low(found.notes) else "ok")
