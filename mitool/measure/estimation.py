"""A measurement run and described: the estimate that a report shows."""

from __future__ import annotations

from dataclasses import replace

from mitool.estimators.base import Value
from mitool.measure.description import described
from mitool.measure.measurement import Measurement, measurement_of
from mitool.measure.normalize import normalized
from mitool.measure.remarks import remarks
from mitool.measure.settings import Settings
from mitool.measure.support import require_support
from mitool.result import Estimate
from mitool.variables import Variable


def measure(
    x: Variable, y: Variable, given: Variable | None = None, settings: Settings | None = None
) -> Estimate:
    """Estimate I(X;Y), or I(X;Y|given), of gathered variables of the same rows."""
    settings = settings or Settings()
    measurement, n_dropped = measurement_of(x, y, given, settings)
    return normalized(describe(measurement, n_dropped), settings.normalize, measurement.margins)


def describe(measurement: Measurement, n_dropped: int = 0) -> Estimate:
    """Run a measurement and give its estimate, with the notes on it."""
    method, x, y, given = measurement.method, measurement.x, measurement.y, measurement.given
    value = Value(0.0) if measurement.is_constant else measurement.value
    require_support(method, (x, y, given), value.n_left)
    sources = measurement.before or (x, y)
    notes = tuple(remarks(method, sources, given, value))
    jitter = "+jitter" if method.jitters(*measurement.variables) else ""
    estimate = described(method, x, y, given, value, notes, (len(x), n_dropped), jitter)
    taken_off = "residuals+" if measurement.before else ""
    return replace(estimate, transform=taken_off + estimate.transform)
