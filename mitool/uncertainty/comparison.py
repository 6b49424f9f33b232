"""Is there more information here than there? The difference of two MI, its interval and test."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from math import hypot
from typing import NoReturn

import numpy as np

from mitool.errors import MitoolError, UsageError, attempt
from mitool.inference.bounds import check_level, quantile, reaching, symmetric
from mitool.inference.intervals import DEFAULT_RESAMPLES, subsample
from mitool.inference.sample import Sample
from mitool.inference.sampling_units import single_rows
from mitool.measure.description import failed
from mitool.measure.estimation import describe
from mitool.measure.measurement import Measurement
from mitool.measure.method import Method
from mitool.measure.settings import Settings
from mitool.result import Estimate, Interval, Test
from mitool.uncertainty.exchange import Groups, Targets, exchange_test, stacked
from mitool.uncertainty.interval import interval_of, task_of
from mitool.uncertainty.uncertainty import DEFAULT_LEVEL, Uncertainty
from mitool.variables import Rows, Variable, complete
from mitool.variables.transforms import transform

ESTIMAND = "mi_difference"


def between_groups(
    x: Variable,
    y: Variable,
    by: Variable,
    settings: Settings,
    uncertainty: Uncertainty,
    n_jobs: int = 1,
) -> Estimate:
    """Give I(X;Y) in the first of two groups of rows minus that in the second.

    Where the estimator looks at ranks alone, columns are ranked within each group first: groups
    that differ in their margins are then not taken for different. The test exchanges rows between
    the groups, so it asks whether x and y depend on each other alike in both.
    """
    _check(uncertainty, settings)
    (x, y, by), n_dropped = complete(x, y, by, missing=settings.missing)
    members = _members(by)
    both_x, both_y = (
        stacked(*(_ranked(variable.take(rows), x, y, settings) for rows in members))
        for variable in (x, y)
    )
    groups = Groups(both_x, both_y, len(members[0]), settings)

    def measured() -> tuple[tuple[Measurement, Measurement], list[Interval]]:
        both = groups.measurements(np.arange(len(both_x)))
        units = (single_rows(len(m.x)) for m in both)
        return both, [
            interval_of(m, rows, uncertainty, n_jobs) for m, rows in zip(both, units, strict=True)
        ]

    both, intervals = attempt(measured, partial(_refuse, members))
    difference = _independent(intervals, both, uncertainty.level or DEFAULT_LEVEL)
    test = exchange_test(both, groups.exchanged, uncertainty, n_jobs)
    return _described(both, difference, test, n_dropped)


def one_of_many(
    make: Callable[[], Estimate], x: Variable, y: Variable, settings: Settings
) -> Estimate:
    """Make one difference of many: what cannot be made is a failed one that says why."""
    return attempt(
        make,
        lambda error: replace(failed(x, y, None, settings, str(error)), estimand=ESTIMAND),
    )


def _members(by: Variable) -> list[Rows]:
    """The rows of each of two groups."""
    if by.n_levels != 2:
        raise MitoolError(
            f"{by.name!r} must have 2 values to compare, it has {by.n_levels}; give a column that "
            "parts the rows in two, or the rows of either value as a file of its own"
        )
    return [np.flatnonzero(by.codes == level) for level in range(2)]


def _refuse(members: Sequence[Rows], error: MitoolError) -> NoReturn:
    """Add to an error of one group how many rows each of them has."""
    sizes = " and ".join(str(len(rows)) for rows in members)
    raise MitoolError(f"comparing groups of {sizes} rows: {error}") from None


def between_targets(
    x: Variable,
    y: Variable,
    other: Variable,
    settings: Settings,
    uncertainty: Uncertainty,
    n_jobs: int = 1,
) -> Estimate:
    """Give I(X;Y) minus I(X;Y') of two targets on the same rows.

    The interval is by subsamples of the difference, in which shared noise cancels. The test
    exchanges both targets row by row, ranked where the estimator looks at ranks alone; it needs
    numeric targets of one width.
    """
    _check(uncertainty, settings)
    (x, y, other), n_dropped = complete(x, y, other, missing=settings.missing)
    _require_exchangeable(y, other)
    ranked = [_ranked(variable, x, y, settings) for variable in (y, other)]
    targets = Targets(x, ranked[0], ranked[1], settings)
    both = first, second = targets.measurements()
    sample = Sample(
        first.value.mi - second.value.mi,
        lambda rows: first.replicate(rows) - second.replicate(rows),
        single_rows(len(x)),
        task_of(first, f"compare {second.y.name}"),
        settings.seed,
        n_jobs,
        quantity="difference",
    )
    level = uncertainty.level or DEFAULT_LEVEL
    difference = subsample(sample, level, uncertainty.n_resamples or DEFAULT_RESAMPLES)
    test = exchange_test(both, targets.exchanged, uncertainty, n_jobs)
    return _described(both, difference, test, n_dropped)


def _require_exchangeable(y: Variable, other: Variable) -> None:
    if y.kinds != other.kinds or "discrete" in y.kinds:
        raise UsageError(
            f"two targets are compared by exchanging them, which needs numeric columns of the same "
            f"number; {y.name!r} is {y.kind} and {other.name!r} is {other.kind}"
        )


def _ranked(variable: Variable, x: Variable, y: Variable, settings: Settings) -> Variable:
    """The variable, ranked if the estimator of x and y sees no more than that."""
    method = Method.chosen(x, y, None, settings)
    return transform(variable, "rank") if method.transform in ("rank", "normal") else variable


def _check(uncertainty: Uncertainty, settings: Settings) -> None:
    if settings.estimator != "auto" and (other := settings.named.tested_by):
        raise UsageError(
            f"a comparison tests the difference, and {settings.estimator} is never tested; use "
            f"-e {other}"
        )
    check_level(uncertainty.level or DEFAULT_LEVEL)
    idle = uncertainty.sequential or uncertainty.tail or uncertainty.statistic == "max"
    if idle or uncertainty.order == "time" or uncertainty.test in ("g-test", "exact"):
        raise UsageError(
            "a comparison exchanges independent rows; leave out --order time, --test, "
            "--statistic, --sequential and --tail"
        )


def _independent(
    intervals: Sequence[Interval], measurements: Sequence[Measurement], level: float
) -> Interval:
    """The interval of a difference of independent estimates, each with its own centre."""
    centers = [
        m.value.mi if single.center is None else single.center
        for m, single in zip(measurements, intervals, strict=True)
    ]
    first, second = intervals
    se = hypot(first.sampling_se, second.sampling_se)
    single = symmetric(centers[0] - centers[1], se, quantile(level), level, first.method)
    center = None if first.center is None else centers[0] - centers[1]
    both = reaching(single, first.drift - second.drift)
    return replace(both, center=center, n_resamples=first.n_resamples)


def _described(
    both: tuple[Measurement, Measurement], difference: Interval, test: Test, n_dropped: int
) -> Estimate:
    first, second = both
    a, b = first.value.mi, second.value.mi
    n_first, n_second = (len(one.x) - one.value.n_left for one in both)
    return replace(
        describe(first, n_dropped),
        mi=a - b,
        estimand=ESTIMAND,
        extras={"first": a, "second": b},
        facts={"n_first": n_first, "n_second": n_second},
        interval=difference,
        test=test,
        n_used=min(n_first, n_second) if first.x is second.x else n_first + n_second,
    )
