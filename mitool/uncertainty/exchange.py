"""Whether two estimates differ: what is alike may change places between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from mitool.inference.permutation import permutation_test
from mitool.measure.estimation import measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.result import Test
from mitool.seeds import stream
from mitool.uncertainty.interval import task_of
from mitool.uncertainty.uncertainty import COMPARING_PERMUTATIONS, Uncertainty
from mitool.variables import Rows, Variable

if TYPE_CHECKING:
    from numpy.random import Generator

Exchanged = Callable[["Generator"], tuple[Measurement, Measurement]]
"""Both measurements once rows, or targets, have changed places at random."""


@dataclass(frozen=True, eq=False)
class Groups:
    """Two groups of rows in one pair of variables, the first ``n_first`` rows being the first."""

    x: Variable
    y: Variable
    n_first: int
    settings: Settings

    def measurements(self, order: Rows) -> tuple[Measurement, Measurement]:
        """Measure both groups when their rows stand in another order."""
        halves = order[: self.n_first], order[self.n_first :]
        first, second = (
            measurement_of(self.x.take(rows), self.y.take(rows), None, self.settings)[0]
            for rows in halves
        )
        return first, second

    def exchanged(self, rng: Generator) -> tuple[Measurement, Measurement]:
        """Measure both once rows have changed places between them."""
        return self.measurements(rng.permutation(len(self.x)))


@dataclass(frozen=True, eq=False)
class Targets:
    """A variable and two targets of the same rows, as numbers of one shape."""

    x: Variable
    y: Variable
    other: Variable
    settings: Settings

    def measurements(self) -> tuple[Measurement, Measurement]:
        """Measure both targets."""
        first, second = (
            measurement_of(self.x, target, None, self.settings)[0]
            for target in (self.y, self.other)
        )
        return first, second

    def exchanged(self, rng: Generator) -> tuple[Measurement, Measurement]:
        """Measure both once the targets have changed places in about half of the rows."""
        swapped = (rng.random(len(self.x)) < 0.5)[:, None]
        y, other = self.y.values, self.other.values
        first, second = (
            self.y.with_values(values)
            for values in (np.where(swapped, other, y), np.where(swapped, y, other))
        )
        return replace(self, y=first, other=second).measurements()


def exchange_test(
    both: tuple[Measurement, Measurement],
    exchanged: Exchanged,
    uncertainty: Uncertainty,
    n_jobs: int,
) -> Test:
    """Test whether the difference is larger than those of what has changed places."""
    seed, task = both[0].method.seed, task_of(both[0], "compare")

    def statistic(number: int) -> tuple[float, ...]:
        return (_distance(*exchanged(stream(seed, task, number))),)

    n = uncertainty.n_permutations or COMPARING_PERMUTATIONS
    statistics = partial(map, statistic)
    return permutation_test((_distance(*both),), statistics, n, method="exchange", n_jobs=n_jobs)


def _distance(first: Measurement, second: Measurement) -> float:
    return abs(first.value.mi - second.value.mi)


def stacked(first: Variable, second: Variable) -> Variable:
    """One variable above another of the same columns."""
    values = np.vstack((first.values, second.values))
    return first.with_values(values)
