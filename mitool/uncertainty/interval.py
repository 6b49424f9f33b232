"""Which interval a measurement gets: what its estimator declares, and what its rows allow."""

from __future__ import annotations

from dataclasses import replace

from mitool.errors import UsageError
from mitool.estimators.base import Estimator
from mitool.estimators.own_intervals import Predictive, Resolving, Tabular
from mitool.inference import contingency, count_intervals, intervals
from mitool.inference.sample import Resolution, Sample
from mitool.inference.sampling_units import Units
from mitool.measure.measurement import Measurement
from mitool.result import Interval
from mitool.seeds import task_name
from mitool.uncertainty.uncertainty import DEFAULT_LEVEL, Uncertainty
from mitool.variables import Rows

RESAMPLED = {
    "subsample": intervals.subsample,
    "group-jackknife": intervals.group_jackknife,
    "hn": intervals.holmes_nemenman,
    "bootstrap": intervals.bootstrap,
}
CLOSED = {"jackknife": count_intervals.jackknife, "chi2": count_intervals.chi2}
OWN = "quantiles"
"""The method of estimators that say by themselves how likely the information lies where."""
ONE_DEVIATION = 0.6826894921370859
"""The level of the interval of one standard deviation to either side of a normal distribution."""
COUNTED = ("subsample", "bootstrap", "studentised")
"""The methods whose number of resamples the user may choose."""


def interval_of(
    measurement: Measurement, units: Units, uncertainty: Uncertainty, n_jobs: int = 1
) -> Interval:
    """Give the interval by the method asked, or by the best that is valid here.

    A jackknife moves the center where it finds a bias; its interval still holds the estimate.
    What an estimator itself takes for likely is not ruled out by resamples of its guess.
    """
    interval, estimate = _by_method(measurement, units, uncertainty, n_jobs), measurement.value.mi
    if isinstance(estimator := measurement.method.estimator, Predictive) and interval.method != OWN:
        level = min(interval.level, estimator.widest_level)
        low, high = estimator.central(measurement.value, level)
        low, high = min(max(interval.low, 0.0), low), max(interval.high, high)
        interval = replace(interval, low=low, high=high)
    return replace(interval, low=min(interval.low, estimate), high=max(interval.high, estimate))


def _by_method(
    measurement: Measurement, units: Units, uncertainty: Uncertainty, n_jobs: int
) -> Interval:
    estimator, n_resamples = measurement.method.estimator, uncertainty.n_resamples
    level, method = uncertainty.level or DEFAULT_LEVEL, str(uncertainty.ci_method)
    if method == "auto":
        method = _automatic(estimator, units, n_resamples, level)
    _check(measurement, units, method, n_resamples)
    own = OWN_INTERVALS.get(method)
    if own is not None and measurement.given is None:
        return own(measurement, level)
    if method in CLOSED:
        return CLOSED[method](table_of(measurement), level)
    if method == "studentised":
        count = n_resamples or count_intervals.STUDENTISED_RESAMPLES
        seed, task = measurement.method.seed, task_of(measurement, "interval")
        return count_intervals.studentised(table_of(measurement), level, count, seed, task)
    count = n_resamples or intervals.DEFAULT_RESAMPLES
    return RESAMPLED[method](_sample(measurement, units, n_jobs), level, count)


def _sample(measurement: Measurement, units: Units, n_jobs: int) -> Sample:
    """Give the estimate, and how to make it again on some of the rows."""
    estimator = measurement.method.estimator
    return Sample(
        measurement.value.mi,
        measurement.replicate,
        units,
        task_of(measurement, "interval"),
        measurement.method.seed,
        n_jobs,
        corrects_bias=estimator.family == "counts",
        quantity="mi" if estimator.estimand == "mi" else "measure",
        resolution=_resolution(measurement, units),
    )


def _resolution(measurement: Measurement, units: Units) -> Resolution | None:
    """What two scales show, for what it was measured on: one column a side, rows by themselves."""
    method, x, y = measurement.method, measurement.x, measurement.y
    estimator, is_pair = method.estimator, measurement.given is None and x.n_dims + y.n_dims == 2
    is_usual = method.transform == estimator.default_transform and units.kind == "rows"
    if not (is_pair and is_usual and isinstance(estimator, Resolving)):
        return None

    def replicate(rows: Rows) -> tuple[float, float]:
        value = measurement.value_on(rows)
        return value.mi, estimator.gap(value)

    return Resolution(replicate, lambda: estimator.unevenness(*method.prepared(x, y)))


