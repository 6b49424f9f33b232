"""Is there more information here than there? The difference of two MI, its interval and test."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from math import hypot

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference.bounds import check_level, quantile, symmetric
from mitool.inference.intervals import DEFAULT_RESAMPLES, Sample, subsample
from mitool.inference.permutation import permutation_test
from mitool.inference.units import single_rows
from mitool.measurement import Measurement, describe, measurement_of
from mitool.method import Method, Settings
from mitool.result import Estimate, Interval, Test
from mitool.seeds import stream
from mitool.uncertainty import interval
from mitool.uncertainty.interval import task_of
from mitool.uncertainty.settings import DEFAULT_LEVEL, Uncertainty
from mitool.variables import Rows, Variable, complete
from mitool.variables.transforms import transform

DEFAULT_PERMUTATIONS = 199


def between_groups(
    x: Variable, y: Variable, by: Variable, settings: Settings, asked: Uncertainty, n_jobs: int = 1
) -> Estimate:
    """Give I(X;Y) in the first of two groups of rows minus that in the second.

    Where the estimator looks at ranks alone, columns are ranked within each group first: groups
    that differ in their margins are then not taken for different. The test exchanges rows between
    the groups, so it asks whether x and y depend on each other alike in both.
    """
    _check(asked)
    (x, y, by), n_dropped = complete(x, y, by, missing=settings.missing)
    if by.n_levels != 2:
        raise MitoolError(
            f"{by.name!r} must have 2 values to compare, it has {by.n_levels}; give a column that "
            "parts the rows in two, or the rows of either value as a file of its own"
        )
    members = [np.flatnonzero(by.codes == level) for level in range(2)]
    parts = [
        [_ranked(variable.take(rows), x, y, settings) for rows in members] for variable in (x, y)
    ]
    both_x, both_y = (_stacked(*pair) for pair in parts)
    n_first = len(members[0])

    def measurements(order: Rows) -> tuple[Measurement, Measurement]:
        halves = order[:n_first], order[n_first:]
        first, second = (
            measurement_of(both_x.take(rows), both_y.take(rows), None, settings)[0]
            for rows in halves
        )
        return first, second

    with _naming_sizes(members):
        first, second = measurements(np.arange(len(both_x)))
        found = [interval.of(m, single_rows(len(m.x)), asked, n_jobs) for m in (first, second)]

    def statistic(i: int) -> tuple[float, ...]:
        order = stream(settings.seed, task_of(first, "compare"), i).permutation(len(both_x))
        a, b = measurements(order)
        return (abs(a.value.mi - b.value.mi),)

    difference = _independent(found, (first, second), asked.level or DEFAULT_LEVEL)
    test = _test(first, second, statistic, asked, n_jobs)
    return _described(first, second, difference, test, n_dropped)


@contextmanager
def _naming_sizes(members: Sequence[Rows]) -> Iterator[None]:
    """Add to an error of one group how many rows each of them has."""
    try:
        yield
    except UsageError:
        raise
    except MitoolError as error:
        sizes = " and ".join(str(len(rows)) for rows in members)
        raise MitoolError(f"comparing groups of {sizes} rows: {error}") from None


def between_targets(
    x: Variable,
    y: Variable,
    other: Variable,
    settings: Settings,
    asked: Uncertainty,
    n_jobs: int = 1,
) -> Estimate:
    """Give I(X;Y) minus I(X;Y') of two targets on the same rows.

    The interval is by subsamples of the difference, in which shared noise cancels. The test
    exchanges both targets row by row, ranked where the estimator looks at ranks alone; it needs
    numeric targets of one width.
    """
    _check(asked)
    (x, y, other), n_dropped = complete(x, y, other, missing=settings.missing)
    if y.kinds != other.kinds or "discrete" in y.kinds:
        raise UsageError(
            f"two targets are compared by exchanging them, which needs numeric columns of the same "
            f"number; {y.name!r} is {y.kind} and {other.name!r} is {other.kind}"
        )
    ranked = [_ranked(variable, x, y, settings) for variable in (y, other)]
    first, second = (measurement_of(x, target, None, settings)[0] for target in ranked)

    def statistic(i: int) -> tuple[float, ...]:
        rng = stream(settings.seed, task_of(first, "compare"), i)
        swapped = rng.random(len(x)) < 0.5
        values = [v.values for v in ranked]
        pair = (np.where(swapped[:, None], *order) for order in (values[::-1], values))
        a, b = (measurement_of(x, y.with_values(v), None, settings)[0] for v in pair)
        return (abs(a.value.mi - b.value.mi),)

    sample = Sample(
        first.value.mi - second.value.mi,
        lambda rows: first.replicate(rows) - second.replicate(rows),
        single_rows(len(x)),
        task_of(first, f"compare {second.y.name}"),
        settings.seed,
        n_jobs,
        of="difference",
    )
    level = asked.level or DEFAULT_LEVEL
    difference = subsample(sample, level, asked.n_resamples or DEFAULT_RESAMPLES)
    test = _test(first, second, statistic, asked, n_jobs)
    return _described(first, second, difference, test, n_dropped)


def _ranked(variable: Variable, x: Variable, y: Variable, settings: Settings) -> Variable:
    """The variable, ranked if the estimator of x and y sees no more than that."""
    method = Method.chosen(x, y, None, settings)
    return transform(variable, "rank") if method.transform in ("rank", "normal") else variable


def _check(asked: Uncertainty) -> None:
    check_level(asked.level or DEFAULT_LEVEL)
    idle = asked.sequential or asked.tail or asked.statistic == "max"
    if idle or asked.order == "time" or asked.test in ("g-test", "exact"):
        raise UsageError(
            "a comparison exchanges independent rows; leave out --order time, --test, "
            "--statistic, --sequential and --tail"
        )


def _independent(
    intervals: Sequence[Interval], measurements: Sequence[Measurement], level: float
) -> Interval:
    """The interval of a difference of independent estimates, each with its own centre."""
    centers = [
        m.value.mi if found.center is None else found.center
        for m, found in zip(measurements, intervals, strict=True)
    ]
    first, second = intervals
    drift = first.drift - second.drift
    se = hypot(first.sampling_se, second.sampling_se, drift)
    found = symmetric(centers[0] - centers[1], se, quantile(level), level, first.method)
    center = None if first.center is None else centers[0] - centers[1]
    return replace(found, center=center, n_resamples=first.n_resamples, drift=drift)


def _test(
    first: Measurement,
    second: Measurement,
    statistic: Callable[[int], tuple[float, ...]],
    asked: Uncertainty,
    n_jobs: int,
) -> Test:
    observed = (abs(first.value.mi - second.value.mi),)
    n = asked.n_permutations or DEFAULT_PERMUTATIONS
    return permutation_test(observed, partial(map, statistic), n, method="exchange", n_jobs=n_jobs)


def _described(
    first: Measurement, second: Measurement, difference: Interval, test: Test, n_dropped: int
) -> Estimate:
    a, b = first.value.mi, second.value.mi
    return replace(
        describe(first, n_dropped),
        mi=a - b,
        estimand="mi_difference",
        extras={"first": a, "second": b},
        facts={"n_first": len(first.x), "n_second": len(second.x)},
        interval=difference,
        test=test,
        n_used=len(first.x) if first.x is second.x else len(first.x) + len(second.x),
    )


def _stacked(first: Variable, second: Variable) -> Variable:
    values = np.vstack((first.values, second.values))
    return first.with_values(values)
