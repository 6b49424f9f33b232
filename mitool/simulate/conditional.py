"""Three variables: chains, forks, colliders, and a series that drives another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import (
    Distribution,
    Sample,
    check_between,
    check_positive,
    column,
)
from mitool.simulate.gaussian import Covariance
from mitool.simulate.quadrature import (
    PER_SD,
    REACH,
    even_grid,
    gauss_legendre,
    grid_information,
    normal_density,
)
from mitool.variables import Kind, Matrix, Vector


@dataclass(frozen=True)
class GaussianFork(Covariance):
    """x and y both depend on z, and on one another by the partial correlation.

    A chain x - z - y is the same law, so without a partial correlation I(X;Y|Z) = 0.
    """

    rho_x: float = field(default=0.8, metadata={"help": "correlation of x and z"})
    rho_y: float = field(default=0.8, metadata={"help": "correlation of y and z"})
    partial: float = field(default=0.0, metadata={"help": "correlation of x and y given z"})

    def __post_init__(self) -> None:
        for name in ("rho_x", "rho_y", "partial"):
            check_between(name, getattr(self, name), -1.0, 1.0)

    @property
    def dims(self) -> tuple[int, int, int]:
        """One column each."""
        return 1, 1, 1

    def covariance(self) -> Matrix:
        """Give the correlation matrix of x, y and z."""
        a, b = self.rho_x, self.rho_y
        both = a * b + self.partial * float(np.sqrt((1.0 - a * a) * (1.0 - b * b)))
        return np.array([[1.0, both, a], [both, 1.0, b], [a, b, 1.0]])


@dataclass(frozen=True)
class Collider(Covariance):
    """x and y independent, z their sum and noise: dependent only given z."""

    noise: float = field(default=0.5, metadata={"help": "sd of the noise in z"})

    def __post_init__(self) -> None:
        check_positive("noise", self.noise)

    @property
    def dims(self) -> tuple[int, int, int]:
        """One column each."""
        return 1, 1, 1

    def covariance(self) -> Matrix:
        """Give the covariance of x, y and z."""
        return np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [1.0, 1.0, 2.0 + self.noise**2]])


@dataclass(frozen=True)
class CosineFork(Distribution):
    """x and y both cos(2z) + noise, z normal: I(X;Y|Z) = 0 behind a strong nonlinear link.

    I(X;Y) by Gauss-Legendre over z and a grid of x and y, to 1e-8.
    """

    noise: float = field(default=0.5, metadata={"help": "sd of the noise in x and in y"})

    def __post_init__(self) -> None:
        check_positive("noise", self.noise)

    @property
    def mi(self) -> float:
        """Quadrature."""
        z, weights = gauss_legendre(np.linspace(0.0, REACH, 12).tolist(), 20)
        return common_cause(np.cos(2.0 * z), 2.0 * weights * normal_density(z), self.noise)

    @property
    def cmi(self) -> float | None:
        """By construction."""
        return 0.0

    @property
    def kinds_z(self) -> tuple[Kind, ...]:
        """A number."""
        return ("continuous",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        z, a, b = rng.standard_normal((3, n, 1))
        return Sample(np.cos(2.0 * z) + self.noise * a, np.cos(2.0 * z) + self.noise * b, z)


@dataclass(frozen=True)
class LabelFork(Distribution):
    """z a label, x and y normal around its number: I(X;Y|Z) = 0 within the groups.

    I(X;Y) on a grid of x and y, to 1e-8.
    """

    n_levels: int = field(default=3, metadata={"help": "how many labels"})
    separation: float = field(default=2.0, metadata={"help": "distance of the means, in sds"})

    def __post_init__(self) -> None:
        check_at_least("n_levels", self.n_levels, 1)

    @property
    def mi(self) -> float:
        """Quadrature."""
        means = self.separation * np.arange(self.n_levels)
        return common_cause(means, np.full(self.n_levels, 1.0 / self.n_levels), 1.0)

    @property
    def cmi(self) -> float | None:
        """By construction."""
        return 0.0

    @property
    def kinds_z(self) -> tuple[Kind, ...]:
        """A label."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        z = column(rng.integers(self.n_levels, size=n))
        a, b = rng.standard_normal((2, n, 1))
        return Sample(self.separation * z + a, self.separation * z + b, z)


def common_cause(means: NDArray[Any], weights: Vector, sd: float) -> float:
    """Give I(X;Y) of two columns normal around the same random mean."""
    low, high = float(means.min()) - REACH * sd, float(means.max()) + REACH * sd
    grid, step = even_grid(low, high, sd / PER_SD)
    parts = normal_density((grid[:, None] - means) / sd)
    return grid_information((parts * weights) @ parts.T, step, step)
