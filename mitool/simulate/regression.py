"""A function of x plus Gaussian noise, x uniform on (-1, 1): truths by quadrature.

I(X;Y) = h(Y) - h(Y|X). The density of y is a Gauss-Legendre sum over x, its entropy a trapezoid
sum; halving both steps changes the truth by less than 1e-7.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log, pi

import numpy as np

from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import Distribution, Sample, check_positive, continuous
from mitool.simulate.quadrature import (
    NORMAL_ENTROPY,
    even_grid,
    gauss_legendre,
    grid_entropy,
    normal_density,
)
from mitool.variables import Kind, Vector

N_NODES = 200  # of x, on each piece where the function is smooth
TAILS = 9.0  # sds of noise beyond the signal's range
PER_SD = 6.0  # grid points of y in one sd of noise


@dataclass(frozen=True)
class Regression(Distribution):
    """Base of y = signal(x) + sd(x)·normal, in ``copies`` independent pairs of columns."""

    noise: float = field(default=0.3, metadata={"help": "sd of the noise"})
    copies: int = field(default=1, metadata={"help": "independent pairs of columns"})

    def __post_init__(self) -> None:
        check_positive("noise", self.noise)
        check_at_least("copies", self.copies, 1)

    def signal(self, x: Vector) -> Vector:
        """Give the mean of y at x."""
        raise NotImplementedError

    def sd(self, x: Vector) -> Vector:
        """Give the sd of y at x."""
        return np.full(x.shape, self.noise)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Where between -1 and 1 the signal or the sd is not smooth."""
        return (0.0,)

    @property
    def mi(self) -> float:
        """Quadrature, as the module says."""
        nodes, weights = gauss_legendre((-1.0, *self.breaks, 1.0), N_NODES)
        weights, signal, sd = 0.5 * weights, self.signal(nodes), self.sd(nodes)
        reach = TAILS * float(sd.max())
        low, high = float(signal.min()) - reach, float(signal.max()) + reach
        grid, step = even_grid(low, high, float(sd.min()) / PER_SD)
        density = np.zeros(len(grid))
        for mean, width, weight in zip(signal, sd, weights, strict=True):
            density += weight / width * normal_density((grid - mean) / width)
        given_x = NORMAL_ENTROPY + float(weights @ np.log(sd))
        return self.copies * (grid_entropy(density, step) - given_x)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """All continuous."""
        return continuous(self.copies)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """All continuous."""
        return continuous(self.copies)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x = rng.uniform(-1.0, 1.0, (n, self.copies))
        return Sample(x, self.signal(x) + self.sd(x) * rng.standard_normal(x.shape))


@dataclass(frozen=True)
class Sine(Regression):
    """y = sin(π·periods·x) + noise: that many full waves."""

    periods: float = field(default=1.0, metadata={"help": "waves within the range of x"})

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive("periods", self.periods)

    @property
    def breaks(self) -> tuple[float, ...]:
        """One piece a wave, so that the nodes resolve it."""
        n_pieces = max(2, int(np.ceil(self.periods)))
        return tuple(np.linspace(-1.0, 1.0, n_pieces + 1)[1:-1])

    def signal(self, x: Vector) -> Vector:
        """Give the wave."""
        return np.sin(pi * self.periods * x)


@dataclass(frozen=True)
class Quadratic(Regression):
    """y = x² + noise: no correlation."""

    def signal(self, x: Vector) -> Vector:
        """Give the parabola."""
        return x * x


@dataclass(frozen=True)
class AbsoluteValue(Regression):
    """y = |x| + noise: no correlation, and a corner."""

    def signal(self, x: Vector) -> Vector:
        """Give the corner."""
        return np.abs(x)


@dataclass(frozen=True)
class Step(Regression):
    """y = sign(x) + noise."""

    def signal(self, x: Vector) -> Vector:
        """Give the step."""
        return np.sign(x)


@dataclass(frozen=True)
class Heteroscedastic(Regression):
    """y = (noise + |x|)·normal: x tells only how far y strays."""

    noise: float = field(default=0.1, metadata={"help": "least sd"})

    def signal(self, x: Vector) -> Vector:
        """Give zero."""
        return np.zeros(x.shape)

    def sd(self, x: Vector) -> Vector:
        """Give the sd, least in the middle."""
        return self.noise + np.abs(x)


@dataclass(frozen=True)
class AdditiveUniform(Distribution):
    """y = x + noise, x uniform on (0, 1), the noise uniform on (-width, width).

    I = width - log(2 width) up to width ½, then 1 / (4 width): Czyż et al. (2023),
    arXiv:2306.11078.
    """

    width: float = field(default=0.1, metadata={"help": "half-width of the noise"})

    def __post_init__(self) -> None:
        check_positive("width", self.width)

    @property
    def mi(self) -> float:
        """Closed form."""
        width = self.width
        return width - log(2.0 * width) if width <= 0.5 else 0.25 / width

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x = rng.uniform(0.0, 1.0, (n, 1))
        return Sample(x, x + rng.uniform(-self.width, self.width, (n, 1)))
