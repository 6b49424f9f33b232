"""What a smooth function of some columns leaves of another, by the best of several smoothers.

Each is judged by the errors at rows it has not seen: powers of degree 1 to 3, sums of functions of
one column each, and a Gaussian process whose metric follows the slopes of its own fit (the average
gradient outer product: Radhakrishnan et al. 2024, doi:10.1126/science.adi5639), so that columns and
directions that do not matter cost no rows. Chosen by a study (studies/conditional.md).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mitool.kernels.smooth.features import Bumps, Features, Powers, Sums
from mitool.kernels.smooth.ridge import Ridge, ridge
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


def smooth(target: Vector, z: Matrix) -> Smooth:
    """Take off a target (n,) what columns z (n, d) explain, both of variance 1 or about.

    Where they explain nothing, its mean is taken off.
    """
    few = evenly(z, CHOOSING)
    best, error = None, _error_of_mean(target[few])
    for features, fit in _fits(target[few], z[few]):
        if fit.error < error:
            best, error = features, fit.error
    if best is None:
        return Smooth(target - target.mean(), error)
    return _left(best, target, z)


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


def _fits(target: Vector, z: Matrix) -> Iterator[tuple[Features, Ridge]]:
    """Fit every smoother that the rows allow."""
    n, d = z.shape
    for powers in map(Powers, DEGREES):
        if powers.n_features(d) * ROWS_PER_FEATURE <= n:
            yield powers, ridge(powers.of(z), target)
    if d == 1:
        lines = (Bumps(*_on_line(z[:, 0], width)) for width in WIDTHS_ON_A_LINE)
        yield from ((bumps, ridge(bumps.of(z), target)) for bumps in lines)
        return
    for width in WIDTHS_IN_SUMS:
        sums = Sums([Bumps(*_on_line(column, width)) for column in z.T])
        if (made := sums.of(z)).shape[1] * ROWS_PER_FEATURE <= n:
            yield sums, ridge(made, target)
    yield from _turned(target, z)


def _turned(target: Vector, z: Matrix) -> Iterator[tuple[Features, Ridge]]:
    """Fit by round metrics, and by those that the slopes of the better fit make of it in turn."""
    landmarks, d = z[evenly(z, LANDMARKS)], z.shape[1]
    round_ones = (Bumps(landmarks, np.eye(d) / (width * width * d)) for width in WIDTHS)
    fits = [(bumps, ridge(bumps.of(z), target)) for bumps in round_ones]
    yield from fits
    bumps, fit = min(fits, key=lambda one: one[1].error)
    size = float(np.trace(bumps.metric))
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
