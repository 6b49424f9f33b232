"""A measurement run and described: the estimate that a report shows."""

from __future__ import annotations

from dataclasses import replace

from mitool.errors import UsageError
from mitool.estimators.base import Value
from mitool.measure.causes import explainable, explained
from mitool.measure.description import described
from mitool.measure.measurement import Measurement
from mitool.measure.method import Method, check
from mitool.measure.normalize import normalized
from mitool.measure.reduction import Reduced, Reduction
from mitool.measure.remarks import remarks
from mitool.measure.settings import Settings
from mitool.measure.support import require_rows, require_support
from mitool.result import Estimate
from mitool.variables import Variable, complete


def measure(
    x: Variable, y: Variable, given: Variable | None = None, settings: Settings | None = None
) -> Estimate:
    """Estimate I(X;Y), or I(X;Y|given), of gathered variables of the same rows."""
    settings = settings or Settings()
    measurement, n_dropped = measurement_of(x, y, given, settings)
    return normalized(describe(measurement, n_dropped), settings.normalize, measurement.margins)


def measurement_of(
    x: Variable,
    y: Variable,
    given: Variable | None,
    settings: Settings,
    groups: Variable | None = None,
) -> tuple[Measurement, int]:
    """Drop missing rows, choose the method and check that it fits; count the rows dropped too."""
    if groups is not None and settings.steadying:
        raise UsageError("--groups and rows in time exclude each other: leave out one")
    x, y = settings.steadying(x), settings.steadying(y)
    given = None if given is None else settings.steadying(given)
    wanted = tuple(variable for variable in (x, y, given, groups) if variable is not None)
    kept, n_dropped = complete(*wanted, missing=settings.missing)
    require_rows(len(kept[0]), n_dropped, wanted)
    x, y, *others = kept
    given = others.pop(0) if given is not None else None
    groups = others.pop(0) if groups is not None else None
    if settings.reduce is None:
        return _chosen(x, y, given, settings, groups), n_dropped
    fitted = Reduction.parsed(settings.reduce).fitted(x, y, given)
    given, groups = fitted.take(given), fitted.take(groups)

    def measured(k: int) -> Measurement:
        return _chosen(*fitted.pair(k), given, settings, groups)

    reduced = Reduced(fitted, lambda k: measured(k).value.mi)
    return replace(measured(fitted.reduction.n_dims), reduced=reduced), n_dropped


def _chosen(
    x: Variable, y: Variable, given: Variable | None, settings: Settings, groups: Variable | None
) -> Measurement:
    """Choose the method for complete variables and check that it fits."""
    method = Method.chosen(x, y, given, settings)
    check(method, x, y, given)
    if given is None or not (method.estimator.takes_residuals and explainable(x, y, given)):
        return Measurement(method, x, y, given, groups)
    first, second = (explained(side, given).left for side in (x, y))
    return Measurement(method, first, second, given, groups, before=(x, y))


def describe(measurement: Measurement, n_dropped: int = 0) -> Estimate:
    """Run a measurement and give its estimate, with the notes on it."""
    method, x, y, given = measurement.method, measurement.x, measurement.y, measurement.given
    value = Value(0.0) if measurement.is_constant else measurement.value
    if measurement.reduced is not None:
        value = measurement.reduced.told(value)
    require_support(method, (x, y, given), value.n_left)
    sources = measurement.before or (x, y)
    notes = tuple(remarks(method, sources, given, value))
    done = measurement.before is not None, method.jitters(*measurement.variables)
    return described(method, x, y, given, value, notes, (len(x), n_dropped), *done)
