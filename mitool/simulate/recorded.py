"""Gaussian pairs as instruments record them: rounded to a grid, or cut at a limit."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np
from scipy.special import ndtr

from mitool.errors import UsageError
from mitool.simulate.base import Distribution, Sample, check_between
from mitool.simulate.mixtures import pair_of_normals
from mitool.simulate.quadrature import REACH, gauss_legendre, normal_density, table_information
from mitool.variables import Kind, Matrix, Vector

FINEST = 0.02  # the smallest grid whose cells are still summed in a moment


@dataclass(frozen=True)
class Rounded(Distribution):
    """A Gaussian pair rounded to multiples of ``grid_x`` and ``grid_y`` (0: not rounded).

    Sum over the cells, their probabilities by Gauss-Legendre in x, to 1e-9.
    """

    rho: float = field(default=0.6, metadata={"help": "correlation"})
    grid_x: float = field(default=0.1, metadata={"help": f"step of x: 0, or {FINEST} and above"})
    grid_y: float = field(default=0.1, metadata={"help": f"step of y: 0, or {FINEST} and above"})

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)
        for name, grid in (("grid_x", self.grid_x), ("grid_y", self.grid_y)):
            if grid != 0.0 and not grid >= FINEST:
                raise UsageError(f"{name} must be 0 or at least {FINEST}, got {grid}")

    @property
    def mi(self) -> float:
        """Sum over cells, or closed form where nothing is rounded."""
        if not self.grid_x and not self.grid_y:
            return -0.5 * log(1.0 - self.rho**2)
        coarse, fine = max(self.grid_x, self.grid_y), min(self.grid_x, self.grid_y)
        joint = cell_probabilities(self.rho, fine, coarse)
        return table_information(joint / joint.sum())

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """Mixed if rounded: numbers that repeat."""
        return ("mixed" if self.grid_x else "continuous",)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """Mixed if rounded: numbers that repeat."""
        return ("mixed" if self.grid_y else "continuous",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y = pair_of_normals(n, self.rho, rng)
        return Sample(rounded(x, self.grid_x), rounded(y, self.grid_y))


def rounded(values: Matrix, grid: float) -> Matrix:
    """Round to multiples of ``grid``, or leave as they are if it is 0; no negative zeros."""
    return np.asarray(grid * np.round(values / grid) + 0.0) if grid else values


def cell_edges(grid: float) -> Vector:
    """Give the edges of the rounding cells that a standard normal reaches."""
    last = int(np.ceil(REACH / grid))
    return grid * (np.arange(-last, last + 2, dtype=np.float64) - 0.5)


def cell_probabilities(rho: float, grid_x: float, grid_y: float) -> Matrix:
    """Give the probability of each rounding cell; with ``grid_x`` 0, of each quadrature node."""
    sd = float(np.sqrt(1.0 - rho**2))
    step = min(grid_x or sd, 0.5 * sd)
    n_pieces = int(np.ceil(grid_x / step)) if grid_x else 1
    edges = cell_edges(grid_x) if grid_x else np.arange(-REACH, REACH + step, step)
    fine = np.linspace(edges[:-1], edges[1:], n_pieces, endpoint=False, axis=1).ravel()
    x, weights = gauss_legendre([*fine, edges[-1]], 8)
    above = ndtr((cell_edges(grid_y)[None, :] - rho * x[:, None]) / sd)
    nodes = (weights * normal_density(x))[:, None] * np.diff(above, axis=1)
    return nodes.reshape(len(edges) - 1, -1, nodes.shape[1]).sum(axis=1) if grid_x else nodes


@dataclass(frozen=True)
class Censored(Distribution):
    """A Gaussian pair of which all below ``limit`` is recorded as the limit.

    An atom, two lines and a quadrant, by Gauss-Legendre, to 1e-8 up to a correlation of 0.95.
    """

    rho: float = field(default=0.6, metadata={"help": "correlation"})
    limit: float = field(default=0.0, metadata={"help": "limit of detection, in sds"})

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)
        check_between("limit", self.limit, -5.0, 5.0)

    @property
    def mi(self) -> float:
        """Quadrature."""
        sd = float(np.sqrt(1.0 - self.rho**2))
        atom = float(ndtr(self.limit))
        low, w_low = gauss_legendre(np.linspace(-REACH, self.limit, 41).tolist(), 10)
        high, w_high = gauss_legendre(np.linspace(self.limit, REACH, 41).tolist(), 10)
        both = float(np.sum(w_low * normal_density(low) * ndtr((self.limit - self.rho * low) / sd)))
        below = ndtr((self.limit - self.rho * high) / sd)
        weights = w_high * normal_density(high)
        line = float(np.sum(weights * below * np.log(np.maximum(below, 1e-300) / atom)))
        x, y = high[:, None], high[None, :]
        ratio = normal_density((y - self.rho * x) / sd) / (sd * normal_density(y))
        information = ratio * np.log(np.maximum(ratio, 1e-300))
        corner = both * log(both / atom**2)
        return corner + 2.0 * line + float(weights @ information @ weights)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """An atom at the limit."""
        return ("mixed",)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """An atom at the limit."""
        return ("mixed",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y = pair_of_normals(n, self.rho, rng)
        return Sample(np.maximum(x, self.limit), np.maximum(y, self.limit))
