"""Family-wise error over all pairs of a matrix, by the largest statistic of each permutation.

In permutation i every column has its rows moved in a way of its own, the same in all its pairs, as
if no two columns knew of each other; what pairs with a column in common have to do with each other
is kept (Westfall & Young 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference import resampling
from mitool.inference.multiplicity import by_largest
from mitool.inference.permutation import joined, standardised
from mitool.inference.units import Units
from mitool.limits import one_blas_thread
from mitool.measurement import Measurement, measurement_of
from mitool.method import Settings
from mitool.parallel import ordered_map
from mitool.seeds import stream
from mitool.tasks.work import Work
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.rows import units_of
from mitool.uncertainty.significance import joins_scales
from mitool.variables import Matrix, Rows, Variable, Vector

Follow = Callable[[Iterable[Matrix]], Iterable[Matrix]]
"""Sees the scores of the pairs pass, to show progress."""


def adjusted_by_maximum(
    work: Work, n_jobs: int = 1, follow: Follow = lambda found: found
) -> Matrix:
    """Give the adjusted p-values, shape (n_pairs, n_each); NaN where a pair cannot be tested.

    The same for every ``n_jobs``. Only the largest score of each permutation is held.
    """
    for variable in work.variables:
        if variable.missing is not None:
            raise MitoolError(
                f"--adjust max needs the same rows for all columns, but {variable.name!r} has "
                "missing values; use --adjust holm"
            )
    observed, largest = [], np.full((work.n_each, work.uncertainty.n_permutations or 0), -np.inf)
    with one_blas_thread():
        found = ordered_map(lambda i: _scores(work, i), range(len(work.pairs)), n_jobs)
        for scores in follow(found):
            observed.append(scores[:, 0])
            largest = np.fmax(largest, scores[:, 1:])
    families = zip(np.array(observed).T, largest, strict=True)
    return np.array([by_largest(scores, null) for scores, null in families]).T


def _scores(work: Work, number: int) -> Matrix:
    """The standardised statistics of a pair, the observed one first, shape (n_each, N + 1)."""
    ((x, y),) = work.columns(range(number, number + 1))
    return np.array([_row(x, y, settings, work.uncertainty) for settings in work.settings])


def _row(x: Variable, y: Variable, settings: Settings, asked: Uncertainty) -> Vector:
    try:
        measurement, _ = measurement_of(x, y, None, settings)
        joins = joins_scales(measurement, asked)
        observed = measurement.at_scales() if joins else (measurement.value.mi,)
    except UsageError:
        raise
    except MitoolError:
        return np.full((asked.n_permutations or 0) + 1, np.nan)
    units = units_of(measurement, asked.order, asked.block)
    drawn = [
        measurement.at_scales(rows) if joins else (measurement.permuted(rows),)
        for rows in _rearrangements(measurement, units, asked)
    ]
    return standardised(joined(observed, np.array(drawn))[:, None])[:, 0]


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
