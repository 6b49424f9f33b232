"""More of the Gaussian's relatives: Student vectors, redundant columns, a roll, a time series."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import lgamma, log, pi

import numpy as np
from scipy.special import digamma, ndtr

from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import (
    Distribution,
    Sample,
    check_between,
    check_positive,
    column,
)
from mitool.simulate.gaussian import Covariance, Gaussian
from mitool.simulate.margins import MARGINS
from mitool.variables import Kind, Matrix


def student_entropy(dof: float, d: int) -> float:
    """Give the entropy of the d-dimensional Student distribution with identity dispersion.

    Kotz & Nadarajah (2004), Multivariate t Distributions and Their Applications, section 1.9.
    """
    half, total = 0.5 * dof, 0.5 * (dof + d)
    norm = lgamma(half) - lgamma(total) + 0.5 * d * log(dof * pi)
    return norm + total * float(digamma(total) - digamma(half))


@dataclass(frozen=True)
class Student(Gaussian):
    """Multivariate Student vector: dependent even where nothing is correlated.

    The Gaussian's log-determinants plus a constant of the dimensions: Arellano-Valle,
    Contreras-Reyes & Genton (2013), doi:10.1111/j.1467-9469.2011.00774.x.
    """

    rho: float = field(default=0.0, metadata={"help": "correlation of the dispersion"})
    dof: float = field(default=3.0, metadata={"help": "degrees of freedom"})

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive("dof", self.dof)

    @property
    def mi(self) -> float:
        """Closed form."""
        apart = student_entropy(self.dof, self.dim_x) + student_entropy(self.dof, self.dim_y)
        return super().mi + apart - student_entropy(self.dof, self.dim_x + self.dim_y)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y, _ = self.normals(n, rng)
        scale = np.sqrt(self.dof / rng.chisquare(self.dof, (n, 1)))
        function = MARGINS[self.margins]
        return Sample(function(x * scale), function(y * scale))


@dataclass(frozen=True)
class SwissRoll(Covariance):
    """A Gaussian pair made uniform, its x rolled up in the plane (Czyż et al. 2023)."""

    rho: float = field(default=0.75, metadata={"help": "correlation of the Gaussian pair"})

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """Two columns, though one number says all."""
        return ("continuous", "continuous")

    def covariance(self) -> Matrix:
        """Give the covariance of the pair before rolling."""
        return np.array([[1.0, self.rho], [self.rho, 1.0]])

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y, _ = self.normals(n, rng)
        angle = 1.5 * pi * (1.0 + 2.0 * ndtr(x))
        return Sample(np.hstack([angle * np.cos(angle), angle * np.sin(angle)]) / 21.0, ndtr(y))


@dataclass(frozen=True)
class Companion(Covariance):
    """A correlated pair, and beside x a second column that tells nothing more about y.

    With ``redundant`` it is x plus noise of the ``scale`` given, else noise of that scale alone.
    """

    rho: float = field(default=0.6, metadata={"help": "correlation of the pair"})
    scale: float = field(default=1000.0, metadata={"help": "sd of the second column's noise"})
    redundant: bool = field(default=False, metadata={"help": "is x part of the second column?"})

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)
        check_at_least("scale", self.scale, 1e-6)

    @property
    def dims(self) -> tuple[int, int, int]:
        """Two columns of x, one of y."""
        return 2, 1, 0

    @property
    def mi(self) -> float:
        """Closed form, that of the pair: y depends on x alone."""
        return -0.5 * log(1.0 - self.rho**2) + 0.0

    def covariance(self) -> Matrix:
        """Give the covariance of x, its companion, and y."""
        share = float(self.redundant)
        mixing = np.array([[1.0, 0.0, 0.0], [share, self.scale, 0.0], [self.rho, 0.0, 0.0]])
        mixing[2, 2] = np.sqrt(1.0 - self.rho**2)
        return np.asarray(mixing @ mixing.T)


@dataclass(frozen=True)
class AutoregressivePair(Distribution):
    """Two AR(1) series with correlated innovations; x and y of the same moment, rows in order.

    Both series have the same memory, so x and y of one moment are Gaussian with the correlation
    of the innovations: I = -½ log(1 - rho²).
    """

    phi: float = field(default=0.9, metadata={"help": "memory: lag-1 autocorrelation"})
    rho: float = field(default=0.6, metadata={"help": "correlation of the innovations"})

    def __post_init__(self) -> None:
        check_between("phi", self.phi, -1.0, 1.0)
        check_between("rho", self.rho, -1.0, 1.0)

    @property
    def mi(self) -> float:
        """Closed form."""
        return -0.5 * log(1.0 - self.rho**2) + 0.0

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows of the stationary series."""
        shocks = rng.standard_normal((n, 2))
        shocks[:, 1] = self.rho * shocks[:, 0] + np.sqrt(1.0 - self.rho**2) * shocks[:, 1]
        shocks[1:] *= np.sqrt(1.0 - self.phi**2)
        for t in range(1, n):
            shocks[t] += self.phi * shocks[t - 1]
        return Sample(column(shocks[:, 0]), column(shocks[:, 1]))
