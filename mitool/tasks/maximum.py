"""Family-wise error over all pairs of a matrix, by the largest statistic of each permutation.

In permutation i every column has its rows moved in a way of its own, the same in all its pairs, as
if no two columns knew of each other; what pairs with a column in common have to do with each other
is kept (Westfall & Young 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mitool.errors import MitoolError, attempt
from mitool.inference import resampling
from mitool.inference.multiplicity import by_largest
from mitool.inference.sampling_units import Units
from mitool.limits import one_blas_thread
from mitool.measure.estimation import measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.parallel import ordered_map
from mitool.result import Estimate, Test
from mitool.seeds import stream
from mitool.tasks.families import Scored, untested, with_test
from mitool.tasks.matrix import MatrixOutline
from mitool.tasks.records import Record
from mitool.tasks.work import PairBatch
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.test import Trial, joins_scales, trial_of
from mitool.variables import Matrix, Rows, Variable

Follow = Callable[[Iterable[list[Scored]]], Iterable[list[Scored]]]
"""Sees the scores of the pairs pass, to show progress."""


@dataclass(frozen=True)
class Family:
    """The tests of all pairs, one a pair and estimator, and their adjusted p-values.

    None and NaN where a pair cannot be tested; ``adjusted`` has shape (n_pairs, n_estimators).
    """

    tests: list[list[Test | None]]
    adjusted: Matrix


@dataclass(frozen=True, eq=False)
class FamilyBatch:
    """Pairs that are estimated one by one, with tests that were made together (a ``Batch``)."""

    pairs: PairBatch
    family: Family

    @classmethod
    def of(
        cls, pairs: PairBatch, n_jobs: int = 1, follow: Follow = lambda scores: scores
    ) -> FamilyBatch:
        """Test all pairs now; what else is to be said of each is left for its turn."""
        plain = replace(pairs, uncertainty=untested(pairs.uncertainty), adjust="max")
        return cls(plain, family_of(pairs, n_jobs, follow))

    @property
    def outline(self) -> MatrixOutline:
        """The matrix as a whole."""
        return self.pairs.outline

    @property
    def digest(self) -> str:
        """A checksum of the columns."""
        return self.pairs.digest

    def run(self, numbers: range) -> list[Record]:
        """Estimate the pairs of these numbers, with their tests; a row for each estimator."""
        by_pair = zip(numbers, self._estimates(numbers), strict=True)
        return [
            Record.of(number, [estimate.to(self.pairs.unit) for estimate in estimates])
            for number, estimates in by_pair
        ]

    def estimates(self, numbers: range) -> list[Estimate]:
        """Estimate the pairs of these numbers, with their tests; in nats, one after the other."""
        return [estimate for pair in self._estimates(numbers) for estimate in pair]

    def _estimates(self, numbers: range) -> Iterator[list[Estimate]]:
        estimates = iter(self.pairs.estimates(numbers))
        for number in numbers:
            tests, adjusted = self.family.tests[number], self.family.adjusted[number].tolist()
            pairs = zip(tests, adjusted, strict=True)
            yield [with_test(next(estimates), test, p) for test, p in pairs]


def family_of(batch: PairBatch, n_jobs: int = 1, follow: Follow = lambda scores: scores) -> Family:
    """Test all pairs, each by itself and against the best, under the same permutations.

    The same for every ``n_jobs``. Only the largest score of each permutation is held.
    """
    _require_same_rows(batch.variables)
    observed, tests = [], []
    uncertainty, n_estimators = batch.uncertainty, len(batch.settings)
    largest = np.full((n_estimators, uncertainty.n_permutations or 0), -np.inf)
    with one_blas_thread():
        by_pair = ordered_map(lambda i: _scores(batch, i), range(len(batch.pairs)), n_jobs)
        for pair in follow(by_pair):
            scores = np.array([scored.scores for scored in pair])
            tests.append([scored.test(tail=uncertainty.tail) for scored in pair])
            observed.append(scores[:, 0])
            largest = np.fmax(largest, scores[:, 1:])
    families = zip(np.array(observed).T, largest, strict=True)
    return Family(tests, np.array([by_largest(scores, null) for scores, null in families]).T)


def _require_same_rows(variables: Sequence[Variable]) -> None:
    """Refuse missing values: each permutation moves the same rows of all columns."""
    lacking = {v.name: v.missing for v in variables if v.missing is not None}
    if lacking:
        first, *others = lacking
        rows = np.logical_or.reduce(list(lacking.values()))
        more = f" or {len(others)} more columns" if others else ""
        raise MitoolError(
            f"--adjust max needs the same rows for all columns, but {np.count_nonzero(rows)} of "
            f"{len(rows)} rows lack a value in {first!r}{more}: drop these rows or columns first, "
            "or use --adjust holm"
        )


def _scores(batch: PairBatch, number: int) -> list[Scored]:
    """Score one pair by each of the estimators."""
    ((x, y),) = batch.columns(range(number, number + 1))
    return [_scored(x, y, settings, batch.uncertainty) for settings in batch.settings]


def _scored(x: Variable, y: Variable, settings: Settings, uncertainty: Uncertainty) -> Scored:
    """Score a pair against all rearrangements; one that cannot be estimated has no scores."""
    trial = attempt(lambda: _trial(x, y, settings, uncertainty), lambda error: None)
    if trial is None:
        return Scored(np.full((uncertainty.n_permutations or 0) + 1, np.nan))
    measurement, units, observed = trial
    orders = _rearrangements(measurement, units, uncertainty)
    drawn = measurement.permuted(orders, joins=joins_scales(measurement, uncertainty))
    return Scored.of(observed, np.array(list(drawn)))


def _trial(
    x: Variable, y: Variable, settings: Settings, uncertainty: Uncertainty
) -> tuple[Measurement, Units, Trial]:
    measurement = measurement_of(x, y, None, settings)[0].tested
    units = units_of(measurement, uncertainty.order, uncertainty.block)
    return measurement, units, trial_of(measurement, units, uncertainty)


def _rearrangements(
    measurement: Measurement, units: Units, uncertainty: Uncertainty
) -> Iterator[Rows]:
    """Yield how the rows of y come to stand beside those of x as both columns are permuted."""
    names, seed = (measurement.x.name, measurement.y.name), measurement.method.seed
    back = np.empty(units.n_rows, dtype=np.int64)
    for i in range(uncertainty.n_permutations or 0):
        rngs = (stream(seed, f"matrix maximum {name}", i) for name in names)
        first, second = (_moved(units, uncertainty, rng) for rng in rngs)
        back[first] = np.arange(units.n_rows)
        yield second[back]


def _moved(units: Units, uncertainty: Uncertainty, rng: np.random.Generator) -> Rows:
    if units.kind == "blocks" and uncertainty.block is None:
        return resampling.shift(units.n_rows, int(rng.integers(units.n_rows)))
    return resampling.exchange(units, rng)
