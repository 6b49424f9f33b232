"""Family-wise error over all pairs of a matrix, by the largest statistic of each permutation.

In permutation i every column has its rows moved in a way of its own, the same in all its pairs, as
if no two columns knew of each other; what pairs with a column in common have to do with each other
is kept (Westfall & Young 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mitool.errors import MitoolError, attempt
from mitool.inference import resampling
from mitool.inference.multiplicity import by_largest
from mitool.inference.sampling_units import Units
from mitool.limits import one_blas_thread
from mitool.measure.measurement import Measurement, measurement_of
from mitool.measure.settings import Settings
from mitool.parallel import ordered_map
from mitool.result import Test
from mitool.seeds import stream
from mitool.tasks.families import Scored
from mitool.tasks.work import Work
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.test import Trial, joins_scales, trial_of
from mitool.variables import Matrix, Rows, Variable

Follow = Callable[[Iterable[list[Scored]]], Iterable[list[Scored]]]
"""Sees the scores of the pairs pass, to show progress."""


@dataclass(frozen=True)
class Family:
    """The tests of all pairs, one a pair and estimator, and their adjusted p-values.

    None and NaN where a pair cannot be tested; ``adjusted`` has shape (n_pairs, n_each).
    """

    tests: list[list[Test | None]]
    adjusted: Matrix


def family_of(work: Work, n_jobs: int = 1, follow: Follow = lambda found: found) -> Family:
    """Test all pairs, each by itself and against the best, under the same permutations.

    The same for every ``n_jobs``. Only the largest score of each permutation is held.
    """
    _require_same_rows(work.variables)
    observed, tests = [], []
    largest = np.full((work.n_each, work.uncertainty.n_permutations or 0), -np.inf)
    with one_blas_thread():
        found = ordered_map(lambda i: _scores(work, i), range(len(work.pairs)), n_jobs)
        for scored in follow(found):
            scores = np.array([each.scores for each in scored])
            tests.append([each.test(tail=work.uncertainty.tail) for each in scored])
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


def _scores(work: Work, number: int) -> list[Scored]:
    """Score one pair by each of the estimators."""
    ((x, y),) = work.columns(range(number, number + 1))
    return [_row(x, y, settings, work.uncertainty) for settings in work.settings]


def _row(x: Variable, y: Variable, settings: Settings, asked: Uncertainty) -> Scored:
    """Score a pair against all rearrangements; one that cannot be estimated has no scores."""
    trial = attempt(lambda: _trial(x, y, settings, asked), lambda error: None)
    if trial is None:
        return Scored(np.full((asked.n_permutations or 0) + 1, np.nan))
    measurement, units, observed = trial
    orders = _rearrangements(measurement, units, asked)
    drawn = measurement.permuted(orders, joins=joins_scales(measurement, asked))
    return Scored.of(observed, np.array(list(drawn)))


def _trial(
    x: Variable, y: Variable, settings: Settings, asked: Uncertainty
) -> tuple[Measurement, Units, Trial]:
    measurement, _ = measurement_of(x, y, None, settings)
    units = units_of(measurement, asked.order, asked.block)
    return measurement, units, trial_of(measurement, units, asked)


def _rearrangements(measurement: Measurement, units: Units, asked: Uncertainty) -> Iterator[Rows]:
    """Yield how the rows of y come to stand beside those of x as both columns are permuted."""
    names, seed = (measurement.x.name, measurement.y.name), measurement.method.seed
    back = np.empty(units.n_rows, dtype=np.int64)
    for i in range(asked.n_permutations or 0):
        rngs = (stream(seed, f"matrix maximum {name}", i) for name in names)
        first, second = (_moved(units, asked, rng) for rng in rngs)
        back[first] = np.arange(units.n_rows)
        yield second[back]


def _moved(units: Units, asked: Uncertainty, rng: np.random.Generator) -> Rows:
    if units.kind == "blocks" and asked.block is None:
        return resampling.shift(units.n_rows, int(rng.integers(units.n_rows)))
    return resampling.exchange(units, rng)
