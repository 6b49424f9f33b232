"""One series that drives another, as rows (x before, y now, y before): transfer entropy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mitool.simulate.base import Sample, check_between, column
from mitool.simulate.gaussian import Covariance
from mitool.variables import Matrix


@dataclass(frozen=True)
class Transfer(Covariance):
    """y(t) = phi·y(t-1) + drive·x(t-1) + noise, x an AR(1) series of variance 1 and memory phi.

    x of a row is x(t-1), y is y(t), z is y(t-1), so I(X;Y|Z) is the transfer entropy with one
    step of history: Schreiber (2000), doi:10.1103/PhysRevLett.85.461. Stationary covariances.
    """

    phi: float = field(default=0.5, metadata={"help": "memory of both series"})
    drive: float = field(default=0.5, metadata={"help": "weight of x in the next y"})

    def __post_init__(self) -> None:
        check_between("phi", self.phi, -1.0, 1.0)

    @property
    def dims(self) -> tuple[int, int, int]:
        """One column each."""
        return 1, 1, 1

    def covariance(self) -> Matrix:
        """Give the covariance of x before, y now and y before."""
        phi, drive = self.phi, self.drive
        both = phi * drive / (1.0 - phi**2)
        variance = (drive**2 + 2.0 * phi * drive * both + 1.0) / (1.0 - phi**2)
        cross, serial = phi * both + drive, phi * variance + drive * both
        return np.array([[1.0, cross, both], [cross, variance, serial], [both, serial, variance]])

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows in the order of time."""
        sigma = self.covariance()
        start = np.linalg.cholesky(sigma[np.ix_([0, 2], [0, 2])]) @ rng.standard_normal(2)
        shocks = rng.standard_normal((n + 1, 2)) * [np.sqrt(1.0 - self.phi**2), 1.0]
        step = np.array([[self.phi, 0.0], [self.drive, self.phi]])
        series = np.empty((n + 1, 2))
        series[0] = start
        for t in range(1, n + 1):
            series[t] = step @ series[t - 1] + shocks[t]
        return Sample(*(column(c) for c in (series[:-1, 0], series[1:, 1], series[:-1, 1])))