def valid_methods(estimator: Estimator) -> tuple[str, ...]:
    """The methods that an estimator may be given, the automatic one first."""
    return (*estimator.intervals, *(("bootstrap",) if estimator.replacement else ()))


def task_of(measurement: Measurement, purpose: str) -> str:
    """Name a task by what it estimates and why; random draws depend on it."""
    given = measurement.given.name if measurement.given else ""
    names = (measurement.x.name, measurement.y.name)
    return task_name(measurement.method.name, *names, given, purpose)


def table_of(measurement: Measurement) -> contingency.Table:
    """Count the codes that an estimator of the family ``counts`` prepares."""
    x, y, *given = measurement.method.prepared(*measurement.variables)
    return contingency.table_of(x.codes, y.codes, given[0].codes if given else None)


def _own_jackknife(measurement: Measurement, level: float) -> Interval:
    """The jackknife of the estimator's own value, by the table of cells without one row each."""
    estimator = measurement.method.estimator
    assert isinstance(estimator, Tabular)  # all that declare the method are
    without, counts = estimator.delete_one(*measurement.method.prepared(*measurement.variables))
    return count_intervals.jackknife_of(measurement.value.mi, without, counts, level)


def _own_quantiles(measurement: Measurement, level: float) -> Interval:
    """The interval that the estimator itself takes for that likely."""
    estimator, name = measurement.method.estimator, measurement.method.name
    assert isinstance(estimator, Predictive)  # all that declare the method are
    if level > estimator.widest_level:
        raise UsageError(
            f"the widest interval of {name} by its quantiles has the level "
            f"{estimator.widest_level:g}, got {level!r}; use --ci {estimator.widest_level:g}, or "
            "--ci-method subsample for one by resamples"
        )
    low, high = estimator.central(measurement.value, level)
    one = estimator.central(measurement.value, ONE_DEVIATION)
    return Interval(low, high, level, OWN, se=(one[1] - one[0]) / 2.0)


def widest_level(estimator: Estimator, level: float) -> float:
    """Give a level, or the widest below it that the estimator's own interval can have."""
    return min(level, estimator.widest_level) if isinstance(estimator, Predictive) else level


OWN_INTERVALS = {OWN: _own_quantiles, "jackknife": _own_jackknife}
"""What an estimator knows of its own error, by the method; under a condition none does."""


def _automatic(estimator: Estimator, units: Units, n_resamples: int | None, level: float) -> str:
    if units.kind == "rows":
        if n_resamples is not None and estimator.intervals[0] == OWN:
            return "subsample"
        if n_resamples is not None and estimator.intervals[0] in CLOSED:
            enough = n_resamples >= count_intervals.fewest_resamples(level)
            return "studentised" if enough else "subsample"
        return estimator.intervals[0]
    if n_resamples is not None:
        return "subsample"
    if units.kind == "blocks" or len(units) < intervals.MIN_UNITS or estimator.family == "counts":
        return "group-jackknife"
    return "subsample"


def _check(measurement: Measurement, units: Units, method: str, n_resamples: int | None) -> None:
    estimator, name = measurement.method.estimator, measurement.method.name
    valid = valid_methods(estimator)
    if method == "bootstrap" and not estimator.replacement:
        raise UsageError(
            f"{name} must not see rows drawn with replacement: a repeated row is its own nearest "
            f"neighbour, and such intervals never cover; use --ci-method {valid[0]}"
        )
    if method not in valid:
        raise UsageError(f"--ci-method {method} is not valid for {name}; use {', '.join(valid)}")
    if units.kind != "rows" and (method in CLOSED or method in ("studentised", OWN)):
        raise UsageError(
            f"--ci-method {method} takes rows as independent; for rows that belong together "
            "use --ci-method group-jackknife"
        )
    if n_resamples is not None and method not in COUNTED:
        raise UsageError(f"--ci-method {method} has no number of resamples; leave out --bootstrap")
