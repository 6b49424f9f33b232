"""Families of one column with one column: each gives a distribution drawn at random.

Vectors are made of independent pairs in ``studies.mist_families``.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import stats

from mitool import simulate
from mitool.simulate.quadrature import gauss_legendre, table_information
from studies.mist_truths import Case, channel

LARGE = (np.arange(40_000) + 0.5) / 40_000


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def column(values: np.ndarray) -> np.ndarray:
    return np.asarray(values, dtype=float).reshape(-1, 1)


@cache
def simulated(name: str, **params: float) -> Case:
    """A distribution of ``mitool.simulate``."""
    made = simulate.create(name, params)

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        sample = made.sample(n, rng)
        return sample.x, sample.y

    return Case(draw, made.mi)


def through(ppf, function, noise) -> Case:
    """x by its quantiles, and y a function of it beside noise."""

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = ppf(rng.random(n))
        return column(x), column(function(x) + noise.rvs(size=n, random_state=rng))

    return Case(draw, channel(function(ppf(LARGE)), noise))


def noises(rng: np.random.Generator, scale: float):
    """Noise of some shape and about this standard deviation."""
    kinds = (
        stats.norm(scale=scale),
        stats.laplace(scale=scale / 1.4),
        stats.uniform(-1.7 * scale, 3.4 * scale),
        stats.logistic(scale=scale / 1.8),
        stats.gamma(2, scale=scale / 1.4),
        stats.t(3, scale=scale / 1.7),
    )
    return kinds[rng.integers(len(kinds))]


INPUTS = (stats.norm.ppf, lambda u: 3.4 * u - 1.7, stats.expon.ppf, stats.laplace.ppf)


def additive(rng: np.random.Generator) -> Case:
    """A straight line beside noise that need not be Gaussian."""
    ppf = INPUTS[rng.integers(len(INPUTS))]
    return through(ppf, lambda x: x, noises(rng, log_uniform(rng, 0.08, 4.0)))


def curved(rng: np.random.Generator) -> Case:
    """A curve that is neither straight nor periodic, beside noise."""
    a, b = rng.normal(size=2)
    curves = (
        lambda x: (x - 0.3 * b) ** 2 / 1.4,
        lambda x: np.abs(x - 0.5 * b) * 1.5,
        lambda x: np.tanh(3.0 * (x - 0.3 * b)),
        lambda x: np.floor(2.0 * x + a),
        lambda x: 2.5 * np.exp(-4.0 * (x - 0.5 * b) ** 2),
        lambda x: x**3 / 3.9 - 0.5 * abs(a) * x,
        lambda x: np.maximum(x - 0.3 * b, 0.0) * 1.5,
        lambda x: np.where(x > 0.5 * b, x, 0.3 * a),
    )
    ppf = INPUTS[rng.integers(2)]
    return through(ppf, curves[rng.integers(len(curves))], noises(rng, log_uniform(rng, 0.05, 2.0)))


def cells(rng: np.random.Generator) -> Case:
    """Blocks of even density, two to five a side."""
    shape = rng.integers(2, 6, size=2)
    weights = rng.gamma(log_uniform(rng, 0.1, 3.0), size=shape) + 1e-9
    table = weights / weights.sum()

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        i, j = np.unravel_index(rng.choice(table.size, n, p=table.ravel()), table.shape)
        return column(i + rng.random(n)), column(j + rng.random(n))

    return Case(draw, max(0.0, table_information(table)))


def plackett(rng: np.random.Generator) -> Case:
    """A copula of one odds ratio, whose margins are uniform."""
    theta = log_uniform(rng, 1.2, 200.0)
    u, w = gauss_legendre([0.0, 0.02, 0.1, 0.5, 0.9, 0.98, 1.0], 40)
    a, b = np.meshgrid(u, u)
    root = (1.0 + (theta - 1.0) * (a + b)) ** 2 - 4.0 * theta * (theta - 1.0) * a * b
    density = theta * (1.0 + (theta - 1.0) * (a + b - 2.0 * a * b)) / root**1.5
    mi = float(w @ (density * np.log(density)) @ w)

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        u, t = rng.random((2, n))
        s = t * (1.0 - t)
        c = 2.0 * s * (u * theta**2 + 1.0 - u) + theta * (1.0 - 2.0 * s)
        d = theta**0.5 * np.sqrt(theta + 4.0 * s * u * (1.0 - u) * (1.0 - theta) ** 2)
        v = (c - (1.0 - 2.0 * t) * d) / (2.0 * (theta + s * (theta - 1.0) ** 2))
        return column(u), column(v)

    return Case(draw, mi)


def frank(rng: np.random.Generator) -> Case:
    return simulated("frank", theta=log_uniform(rng, 0.8, 25.0))


def gumbel(rng: np.random.Generator) -> Case:
    return simulated("gumbel", theta=1.0 + log_uniform(rng, 0.1, 8.0))


def crossed(rng: np.random.Generator) -> Case:
    return simulated("x-shape", rho=1.0 - log_uniform(rng, 0.003, 0.5))


def products(rng: np.random.Generator) -> Case:
    """Where the spread of y follows x: the product with noise, and a rate."""
    if rng.random() < 0.4:
        return simulated("product-noise")
    return simulated("gamma-exponential", shape=log_uniform(rng, 0.3, 5.0))


PAIRS = {
    "additive": additive,
    "cells": cells,
    "crossed": crossed,
    "curved": curved,
    "frank": frank,
    "gumbel": gumbel,
    "plackett": plackett,
    "products": products,
}
