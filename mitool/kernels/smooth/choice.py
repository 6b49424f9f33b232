"""What a smooth function of some columns leaves of another, by the best of several smoothers.

Each is judged by the errors at rows it has not seen: powers of degree 1 to 3, sums of functions of
one column each, and a Gaussian process whose metric follows the slopes of its own fit (the average
gradient outer product: Radhakrishnan et al. 2024, doi:10.1126/science.adi5639), so that columns and
directions that do not matter cost no rows. Chosen by a study (studies/conditional.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mitool.kernels.smooth.features import Bumps, Features, Powers, Sums
from mitool.kernels.smooth.ridge import Design, Ridge, ridge
from mitool.once import once
from mitool.variables import Matrix, Rows, Vector

CHOOSING = 1000  # rows by which the smoother is chosen
FITTING = 4000  # rows that it is then fitted to; the others are predicted
LANDMARKS = 200
LANDMARKS_ON_A_LINE = 60
DEGREES = (1, 2, 3)
WIDTHS_ON_A_LINE = (0.15, 0.3, 0.6, 1.2)  # standard deviations, as all widths
WIDTHS_IN_SUMS = (0.5, 1.0)
WIDTHS = (0.5, 1.0)  # times the root of the number of columns
TURNS = 2  # of the metric towards the slopes
BLUNT = 1e-3  # of the mean squared slope is given to every direction
ROWS_PER_FEATURE = 2
CHUNK = 1 << 14


@dataclass(frozen=True, eq=False)
class Smooth:
    """What is left of a target (n,), at every row by a fit without it; ``error`` its mean square.

    ``error`` is over the rows of the fit.
    """

    left: Vector
    error: float


@dataclass(frozen=True, eq=False)
class Smoother:
    """Takes off columns what z (n, d), of variance 1 or about, explains of each.

    What the smoothers make of z alone is made once for all of them.
    """

    z: Matrix

    @once
    def few(self) -> Rows:
        """The rows by which a smoother is chosen."""
        return evenly(self.z, CHOOSING)

    @once
    def fixed(self) -> list[tuple[Features, Design]]:
        """The smoothers that need no target, as far as the rows allow them."""
        return [(features, Design.of(made)) for features, made in _fixed(self.z[self.few])]

    def __call__(self, target: Vector) -> Smooth:
        """Smooth a target (n,); where z explains nothing, its mean is taken off."""
        few = self.few
        best, error = None, _error_of_mean(target[few])
        for features, fit in self._fits(target[few]):
            if fit.error < error:
                best, error = (features, fit), fit.error
        if best is None:
            return Smooth(target - target.mean(), error)
        if len(few) == len(target):
            return Smooth(best[1].errors, error)
        return _left(best[0], target, self.z)

    def _fits(self, target: Vector) -> Iterator[tuple[Features, Ridge]]:
        """Fit every smoother, at last those whose metric follows from the better round one."""
        fits = [(features, design.fitted(target)) for features, design in self.fixed]
        yield from fits
        if self.z.shape[1] > 1:
            yield from _turned(target, self.z[self.few], fits[-len(WIDTHS) :])


def smooth(target: Vector, z: Matrix) -> Smooth:
    """Take off a target (n,) what columns z (n, d) explain, both of variance 1 or about."""
    return Smoother(z)(target)


def _left(features: Features, target: Vector, z: Matrix) -> Smooth:
    """Fit to as many rows as may be, and predict the others."""
    rows = evenly(z, FITTING)
    fit = ridge(features.of(z[rows]), target[rows])
    left = np.empty(len(target))
    others = np.setdiff1d(np.arange(len(target)), rows, assume_unique=True)
    for start in range(0, len(others), CHUNK):
        chunk = others[start : start + CHUNK]
        left[chunk] = target[chunk] - fit.predicted(features.of(z[chunk]))
    left[rows] = fit.errors
    return Smooth(left, fit.error)


def evenly(z: Matrix, most: int) -> Rows:
    """Give so many rows at most, evenly spaced in the order of z, whatever their order is."""
    n = len(z)
    if n <= most:
        return np.arange(n)
    order = np.lexsort(z.T[::-1])
    return np.asarray(order[np.linspace(0, n - 1, most).astype(np.int64)])


def _error_of_mean(target: Vector) -> float:
    """The mean squared error of the mean of the others."""
    n = len(target)
    return float(target.var()) * (n / (n - 1.0)) ** 2


def _fixed(z: Matrix) -> Iterator[tuple[Features, Matrix]]:
    """Make the features of every smoother that the rows allow and that needs no target."""
    n, d = z.shape
    for powers in map(Powers, DEGREES):
        if powers.n_features(d) * ROWS_PER_FEATURE <= n:
            yield powers, powers.of(z)
    if d == 1:
        lines = (Bumps(*_on_line(z[:, 0], width)) for width in WIDTHS_ON_A_LINE)
        yield from ((bumps, bumps.of(z)) for bumps in lines)
        return
    for width in WIDTHS_IN_SUMS:
        sums = Sums([Bumps(*_on_line(column, width)) for column in z.T])
        if (made := sums.of(z)).shape[1] * ROWS_PER_FEATURE <= n:
            yield sums, made
    landmarks = z[evenly(z, LANDMARKS)]
    round_ones = (Bumps(landmarks, np.eye(d) / (width * width * d)) for width in WIDTHS)
    yield from ((bumps, bumps.of(z)) for bumps in round_ones)


def _turned(
    target: Vector, z: Matrix, fits: Sequence[tuple[Features, Ridge]]
) -> Iterator[tuple[Features, Ridge]]:
    """Fit by metrics that the slopes of the better of round fits make of it in turn."""
    bumps, fit = min(fits, key=lambda one: one[1].error)
    assert isinstance(bumps, Bumps)  # as the last that need no target are
    landmarks, d, size = bumps.landmarks, z.shape[1], float(np.trace(bumps.metric))
    for _ in range(TURNS):
        slopes = bumps.slopes(z, fit.weights)
        outer = slopes.T @ slopes
        if not (total := float(np.trace(outer))) > 0.0:
            return
        bumps = Bumps(landmarks, outer * (size / total) + BLUNT * size / d * np.eye(d))
        fit = ridge(bumps.of(z), target)
        yield bumps, fit


def _on_line(column: Vector, width: float) -> tuple[Matrix, Matrix]:
    """Landmarks on one column, and the metric of a width."""
    points = column[:, None]
    return points[evenly(points, LANDMARKS_ON_A_LINE)], np.eye(1) / width**2
