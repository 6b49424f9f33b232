"""Which test a measurement gets: how rows may change places when x and y are unrelated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference import exact, resampling
from mitool.inference.permutation import Statistics, permutation_test, sequential_test
from mitool.inference.units import Units
from mitool.measurement import Measurement
from mitool.result import Note, Test
from mitool.seeds import stream
from mitool.uncertainty.interval import table_of, task_of
from mitool.uncertainty.settings import Uncertainty
from mitool.variables import Rows

LOCAL_NEIGHBORS = 5


@dataclass(frozen=True)
class Shuffle:
    """A way to break the dependence: the rows of permutation ``i``, of ``n_max`` different ones."""

    name: str
    rows: Callable[[int], Rows]
    n_max: int | None = None


@dataclass(frozen=True)
class Trial:
    """The observed statistics, and how to draw them as if x and y were unrelated."""

    name: str
    observed: tuple[float, ...]
    statistics: Statistics
    n_permutations: int


def of(measurement: Measurement, units: Units, asked: Uncertainty, n_jobs: int = 1) -> Test:
    """Test whether x and y are independent (given z)."""
    if measurement.is_constant:
        return Test(1.0, "constant")
    if asked.test in ("g-test", "exact"):
        return _counted(measurement, units, asked.test)
    trial = trial_of(measurement, units, asked)
    n, name = trial.n_permutations, trial.name
    if asked.sequential:
        return sequential_test(trial.observed[0], trial.statistics, n, method=name, n_jobs=n_jobs)
    return permutation_test(
        trial.observed, trial.statistics, n, method=name, n_jobs=n_jobs, tail=asked.tail
    )


def trial_of(
    measurement: Measurement, units: Units, asked: Uncertainty, task: str | None = None
) -> Trial:
    """Give what a permutation test needs; trials of one ``task`` and length move rows alike."""
    if asked.n_permutations is None:
        raise UsageError("a permutation test needs a number; use --permutations 999")
    if not measurement.method.estimator.of_dependence:
        raise UsageError(
            f"{measurement.method.name} measures no dependence of rows, so permuting them tests "
            "nothing; leave out --permutations"
        )
    if measurement.given is not None and units.kind == "blocks":
        measurement = replace(measurement, x=measurement.y, y=measurement.x)  # shift the source
    joins = joins_scales(measurement, asked)
    shuffle = _shuffle(measurement, units, asked, task or task_of(measurement, "test"))
    n = min(asked.n_permutations, shuffle.n_max or asked.n_permutations)

    def statistics(numbers: range) -> Iterator[tuple[float, ...]]:
        return measurement.permuted(map(shuffle.rows, numbers), joins=joins)

    return Trial(shuffle.name, measurement.tested(joins=joins), statistics, n)


def _counted(measurement: Measurement, units: Units, method: str) -> Test:
    name = measurement.method.name
    if measurement.method.estimator.family != "counts":
        raise UsageError(f"--test {method} is for estimators of counts, not for {name}")
    if units.kind != "rows":
        raise UsageError(f"--test {method} takes rows as independent; use --permutations 999")
    table = table_of(measurement)
    if method == "g-test":
        return exact.g_test(table)
    if measurement.given is not None:
        raise UsageError("--test exact has no conditional form; use --permutations 999")
    return exact.exact_test(table)


def notes(measurement: Measurement, test: Test) -> Iterator[Note]:
    """Say where the distribution that a test goes by does not hold."""
    few = exact.few_expected(table_of(measurement)) if test.method == "g-test" else None
    if few is None:
        return
    small = " or, for a small table, --test exact" if measurement.given is None else ""
    yield Note(
        "sparse_g_test",
        f"independence of {measurement.x.name!r} and {measurement.y.name!r} expects fewer than "
        f"{exact.FEW} rows in {few[0]} of {few[1]} cells, where the p of a g-test may be far too "
        f"large or too small; use --permutations 999{small}",
        (*measurement.x.names, *measurement.y.names),
    )


def joins_scales(measurement: Measurement, asked: Uncertainty) -> bool:
    """Whether the test takes the maximum over several scales."""
    several = len(measurement.scales) > 1
    if asked.statistic == "max" and not several:
        raise UsageError(f"{measurement.method.name} has one scale here; use --statistic estimate")
    return several and asked.statistic != "estimate" and not asked.sequential


def _shuffle(measurement: Measurement, units: Units, asked: Uncertainty, task: str) -> Shuffle:
    n, seed = len(measurement.x), measurement.method.seed
    if units.kind == "blocks" and asked.block is None:
        return _circular(n, asked.n_permutations or 0, seed, task)
    if measurement.given is not None:
        return _local(measurement, units, seed, task)
    name = {"rows": "permutation", "blocks": "block-permutation", "groups": "group-permutation"}
    return Shuffle(name[units.kind], lambda i: resampling.exchange(units, stream(seed, task, i)))


def _circular(n: int, n_permutations: int, seed: int, task: str) -> Shuffle:
    """Shift one series against the other on a circle; all shifts where that many are asked."""
    if n_permutations >= n - 1:
        return Shuffle("circular-shift", lambda i: resampling.shift(n, i + 1), n - 1)
    steps = stream(seed, task).permutation(n - 1)[:n_permutations] + 1
    return Shuffle("circular-shift", lambda i: resampling.shift(n, int(steps[i])))


def _local(measurement: Measurement, units: Units, seed: int, task: str) -> Shuffle:
    """Let rows change places with rows of nearly the same z."""
    from mitool.inference.local import local_permutation, nearest_rows  # loads the compiler

    if units.kind != "rows":
        raise MitoolError(
            "a test with a condition cannot keep rows together; leave out -z, --groups or --block"
        )
    given = measurement.given
    assert given is not None  # the caller looked
    if given.kind == "discrete":
        codes = given.codes
        return Shuffle(
            "local-permutation", lambda i: resampling.within_levels(codes, stream(seed, task, i))
        )
    ready = measurement.method.cleared(given)
    labels = np.array([kind == "discrete" for kind in given.kinds])
    neighbors = nearest_rows(ready.values, labels, LOCAL_NEIGHBORS)
    return Shuffle(
        "local-permutation", lambda i: local_permutation(neighbors, stream(seed, task, i))
    )
