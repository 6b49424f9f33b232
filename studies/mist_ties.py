"""Families of one column with one column whose values repeat."""

from __future__ import annotations

import numpy as np
from scipy import stats

from mitool.simulate.quadrature import table_information
from studies.mist_pairs import column, log_uniform, simulated
from studies.mist_truths import Case


def recorded(rng: np.random.Generator) -> Case:
    """What repeats: rounded, censored, counted, and partly of atoms."""
    kind = rng.integers(5)
    rho = rng.uniform(-0.95, 0.95)
    if kind == 0:
        grids = np.where(rng.random(2) < 0.3, 0.0, np.exp(rng.uniform(-2.3, 0.4, size=2)))
        return simulated("rounded", rho=rho, grid_x=float(grids[0]), grid_y=float(grids[1]))
    if kind == 1:
        return simulated("censored", rho=rho, limit=rng.uniform(-1.5, 1.0))
    if kind == 2:
        return simulated("gaussian-atoms", rho=rho, flip=rng.uniform(0.05, 0.5))
    if kind == 3:
        return simulated("uniform-steps", n_levels=int(rng.integers(2, 12)))
    return simulated("zero-inflated-poisson", inflation=rng.uniform(0.0, 0.7))


def ordinal(rng: np.random.Generator) -> Case:
    """A normal pair of which one or both are seen as a few ordered levels."""
    rho = rng.choice([-1, 1]) * np.sqrt(-np.expm1(-2.0 * log_uniform(rng, 0.02, 2.0)))
    cuts = [np.sort(rng.normal(size=rng.integers(1, 7))) for _ in "xy"]
    only_y = rng.random() < 0.4
    places = np.linspace(-8.0, 8.0, 4001)
    edges = np.concatenate(([-np.inf], cuts[1], [np.inf]))
    below = stats.norm.cdf((edges - rho * places[:, None]) / np.sqrt(1.0 - rho * rho))
    joint = (
        np.diff(below, axis=1) * (stats.norm.pdf(places) / stats.norm.pdf(places).sum())[:, None]
    )
    if not only_y:
        level = np.searchsorted(cuts[0], places)
        joint = np.array([joint[level == k].sum(axis=0) for k in range(len(cuts[0]) + 1)])

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x, e = rng.normal(size=(2, n))
        y = np.searchsorted(cuts[1], rho * x + np.sqrt(1.0 - rho * rho) * e)
        return column(x if only_y else np.searchsorted(cuts[0], x)), column(y)

    return Case(draw, max(0.0, table_information(joint)))


TIES = {"ordinal": ordinal, "recorded": recorded}
