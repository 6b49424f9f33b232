"""Columns with atoms: labels that shift numbers, half-discrete laws, inflated counts."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log

import numpy as np
from scipy.special import digamma, gammaln

from mitool.errors import UsageError
from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import (
    Distribution,
    Sample,
    check_between,
    check_share,
    column,
)
from mitool.simulate.discrete import binary_entropy
from mitool.variables import Kind, Matrix


def pair_of_normals(n: int, rho: float, rng: np.random.Generator) -> tuple[Matrix, Matrix]:
    """Draw correlated standard normals, two columns of ``n`` rows."""
    x, noise = rng.standard_normal((2, n, 1))
    return x, rho * x + np.sqrt(1.0 - rho**2) * noise


@dataclass(frozen=True)
class UniformSteps(Distribution):
    """A label 0 … m - 1, and y uniform on (label, label + 2).

    I = log m - (m - 1)/m·log 2: Gao, Kannan, Oh & Viswanath (2017), arXiv:1709.06212.
    """

    n_levels: int = field(default=5, metadata={"help": "how many labels"})

    def __post_init__(self) -> None:
        check_at_least("n_levels", self.n_levels, 1)

    @property
    def mi(self) -> float:
        """Closed form."""
        m = self.n_levels
        return log(m) - (m - 1) / m * log(2.0)

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """A label."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        label = column(rng.integers(self.n_levels, size=n))
        return Sample(label, label + rng.uniform(0.0, 2.0, (n, 1)))


@dataclass(frozen=True)
class GaussianAtoms(Distribution):
    """Half the rows a Gaussian pair, half the corners (±1, ±1), equal but for a share of flips.

    Either column tells almost surely which half a row is from, so I = log 2 + ½ I(Gaussian) +
    ½ I(binary channel), after Gao et al. (2017), arXiv:1709.06212.
    """

    rho: float = field(default=0.9, metadata={"help": "correlation of the Gaussian half"})
    flip: float = field(default=0.2, metadata={"help": "share of unequal corners"})

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)
        check_share("flip", self.flip)

    @property
    def mi(self) -> float:
        """Closed form."""
        gaussian = -0.5 * log(1.0 - self.rho**2)
        return log(2.0) + 0.5 * gaussian + 0.5 * (log(2.0) - binary_entropy(self.flip))

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """Atoms among numbers."""
        return ("mixed",)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """Atoms among numbers."""
        return ("mixed",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y = pair_of_normals(n, self.rho, rng)
        corner = rng.choice([-1.0, 1.0], (n, 1))
        other = np.where(rng.uniform(size=(n, 1)) < self.flip, -corner, corner)
        atom = rng.uniform(size=(n, 1)) < 0.5
        return Sample(np.where(atom, corner, x), np.where(atom, other, y))


@dataclass(frozen=True)
class ZeroInflatedPoisson(Distribution):
    """x exponential; y Poisson with mean x, but 0 with probability ``inflation``.

    With q(y|x)/q(y) = Poisson(y|x)·2^(y+1) for y ≥ 1 a series remains, and for y = 0 an integral
    of w log w. The value (1 - p)·0.3012 printed by Gao et al. (2017) is I(X; Y, inflated?), an
    upper bound: a zero does not say whether it was inflated.
    """

    inflation: float = field(default=0.15, metadata={"help": "share of extra zeros"})

    def __post_init__(self) -> None:
        if not 0.0 <= self.inflation < 1.0:
            raise UsageError(f"inflation must be at least 0 and below 1, got {self.inflation}")

    @property
    def mi(self) -> float:
        """Series, to rounding."""
        p = self.inflation
        k = np.arange(1.0, 200.0)
        series = k * (digamma(k + 1.0) - log(2.0)) - gammaln(k + 1.0)
        series += (k + 1.0) * (log(2.0) - 0.5)
        counts = float(np.sum(np.exp2(-k - 1.0) * series))
        zero = 0.5 * (1.0 + p)
        low = 0.5 * p * p * log(p) if p > 0.0 else 0.0
        zeros = (-0.25 - low + 0.25 * p * p) / (1.0 - p)
        return (1.0 - p) * counts + zeros - zero * log(zero)

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """Counts."""
        return ("discrete",)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x = rng.standard_exponential((n, 1))
        y = rng.poisson(x) * (rng.uniform(size=(n, 1)) >= self.inflation)
        return Sample(x, y.astype(np.float64))
