"""Nemenman, Shafee & Bialek (2002), arXiv:physics/0108025: entropy under a mixture of Dirichlets.

The prior over the concentration a is the one that makes the expected entropy uniform on
(0, log K). All sums run over distinct counts, and the integral over log a is a trapezoid rule on
the stretch where the posterior is: it falls to nothing at both ends, where that rule is exact.

Concentrations run from ``LOWEST`` / K, below which the expected entropy is under 2e-6 nats in a
table of any size, to ``HIGHEST``, above which it is within 1 / (2 ``HIGHEST``) = 5e-5 nats of
log K: by so much at most the entropy of a table more even than chance comes out too low.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
from scipy.special import gammaln, psi, zeta

from mitool.kernels.counts.profiles import Profile
from mitool.variables import Vector

LOWEST, HIGHEST = 1e-6, 1e4
COARSE, FINE = 24, 40
NEGLIGIBLE = 32.0  # e to the minus this
HUGE = 1e7
"""Below it two log gammas differ by what they are apart to 1e-7; above it by Stirling's series."""
STIRLING = 10.0
"""From here on the series of Stirling is exact to 1e-12 with three terms."""


def mean(p: Profile) -> float:
    """Give the posterior mean entropy of counts over ``p.n_levels`` cells."""
    if p.n_levels < 2:
        return 0.0
    a, log_density = _grid(p)
    return float(_weights(log_density) @ _means(a, p))


def deviation(p: Profile) -> float:
    """Give the posterior standard deviation of the entropy."""
    if p.n_levels < 2:
        return 0.0
    a, log_density = _grid(p)
    weight = _weights(log_density)
    variance = float(weight @ _squares(a, p)) - float(weight @ _means(a, p)) ** 2
    return sqrt(max(variance, 0.0))


def without_one(p: Profile) -> Vector:
    """Give the mean entropy without one row of a cell, for each distinct count of ``p``."""
    if p.n_levels < 2:
        return np.zeros(len(p.sizes))
    a, log_density = _grid(p)
    cells, left = p.sizes + a[:, None] - 1.0, p.n + p.n_levels * a - 1.0
    weight = _weights(log_density[:, None] + np.log(left)[:, None] - np.log(cells))
    lost = (cells + 1.0) * psi(cells + 2.0) - cells * psi(cells + 1.0)
    means = psi(left + 1.0)[:, None] - (_log_sum(a, p)[:, None] - lost) / left[:, None]
    averaged: Vector = np.einsum("ij,ij->j", weight, means)
    return averaged


def _grid(p: Profile) -> tuple[Vector, Vector]:
    """Give the concentrations where the posterior is, and its log density there."""
    low, high = log(LOWEST) - log(p.n_levels), log(HIGHEST)
    while True:
        coarse = np.linspace(low, high, COARSE)
        density = _log_density(np.exp(coarse), p)
        there = np.flatnonzero(density > density.max() - NEGLIGIBLE)
        first, last = max(there[0] - 1, 0), min(there[-1] + 1, COARSE - 1)
        low, high = coarse[first], coarse[last]
        if last - first > COARSE // 4:
            break
    a = np.exp(np.linspace(low, high, FINE))
    return a, _log_density(a, p)


def _weights(log_density: Vector) -> Vector:
    """Turn log densities on the grid (first axis) into weights of the trapezoid rule."""
    weight = np.exp(log_density - log_density.max(axis=0))
    weight[[0, -1]] *= 0.5
    normalised: Vector = weight / weight.sum(axis=0)
    return normalised


def _log_sum(a: Vector, p: Profile) -> Vector:
    """Sum of (count + a) psi(count + a + 1) over all cells, for each a."""
    cells = p.sizes + a[:, None]
    seen: Vector = (cells * psi(cells + 1.0)) @ p.times
    return seen + (p.n_levels - p.n_seen) * a * psi(a + 1.0)


def _log_density(a: Vector, p: Profile) -> Vector:
    """Log posterior density of log a, up to a constant, shape of a."""
    k = p.n_levels
    slope = k * trigamma(k * a + 1.0) - trigamma(a + 1.0)
    evidence = (gammaln(p.sizes + a[:, None]) - gammaln(a)[:, None]) @ p.times
    evidence -= _log_rising(k * a, p.n)
    log_density: Vector = evidence + np.log(np.abs(slope)) + np.log(a)
    return log_density


def _log_rising(x: Vector, n: float) -> Vector:
    """Give log Γ(x + n) - log Γ(x) for ascending x, whose digits do not cancel if x is huge."""
    if x[-1] < HUGE:
        plain: Vector = gammaln(x + n) - gammaln(x)
        return plain
    rise, small = np.empty(len(x)), x < STIRLING
    rise[small] = gammaln(x[small] + n) - gammaln(x[small])
    x = x[~small]
    whole = (x - 0.5) * np.log1p(n / x) + n * (np.log(x + n) - 1.0)
    rise[~small] = whole + _stirling(x + n) - _stirling(x)
    return rise


def _stirling(z: Vector) -> Vector:
    """What the logarithm of the gamma function adds to Stirling's formula."""
    square = 1.0 / (z * z)
    rest: Vector = (1.0 / 12.0 - square * (1.0 / 360.0 - square / 1260.0)) / z
    return rest


def _means(a: Vector, p: Profile) -> Vector:
    """Mean of H given each a: Wolpert & Wolf (1995), doi:10.1103/PhysRevE.52.6841."""
    total = p.n + p.n_levels * a
    means: Vector = psi(total + 1.0) - _log_sum(a, p) / total
    return means


def _squares(a: Vector, p: Profile) -> Vector:
    """Mean of H² given each a, by the same paper."""
    sizes, times = np.append(p.sizes, 0.0), np.append(p.times, p.n_levels - p.n_seen)
    cells = sizes + a[:, None]
    total = p.n + p.n_levels * a
    shifted = psi(cells + 1.0) - psi(total + 2.0)[:, None]
    linear, tail = cells * shifted, trigamma(total + 2.0)
    pairs = (linear @ times) ** 2 - linear**2 @ times
    pairs -= tail * (total**2 - cells**2 @ times)
    twice = (shifted + 1.0 / (cells + 1.0)) ** 2 + trigamma(cells + 2.0) - tail[:, None]
    squares: Vector = (pairs + (cells * (cells + 1.0) * twice) @ times) / (total * (total + 1.0))
    return squares


def trigamma(x: Vector) -> Vector:
    """The derivative of psi."""
    values: Vector = zeta(2.0, x)
    return values
