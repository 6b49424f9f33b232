"""The 47 pairs of ``studies.edges``, sealed before its rule was chosen on 72 others.

Regions with straight and bent edges, tables of cells, kinks, jumps, ridges, spreads, mixtures, sums
and what is smooth. Truths are closed forms, numerical integrals, or means over 400,000 draws.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log, pi
from typing import Any

import numpy as np
from scipy import stats

from mitool.simulate import parse
from studies.sealed import Case, cells, channel, counted, independent, mixed_normals, plackett

NORMAL, LAPLACE, STUDENT = stats.norm, stats.laplace, stats.t
FINE, MARGIN = 3000, 1500  # nodes a side of a region, and bars of its margins


def uniform(low: float = 0.0, high: float = 1.0) -> Callable:
    return lambda u: low + (high - low) * u


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return points @ np.array([[c, s], [-s, c]])


def region(inside: Callable, box: tuple[float, ...], degrees: float = 0.0) -> Case:
    """Uniform where ``inside`` is true, then turned; I = H(X) + H(Y) - log of the area."""

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        found = np.empty((0, 2))
        while len(found) < n:
            points = np.c_[rng.uniform(*box[:2], 4 * n), rng.uniform(*box[2:], 4 * n)]
            found = np.concatenate([found, points[inside(*points.T)]])
        x, y = turned(found[:n], degrees).T
        return x, y

    def truth() -> float:
        steps = (box[1] - box[0]) / FINE, (box[3] - box[2]) / FINE
        places = (
            (np.arange(FINE) + 0.5) * steps[0] + box[0],
            np.arange(FINE) * steps[1] + (box[2] + 0.5 * steps[1]),
        )
        x, y = np.meshgrid(*places, indexing="ij")
        holds = inside(x, y)
        information = -log(holds.sum() * steps[0] * steps[1])
        for side in turned(np.c_[x[holds], y[holds]], degrees).T:
            density, ends = np.histogram(side, MARGIN, density=True)
            density = density[density > 0]
            information -= float(np.sum(density * np.log(density)) * (ends[1] - ends[0]))
        return information

    return Case(draw, truth)


def spread(quantile: Callable, curve: Callable, scale: Callable, noise: Any) -> Case:
    """y = curve(x) + scale(x) noise."""

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = quantile(rng.random(n))
        return x, curve(x) + scale(x) * noise.rvs(n, random_state=rng)

    def truth() -> float:
        x = quantile((np.arange(2000) + 0.5) / 2000)
        center, width = curve(x), scale(x)
        error = noise.ppf((np.arange(200) + 0.5) / 200)
        y = (center[:, None] + width[:, None] * error).ravel()
        grid = np.unique(np.quantile(y, np.linspace(0, 1, 4000)))
        density = np.array([(noise.pdf((at - center) / width) / width).mean() for at in grid])
        own = noise.logpdf(error)[None, :] - np.log(width)[:, None]
        return float(own.mean() - np.interp(y, grid, np.log(density)).mean())

    return Case(draw, truth)


def clouds(seed: int, n_clouds: int, far: float = 1.5) -> Case:
    """Normal clouds at random places, of random sizes and shapes."""
    rng = np.random.default_rng(seed)
    means = rng.normal(size=(n_clouds, 2)) * far
    roots = [rng.normal(size=(2, 2)) * rng.uniform(0.1, 0.8) for _ in range(n_clouds)]
    shapes = [root @ root.T + 0.02 * np.eye(2) for root in roots]
    return mixed_normals(list(rng.uniform(0.3, 1, n_clouds)), shapes, means, 1)


def shipped(label: str) -> Case:
    distribution = parse(label)

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        sample = distribution.sample(n, rng)
        return sample.x[:, 0], sample.y[:, 0]

    return Case(draw, lambda: distribution.mi)


def line(x: Any, noise: Any) -> Case:
    return channel(x.ppf, lambda values: values, noise)


def in_pentagon(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    sides = 2 * pi * np.arange(5) / 5
    return np.max([np.cos(a) * x + np.sin(a) * y for a in sides], axis=0) < 0.8


def in_half_disk(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return (x * x + y * y < 1) & (y > 0)


SQUARE, UPPER = (-1.0, 1.0, -1.0, 1.0), (-1.0, 1.0, 0.0, 1.0)
REGIONS = {
    "rectangle-30": region(lambda x, y: (abs(x) < 1) & (abs(y) < 0.5), (-1, 1, -0.5, 0.5), 30),
    "half-disk": region(in_half_disk, UPPER),
    "half-disk-45": region(in_half_disk, UPPER, 45),
    "ellipse-35": region(lambda x, y: x * x + 4 * y * y < 1, (-1, 1, -0.5, 0.5), 35),
    "trapezoid": region(lambda x, y: abs(x) < 1.2 - y, (-1.2, 1.2, 0, 1)),
    "crescent": region(lambda x, y: (x * x + y * y < 1) & ((x - 0.5) ** 2 + y * y > 0.8), SQUARE),
    "pentagon": region(in_pentagon, SQUARE, 10),
    "frame-45": region(lambda x, y: np.maximum(abs(x), abs(y)) > 0.6, SQUARE, 45),
}
TABLES = {
    "checker-3x4": cells([[1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]),
    "checker-5": cells((np.indices((5, 5)).sum(0) % 2 == 0).astype(float).tolist()),
    "ex-cells": cells([[1, 0, 1], [0, 2, 0], [1, 0, 1]]),
    "holes": cells([[1, 1, 1], [1, 0, 1], [1, 1, 1]]),
    "diagonal-5": cells((np.eye(5) + 0.1).tolist()),
}
CURVES = {
    "leaky-hinge-t2": channel(
        NORMAL.ppf, lambda x: np.where(x > 0, x, 0.2 * x), STUDENT(2, scale=0.1)
    ),
    "hinge-cauchy": channel(NORMAL.ppf, lambda x: np.maximum(x, 0), STUDENT(1, scale=0.05)),
    "hinge-uniform-t2": channel(uniform(-1, 1), lambda x: np.maximum(x, 0), STUDENT(2, scale=0.05)),
    "plateau-t2": channel(NORMAL.ppf, lambda x: np.clip(x, -0.5, 0.5), STUDENT(2, scale=0.1)),
    "root-laplace": channel(uniform(), np.sqrt, LAPLACE(scale=0.05)),
    "tent": channel(uniform(), lambda x: 1 - np.abs(2 * x - 1), NORMAL(scale=0.15)),
    "teeth-3": channel(uniform(), lambda x: (3 * x) % 1, NORMAL(scale=0.15)),
    "square-wave": channel(uniform(), lambda x: np.sign(np.sin(4 * pi * x)), NORMAL(scale=0.4)),
    "steps-4-t3": channel(uniform(0, 4), np.floor, STUDENT(3, scale=0.2)),
    "jump-line": channel(NORMAL.ppf, lambda x: x + 2 * (x > 0.5), NORMAL(scale=0.4)),
    "cosine": channel(uniform(0, 2 * pi), np.cos, NORMAL(scale=0.3)),
    "log-line": channel(stats.expon().ppf, np.log, NORMAL(scale=0.6)),
    "line-uniform": line(NORMAL, stats.uniform(-0.5, 1)),
}
SPREADS = {
    "spread-bow": spread(uniform(-1, 1), np.square, lambda x: 0.05 + 0.3 * np.abs(x), NORMAL()),
    "spread-steps": spread(
        uniform(), np.zeros_like, lambda x: np.where(x < 0.3, 0.2, 1.0), LAPLACE()
    ),
    "spread-t": spread(NORMAL.ppf, lambda x: x, lambda x: np.exp(0.6 * x), STUDENT(4)),
}
MIXED = {
    "mix-a": clouds(201, 3),
    "mix-b": clouds(202, 4),
    "mix-c": clouds(203, 6, 2.0),
    "mix-d": clouds(204, 2),
    "scales-3": mixed_normals(
        [0.6, 0.3, 0.1], [np.eye(2), 9 * np.eye(2), 0.01 * np.eye(2)], np.zeros((3, 2)), 1
    ),
}
SMOOTH = {
    "sum-t15": line(STUDENT(1.5), STUDENT(1.5, scale=0.4)),
    "sum-lap-norm": line(LAPLACE(), NORMAL(scale=0.5)),
    "sum-exp": line(stats.expon(), stats.expon(scale=0.4)),
    "student-3": shipped("student:dof=3,rho=0.6"),
    "g-45": shipped("gaussian:rho=0.45"),
    "g-8": shipped("gaussian:rho=0.8"),
    "lognormal": shipped("lognormal:rho=0.5"),
    "rounded-.3": shipped("rounded:rho=0.75,grid_x=0.3,grid_y=0"),
    "plackett-15": plackett(15.0, STUDENT(3), NORMAL()),
    "plackett-.2": plackett(0.2, NORMAL(), stats.lognorm(1.0)),
    "none-t": independent(lambda n, r: r.standard_t(1, n), lambda n, r: r.random(n)),
    "none-bimodal": independent(
        lambda n, r: r.choice([-2.0, 2.0], n) + r.normal(size=n), lambda n, r: r.normal(size=n)
    ),
    "binomial": counted(stats.beta(2, 2), lambda x: stats.binom(20, x), 21),
}
CASES: dict[str, Case] = REGIONS | TABLES | CURVES | SPREADS | MIXED | SMOOTH
