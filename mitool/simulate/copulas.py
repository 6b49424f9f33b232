"""Archimedean copulas: uniform margins, dependence in one tail or both; truths in closed form.

All three follow from the Kendall distribution K(t) = t - φ(t)/φ'(t) of C(U, V) and its
independence of the share φ(U)/φ(C): Genest & Rivest (1993), doi:10.1080/01621459.1993.10476372.
Sampling by frailties: Marshall & Olkin (1988), doi:10.1080/01621459.1988.10478671.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import expm1, log

import numpy as np
from scipy.special import exp1

from mitool.errors import UsageError
from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import Distribution, Sample, check_positive, column
from mitool.simulate.quadrature import gauss_legendre


@dataclass(frozen=True)
class Clayton(Distribution):
    """Dependence in the lower tail. I = log(1 + theta) - theta/(1 + theta)."""

    theta: float = field(default=2.0, metadata={"help": "strength, above 0"})

    def __post_init__(self) -> None:
        check_positive("theta", self.theta)

    @property
    def mi(self) -> float:
        """Closed form."""
        return log(1.0 + self.theta) - self.theta / (1.0 + self.theta)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows: a Gamma frailty."""
        frailty = rng.standard_gamma(1.0 / self.theta, (n, 1))
        shocks = rng.standard_exponential((n, 2)) / frailty
        u = (1.0 + shocks) ** (-1.0 / self.theta)
        return Sample(column(u[:, 0]), column(u[:, 1]))


@dataclass(frozen=True)
class Gumbel(Distribution):
    """Dependence in the upper tail. I = γ - 1 + 1/theta + log a + exp(a) E1(a)/theta, a = theta-1.

    log c is linear in logarithms of w = -log C and of the share, and w is Exp(1) with weight
    1 - 1/theta, else Gamma(2).
    """

    theta: float = field(default=2.0, metadata={"help": "strength, at least 1"})

    def __post_init__(self) -> None:
        check_at_least("theta", self.theta, 1.0)

    @property
    def mi(self) -> float:
        """Closed form."""
        a = self.theta - 1.0
        if a == 0.0:
            return 0.0
        tail = float(np.exp(a) * exp1(a)) / self.theta
        return float(np.euler_gamma) - 1.0 + 1.0 / self.theta + log(a) + tail

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows: a positive stable frailty.

        Chambers, Mallows & Stuck (1976), doi:10.1080/01621459.1976.10480344.
        """
        alpha = 1.0 / self.theta
        angle = np.pi * rng.uniform(0.0, 1.0, (n, 1))
        weight = rng.standard_exponential((n, 1))
        frailty = np.sin(alpha * angle) / np.sin(angle) ** self.theta
        frailty *= (np.sin((1.0 - alpha) * angle) / weight) ** (self.theta - 1.0)
        u = np.exp(-((rng.standard_exponential((n, 2)) / frailty) ** alpha))
        return Sample(column(u[:, 0]), column(u[:, 1]))


@dataclass(frozen=True)
class Frank(Distribution):
    """Dependence without tails. I = log(theta/(1 - exp(-theta))) - 2(1 - D1(theta)).

    D1 is the Debye function, one Gauss-Legendre integral to rounding.
    """

    theta: float = field(default=5.0, metadata={"help": "strength, either sign, not 0"})

    def __post_init__(self) -> None:
        if self.theta == 0.0 or not abs(self.theta) <= 300.0:
            raise UsageError(f"theta must be between -300 and 300 and not 0, got {self.theta}")

    @property
    def mi(self) -> float:
        """Closed form; the sign of theta mirrors a column."""
        theta = abs(self.theta)
        nodes, weights = gauss_legendre(np.linspace(0.0, theta, 9).tolist(), 40)
        debye = float(weights @ (nodes / np.expm1(nodes))) / theta
        return log(theta / -expm1(-theta)) - 2.0 * (1.0 - debye)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows: v from its conditional distribution, inverted."""
        u, share = rng.uniform(0.0, 1.0, (2, n, 1))
        theta = abs(self.theta)
        decay = np.exp(-theta * u)
        v = -np.log1p(share * expm1(-theta) / (share + (1.0 - share) * decay)) / theta
        return Sample(u, v if self.theta > 0.0 else 1.0 - v)
