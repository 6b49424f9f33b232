"""Numerical integrals behind the truths that have no closed form."""

from __future__ import annotations

from collections.abc import Sequence
from math import log, pi

import numpy as np

from mitool.variables import Matrix, Vector

REACH = 8.5  # sds of a Gaussian that a grid covers
PER_SD = 6.0  # grid points in one sd
NORMAL_ENTROPY = 0.5 * log(2.0 * pi) + 0.5  # of the standard normal, in nats


def normal_density(x: Vector) -> Vector:
    """Give the density of the standard normal."""
    density: Vector = np.exp(-0.5 * x * x) / np.sqrt(2.0 * pi)
    return density


def gauss_legendre(edges: Sequence[float], n_nodes: int) -> tuple[Vector, Vector]:
    """Give nodes and weights of ``n_nodes`` points on each piece between ``edges``."""
    node, weight = np.polynomial.legendre.leggauss(n_nodes)
    low, high = np.asarray(edges[:-1])[:, None], np.asarray(edges[1:])[:, None]
    nodes = 0.5 * (high - low) * node + 0.5 * (high + low)
    return nodes.ravel(), (0.5 * (high - low) * weight).ravel()


def even_grid(low: float, high: float, step: float) -> tuple[Vector, float]:
    """Give a grid of at most the step asked for, and its step.

    The trapezoid rule on it is exact to rounding for Gaussian-smooth densities whose narrowest
    width is several steps and whose tails are within.
    """
    n_points = int(np.ceil((high - low) / step)) + 1
    grid = np.linspace(low, high, n_points)
    return grid, float(grid[1] - grid[0])


def sum_p_log_p(p: Vector | Matrix) -> float:
    """Give the sum of p log p, with 0 log 0 = 0."""
    positive = p[p > 0.0]
    return float(positive @ np.log(positive))


def grid_entropy(density: Vector, step: float) -> float:
    """Give the differential entropy of a density on an even grid that covers its tails."""
    return -sum_p_log_p(density) * step


def grid_information(density: Matrix, step_x: float, step_y: float) -> float:
    """Give the mutual information of a joint density on an even grid that covers its tails."""
    joint = density * (step_x * step_y)
    joint = joint / joint.sum()
    return table_information(joint)


def table_information(joint: Matrix) -> float:
    """Give the mutual information of a table of probabilities, by enumeration."""
    rows, columns = joint.sum(axis=1), joint.sum(axis=0)
    return sum_p_log_p(joint) - sum_p_log_p(rows) - sum_p_log_p(columns)
