"""Algorithms 1 and 2 of KSG with several numbers of neighbours, and how these are weighed.

Few neighbours vary more, many smooth more away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from mitool.kernels.digamma import integer_digamma
from mitool.kernels.neighbors.tallies import Ball, NeighborCounts, Tally, mean_of
from mitool.variables import Vector

COARSER = 4  # times as many neighbours at the coarse scale, and twice as many between the scales
PRIOR_ROWS = 1000
"""Beside n rows, in what a difference of scales is held against: chance moves it by 1 / n, and of
few rows much of it is bias all the same."""
MIDDLE_SPREAD = 3.0
"""The square of the difference at which both scales count alike, times rows and prior rows."""
FINE_SPREAD = 40.0
"""The same for the fine scale."""

Scales = tuple[float, float, float]
"""Something of the fine scale, the middle and the coarse scale."""

Table = Callable[[int], Vector]
"""Gives the values of a function of counts at 1 … n."""


@dataclass(frozen=True)
class Algorithm:
    """Algorithm 1 (eq. 8) of squares, open balls, or 2 (eq. 9) of boxes; f is psi in the paper.

    psi(k) + psi(n) - <f(n_x + 1) + f(n_y + 1)>, or psi(k) - 1/k + psi(n) - <f(n_x) + f(n_y)>.
    """

    n_neighbors: int
    ball: Ball
    f: Table

    @property
    def scale(self) -> tuple[int, Ball]:
        """What to count."""
        return self.n_neighbors, self.ball

    def mean(self, tally: Tally, n: int) -> float:
        """Give the estimate, from a tally of the counts."""
        return self._constant(n) - mean_of(self.f, tally, n, self._shift)

    def terms(self, counts: NeighborCounts) -> Vector:
        """Give the terms it is the mean of, shape (n,)."""
        places = counts + self._shift
        values = self.f(int(places.max()))[places - 1]
        return np.asarray(self._constant(counts.shape[1]) - values.sum(axis=0))

    @property
    def _shift(self) -> int:
        return 1 if self.ball == "open" else 0

    def _constant(self, n: int) -> float:
        psi = integer_digamma(self.n_neighbors)
        return (psi if self.ball == "open" else psi - 1.0 / self.n_neighbors) + integer_digamma(n)


def three_sizes(n_neighbors: int, n: int) -> tuple[int, int, int]:
    """Give the neighbours at each scale; the coarse one stays a sixth of the rows or less."""
    coarse = max(n_neighbors, min(COARSER * n_neighbors, n // 6))
    return n_neighbors, min(2 * n_neighbors, coarse), coarse


def means(algorithms: Sequence[Algorithm], tallies: Iterable[Tally], n: int) -> tuple[float, ...]:
    """Give the estimate of each algorithm."""
    return tuple(one.mean(tally, n) for one, tally in zip(algorithms, tallies, strict=True))


def larger(values: Sequence[float]) -> Scales:
    """Give the larger of both algorithms at each scale."""
    return max(values[:2]), max(values[2:4]), max(values[4:])


def places_of(best: Scales, values: Sequence[float]) -> tuple[int, ...]:
    """Tell which of both algorithms is the larger at each scale."""
    return tuple(values.index(value, 2 * scale) for scale, value in enumerate(best))


def weighed(values: Scales, n: int) -> float:
    """Give the mean of the scales by their weights."""
    return sum(weight * value for weight, value in zip(weights(values, n), values, strict=True))


def weights(values: Scales, n: int) -> Scales:
    """Give the weights of the scales, whose sum is 1."""
    fine, middle, coarse = values
    of_fine = weight(fine - coarse, FINE_SPREAD, n)
    of_middle = (1.0 - of_fine) * weight(middle - coarse, MIDDLE_SPREAD, n)
    return of_fine, of_middle, 1.0 - of_fine - of_middle


def weight(difference: float, spread: float, n: int) -> float:
    """Give the weight of a scale which exceeds the coarse one by so much.

    A coarse scale that is above it has no bias to be corrected.
    """
    signal, chance = max(0.0, difference) ** 2, spread / (n + PRIOR_ROWS)
    return signal / (signal + chance)
