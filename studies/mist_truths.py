"""Mutual information of simulated tables by quadrature, or by the mean of exact log ratios."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.signal import fftconvolve

ERROR = 0.005
"""Standard error of a truth that is a mean, in nats."""
FEWEST, MOST = 3_000, 24_000

Draw = Callable[[int, np.random.Generator], tuple[np.ndarray, np.ndarray]]
"""Gives x (n, dx) and y (n, dy)."""


class Case(NamedTuple):
    """A distribution with its information, in nats."""

    draw: Draw
    mi: float


def log_sum(logs: np.ndarray, axis: int = 0) -> np.ndarray:
    """log Σ exp along an axis."""
    top = logs.max(axis=axis, keepdims=True)
    return np.log(np.exp(logs - top).sum(axis=axis)) + np.squeeze(top, axis)


def mean_of(log_ratios: Callable[[int], np.ndarray]) -> float:
    """The mean of log p(x, y) / p(x)p(y) over as many rows as its standard error takes."""
    found = log_ratios(FEWEST)
    wanted = int(min(MOST, (found.std() / ERROR) ** 2)) - FEWEST
    while wanted > 0:
        found = np.append(found, log_ratios(min(wanted, 8_000)))
        wanted -= 8_000
    return max(0.0, float(found.mean()))


def entropy_beside(values: np.ndarray, noise) -> float:
    """Differential entropy of a sample's distribution, convolved with a continuous noise.

    Exact up to the grid of a fortieth of the noise's width and to the sample.
    """
    low, high = noise.ppf([1e-6, 1.0 - 1e-6])
    step = min((noise.ppf(0.75) - noise.ppf(0.25)) / 30.0, (high - low) / 100.0)
    step = max(step, (np.ptp(values) + high - low) / 200_000.0)
    edges = np.arange(values.min() - step, values.max() + 2.0 * step, step)
    share = np.histogram(values, edges)[0] / len(values)
    grid = np.arange(np.floor(low / step), np.ceil(high / step) + 1.0) * step
    cells = np.diff(noise.cdf(np.append(grid - 0.5 * step, grid[-1] + 0.5 * step)))
    mass = np.maximum(fftconvolve(share, cells), 0.0)
    mass = mass[mass > 1e-14]
    return float(-(mass @ np.log(mass))) + np.log(step)


def channel(values: np.ndarray, noise) -> float:
    """I(f(x); f(x) + noise) from a large sample of f(x)."""
    return max(0.0, entropy_beside(values, noise) - float(noise.entropy()))


def gaussian(covariance: np.ndarray, n_x: int) -> float:
    """Closed form, of the covariance of the columns of x, which come first, and of y."""
    parts = covariance[:n_x, :n_x], covariance[n_x:, n_x:], covariance
    x, y, both = (float(np.linalg.slogdet(part)[1]) for part in parts)
    return max(0.0, 0.5 * (x + y - both))
