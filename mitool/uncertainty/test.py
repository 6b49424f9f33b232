"""Which test a measurement gets: how rows may change places when x and y are unrelated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference import exact, resampling
from mitool.inference.permutation import (
    MAXIMUM,
    Joining,
    Statistics,
    permutation_test,
    sequential_test,
)
from mitool.inference.sampling_units import Units
from mitool.measure.correlations import SQUARES
from mitool.measure.measurement import Measurement
from mitool.result import Note, Test
from mitool.result.codes import note_of
from mitool.seeds import stream
from mitool.uncertainty.interval import table_of, task_of
from mitool.uncertainty.uncertainty import Uncertainty
from mitool.variables import Rows

LOCAL_NEIGHBORS = 5
CONSTANT = "constant"


@dataclass(frozen=True)
class Shuffle:
    """A way to break the dependence: the rows of permutation ``i``, of ``n_max`` different ones."""

    name: str
    rows: Callable[[int], Rows]
    n_max: int | None = None


@dataclass(frozen=True)
class Trial:
    """The observed statistics, and how to draw them as if x and y were unrelated.

    ``of`` says what is joined where there are several.
    """

    name: str
    observed: tuple[float, ...]
    statistics: Statistics
    n_permutations: int
    of: Joining = MAXIMUM


def independence_test(
    measurement: Measurement, units: Units, uncertainty: Uncertainty, n_jobs: int = 1
) -> Test:
    """Test whether x and y are independent (given z)."""
    if measurement.is_constant:
        return Test(1.0, CONSTANT)
    if uncertainty.test in ("g-test", "exact"):
        return _counted(measurement, units, uncertainty.test)
    trial = trial_of(measurement, units, uncertainty)
    n, name = trial.n_permutations, trial.name
    if uncertainty.sequential:
        return sequential_test(trial.observed[0], trial.statistics, n, method=name, n_jobs=n_jobs)
    act = partial(permutation_test, method=name, of=trial.of, tail=uncertainty.tail)
    return act(trial.observed, trial.statistics, n, n_jobs=n_jobs)


def trial_of(
    measurement: Measurement, units: Units, uncertainty: Uncertainty, task: str | None = None
) -> Trial:
    """Give what a permutation test needs; trials of one ``task`` and length move rows alike.

    An estimator that must not be one's proof has another stand in for it.
    """
    if uncertainty.n_permutations is None:
        raise UsageError("a permutation test needs a number; use --permutations 999")
    if not measurement.method.estimator.of_dependence:
        raise UsageError(
            f"{measurement.method.name} measures no dependence of rows, so permuting them tests "
            "nothing; leave out --permutations"
        )
    if measurement.given is not None and units.kind == "blocks":
        measurement = replace(measurement, x=measurement.y, y=measurement.x)  # shift the source
    measurement = measurement.tested
    joins = joins_scales(measurement, uncertainty)
    shuffle = _shuffle(measurement, units, uncertainty, task or task_of(measurement, "test"))
    n = min(uncertainty.n_permutations, shuffle.n_max or uncertainty.n_permutations)

    def statistics(numbers: range) -> Iterator[tuple[float, ...]]:
        return measurement.permuted(map(shuffle.rows, numbers), joins=joins)

    observed = measurement.observed(joins=joins)
    of = _joining(measurement, len(observed)) if joins else MAXIMUM
    return Trial(measurement.method.of_test(shuffle.name), observed, statistics, n, of)


def _joining(measurement: Measurement, n_statistics: int) -> Joining:
    """Weigh the finest scale and the correlation twice, where squares are joined to them.

    Chosen on seven shapes of studies/significance.md and checked on sixteen others; the scales
    next to one another say nearly the same, so that the finest has to stand against several.
    """
    names = [one.name for one in measurement.correlations]
    name = "+".join((MAXIMUM.name, *names))
    if SQUARES not in names:
        return Joining(name)
    n_scales = n_statistics - len(names)
    return Joining(name, 1.0, (2.0, *(1.0,) * (n_scales - 1), 2.0, 1.0))


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


def test_notes(measurement: Measurement, test: Test) -> Iterator[Note]:
    """Say whom a test goes by, and where the distribution that it goes by does not hold."""
    if measurement.tested is not measurement and test.method != CONSTANT:
        names = {"name": measurement.method.name, "other": measurement.tested.method.name}
        yield note_of("tested_by", **names)
    few = exact.few_expected(table_of(measurement)) if test.method == "g-test" else None
    if few is None:
        return
    x, y = measurement.x, measurement.y
    small = " or, for a small table, --test exact" if measurement.given is None else ""
    words = {"x": x.name, "y": y.name, "fewest": exact.FEW, "n_few": few[0], "n_cells": few[1]}
    yield note_of("sparse_g_test", (*x.names, *y.names), remedy=small, **words)


def joins_scales(measurement: Measurement, uncertainty: Uncertainty) -> bool:
    """Whether the test takes the maximum over several scales, and the correlation of scores."""
    n_scales = len(measurement.scales)
    several = n_scales > 1 or (n_scales == 1 and bool(measurement.correlations))
    if uncertainty.statistic == "max" and not several:
        raise UsageError(f"{measurement.method.name} has one scale here; use --statistic estimate")
    return several and uncertainty.statistic != "estimate" and not uncertainty.sequential


def _shuffle(
    measurement: Measurement, units: Units, uncertainty: Uncertainty, task: str
) -> Shuffle:
    n, seed = len(measurement.x), measurement.method.seed
    if units.kind == "blocks" and uncertainty.block is None:
        return _circular(n, uncertainty.n_permutations or 0, seed, task)
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
    ready = measurement.method.transformed(*measurement.variables)[-1]
    labels = np.array([kind == "discrete" for kind in given.kinds])
    neighbors = nearest_rows(ready.values, labels, LOCAL_NEIGHBORS)
    return Shuffle(
        "local-permutation", lambda i: local_permutation(neighbors, stream(seed, task, i))
    )
