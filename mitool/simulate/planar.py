"""Pairs that are a shape in the plane, and pairs whose scale depends: mostly by quadrature."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log, pi

import numpy as np
from scipy.special import digamma, i0e, k0

from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import (
    Distribution,
    Sample,
    check_between,
    check_positive,
    column,
)
from mitool.simulate.quadrature import (
    NORMAL_ENTROPY,
    PER_SD,
    REACH,
    even_grid,
    gauss_legendre,
    grid_entropy,
    grid_information,
    normal_density,
)
from mitool.variables import Vector


@dataclass(frozen=True)
class XShape(Distribution):
    """Half the rows have correlation rho, half -rho: an X, both margins normal.

    Quadrature of the joint density on a grid, to 1e-8.
    """

    rho: float = field(default=0.9, metadata={"help": "correlation of either stroke"})

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)

    @property
    def mi(self) -> float:
        """Quadrature."""
        width = float(np.sqrt(1.0 - self.rho**2))
        grid, step = even_grid(-REACH, REACH, width / PER_SD)
        x, y = grid[:, None], grid[None, :]
        strokes = normal_density((y - self.rho * x) / width)
        strokes += normal_density((y + self.rho * x) / width)
        return grid_information(normal_density(x) * strokes, step, step)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, noise = rng.standard_normal((2, n))
        slope = self.rho * rng.choice([-1.0, 1.0], n)
        return Sample(column(x), column(slope * x + np.sqrt(1.0 - self.rho**2) * noise))


@dataclass(frozen=True)
class Blobs(Distribution):
    """Round Gaussian clouds, one in each row and each column of a square of places.

    Quadrature of the joint density on a grid, to 1e-8.
    """

    n_blobs: int = field(default=4, metadata={"help": "how many clouds"})
    noise: float = field(default=0.3, metadata={"help": "sd of a cloud; the places are 1 apart"})

    def __post_init__(self) -> None:
        check_at_least("n_blobs", self.n_blobs, 1)
        check_positive("noise", self.noise)

    @property
    def places(self) -> Vector:
        """The place in y of each place in x: the odd ones, then the even ones."""
        return np.array([*range(1, self.n_blobs, 2), *range(0, self.n_blobs, 2)], dtype=float)

    @property
    def mi(self) -> float:
        """Quadrature."""
        reach = REACH * self.noise
        grid, step = even_grid(-reach, self.n_blobs - 1 + reach, self.noise / PER_SD)
        x = normal_density((grid[:, None] - np.arange(self.n_blobs)) / self.noise)
        y = normal_density((grid[:, None] - self.places) / self.noise)
        return grid_information(x @ y.T, step, step)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        blob = rng.integers(self.n_blobs, size=n)
        noise = self.noise * rng.standard_normal((2, n))
        return Sample(column(blob + noise[0]), column(self.places[blob] + noise[1]))


@dataclass(frozen=True)
class Circle(Distribution):
    """A circle of radius 1 with Gaussian noise in both directions.

    Quadrature of the entropies of a margin (over the angle) and of the radius, to 1e-7.
    """

    noise: float = field(default=0.1, metadata={"help": "sd of the noise"})

    def __post_init__(self) -> None:
        check_positive("noise", self.noise)

    @property
    def mi(self) -> float:
        """Quadrature."""
        reach, step = 1.0 + REACH * self.noise, self.noise / (4.0 * PER_SD)
        grid, step_x = even_grid(-reach, reach, step)
        angles, weights = gauss_legendre((0.0, 0.5 * pi, pi), 200)
        margin = np.zeros(len(grid))
        for angle, weight in zip(angles, weights, strict=True):
            margin += weight * normal_density((grid - np.cos(angle)) / self.noise)
        margin /= pi * self.noise
        radius, weight_r = gauss_legendre(np.linspace(0.0, reach, 41).tolist(), 40)
        variance = self.noise**2
        log_joint = -((radius - 1.0) ** 2) / (2.0 * variance) - log(2.0 * pi * variance)
        log_joint += np.log(i0e(radius / variance))
        joint = -float(np.sum(weight_r * 2.0 * pi * radius * np.exp(log_joint) * log_joint))
        return 2.0 * grid_entropy(margin, step_x) - joint

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        angle = rng.uniform(0.0, 2.0 * pi, n)
        noise = self.noise * rng.standard_normal((2, n))
        return Sample(column(np.cos(angle) + noise[0]), column(np.sin(angle) + noise[1]))


@dataclass(frozen=True)
class GammaExponential(Distribution):
    """x is Gamma(shape), y is exponential with rate x, both logged unless ``raw``.

    I = ψ(shape) + 1/shape - log(shape): Darbellay & Vajda (2000), doi:10.1109/18.825848.
    """

    shape: float = field(default=0.5, metadata={"help": "shape of the Gamma distribution"})
    raw: bool = field(default=False, metadata={"help": "leave the numbers unlogged?"})

    def __post_init__(self) -> None:
        check_positive("shape", self.shape)

    @property
    def mi(self) -> float:
        """Closed form."""
        return float(digamma(self.shape)) + 1.0 / self.shape - log(self.shape)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x = rng.standard_gamma(self.shape, (n, 1))
        y = rng.standard_exponential((n, 1)) / x
        return Sample(x, y) if self.raw else Sample(np.log(x), np.log(y))


@dataclass(frozen=True)
class ProductNoise(Distribution):
    """y = x·noise, both factors standard normal: x tells only the scale of y.

    The density of y is K0(|y|)/π; h(Y|X) = h(normal) + E log|x| with E log|x| = -(γ + log 2)/2.
    One integral by Gauss-Legendre after y = exp(t), to 1e-9.
    """

    @property
    def mi(self) -> float:
        """Quadrature."""
        t, weights = gauss_legendre(np.linspace(-45.0, 6.0, 103).tolist(), 20)
        y = np.exp(t)
        density = k0(y) / pi
        inside = density > 0.0
        y, weights, density = y[inside], weights[inside], density[inside]
        entropy = -2.0 * float(np.sum(weights * y * density * np.log(density)))
        return entropy - NORMAL_ENTROPY + 0.5 * (float(np.euler_gamma) + log(2.0))

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, noise = rng.standard_normal((2, n, 1))
        return Sample(x, x * noise)
