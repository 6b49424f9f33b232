"""Permutation tests: exact p-values that are never 0, from statistics computed on the fly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.parallel import over_ranges
from mitool.result import Test
from mitool.variables import Matrix, Vector

Statistics = Callable[[range], Iterable[tuple[float, ...]]]
"""The statistics of the permutations of these numbers: of each, one or several to be joined."""

CHUNK = 16
STOP_AT = 10
TIE = 1e-12
"""Statistics closer than this, relative to their size, are ties: sums differ by their order."""
MIN_FOR_TAIL = 999


@dataclass(frozen=True)
class Joining:
    """How several statistics become one: log Σ w exp(s z) / s of what is standardised, z.

    That is the largest where ``sharpness`` s is infinite, and more where others are near it:
    statistics that agree show more than one of them. Without ``weights`` all w are 1.
    """

    name: str = "max"
    sharpness: float = 2.0
    weights: tuple[float, ...] | None = None


MAXIMUM = Joining()


def check_permutations(n_permutations: int) -> None:
    """Refuse a number of permutations that cannot give a p-value."""
    if n_permutations < 1:
        raise UsageError(f"a permutation test needs at least 1 permutation, got {n_permutations}")


def null(
    statistics: Statistics, n_permutations: int, n_jobs: int = 1
) -> Iterator[tuple[float, ...]]:
    """Yield the statistics of permutations 0, 1, … in order, the same for every ``n_jobs``."""
    return over_ranges(statistics, n_permutations, CHUNK, n_jobs)


def exceeds(values: Vector, observed: float) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which values are at least the observed one, up to rounding."""
    return values >= observed - TIE * max(1.0, abs(observed))


def p_value(observed: float, values: Vector) -> float:
    """(b + 1) / (N + 1), where b of N permutations reach the observed statistic.

    Valid for every N (Phipson & Smyth 2010, doi:10.2202/1544-6115.1585).
    """
    return (int(np.count_nonzero(exceeds(values, observed))) + 1) / (len(values) + 1)


def standardised_maximum(statistics: Matrix, of: Joining = MAXIMUM) -> Vector:
    """A soft maximum of standardised statistics; row 0 is the observed one, (N + 1, k)."""
    scores = of.sharpness * standardised(statistics)
    largest = scores.max(axis=1, keepdims=True)
    powers = np.exp(scores - largest)
    if of.weights is not None:
        powers *= of.weights
    joint: Vector = largest[:, 0] + np.log(powers.sum(axis=1))
    return joint / of.sharpness


def standardised(statistics: Matrix) -> Matrix:
    """Statistics in units of their spread about their mean; one without spread is 0.

    Mean and spread are taken over all N + 1 rows, the observed one included: that treats all
    rows alike, so the test stays exact.
    """
    spread = statistics.std(axis=0)
    centred = statistics - statistics.mean(axis=0)
    scores: Matrix = np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 0)
    return scores


def permutation_test(
    observed: tuple[float, ...],
    statistics: Statistics,
    n_permutations: int,
    *,
    method: str = "permutation",
    of: Joining = MAXIMUM,
    n_jobs: int = 1,
    tail: bool = False,
) -> Test:
    """Test with all N permutations; several statistics are joined by their standardised maximum.

    ``tail`` adds the approximate p-value of a fitted Pearson III distribution.
    """
    check_permutations(n_permutations)
    drawn = np.array(list(null(statistics, n_permutations, n_jobs)))
    return against(observed, drawn, method=method, of=of, tail=tail)


def against(
    observed: tuple[float, ...],
    drawn: Matrix,
    *,
    method: str = "permutation",
    of: Joining = MAXIMUM,
    tail: bool = False,
) -> Test:
    """Test against null statistics already drawn, shape (N, k); ``of`` says what is joined."""
    values = joined(observed, drawn, of)
    approximate = pearson3_tail(float(values[0]), values[1:]) if tail else None
    p, n = p_value(float(values[0]), values[1:]), len(drawn)
    if drawn.shape[1] > 1:
        return Test(p, f"{method}-{of.name}", n, approximate)
    return Test(p, method, n, approximate, chance=float(np.quantile(drawn, 0.95)))


def joined(observed: tuple[float, ...], drawn: Matrix, of: Joining = MAXIMUM) -> Vector:
    """One statistic a row, the observed one first, shape (N + 1,)."""
    statistics = np.vstack((observed, drawn))
    return standardised_maximum(statistics, of) if statistics.shape[1] > 1 else statistics[:, 0]


def sequential_test(
    observed: float,
    statistics: Statistics,
    n_permutations: int,
    *,
    method: str = "permutation",
    n_jobs: int = 1,
    stop_at: int = STOP_AT,
) -> Test:
    """Stop at the ``stop_at``-th permutation that reaches the observed statistic.

    Besag & Clifford (1991), doi:10.1093/biomet/78.2.301: p = h / L if the h-th came with the
    L-th permutation, else (b + 1) / (N + 1). Valid for one statistic fixed before.
    """
    check_permutations(n_permutations)
    reached = 0
    for number, (value,) in enumerate(null(statistics, n_permutations, n_jobs), start=1):
        reached += value >= observed - TIE * max(1.0, abs(observed))
        if reached == stop_at:
            return Test(stop_at / number, f"{method}-sequential", number)
    return Test((reached + 1) / (n_permutations + 1), f"{method}-sequential", n_permutations)


def pearson3_tail(observed: float, values: Vector) -> float:
    """Upper tail of the gamma distribution with the mean, spread and skewness of ``values``.

    An approximation for p-values below 1/(N + 1): within a factor of 3 at 1e-4 from 1000
    permutations, where a normal tail is wrong by 50. A null without skew to the right is taken
    as normal.
    """
    from scipy.special import gammaincc, ndtr

    if len(values) < MIN_FOR_TAIL:
        raise MitoolError(
            f"the approximate tail needs at least {MIN_FOR_TAIL} permutations, got {len(values)}"
        )
    spread = float(values.std(ddof=1))
    if spread == 0.0:
        return 1.0
    z = (observed - float(values.mean())) / spread
    skew = float(np.mean(((values - values.mean()) / values.std()) ** 3))
    if skew < 1e-3:
        return float(ndtr(-z))
    shape = 4.0 / skew**2
    return float(gammaincc(shape, max(shape + z * np.sqrt(shape), 0.0)))
