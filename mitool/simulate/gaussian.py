"""Gaussian vectors and what invertible functions make of them: truths by log-determinants."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from mitool.errors import UsageError
from mitool.estimators.parameters import check_at_least
from mitool.simulate.base import (
    Distribution,
    Sample,
    check_between,
    check_positive,
    continuous,
)
from mitool.simulate.margins import MARGINS, check_margins
from mitool.variables import Kind, Matrix


def log_determinant(covariance: Matrix, columns: range | list[int]) -> float:
    """Give the logarithm of the determinant of the covariance of some columns; 0 for none."""
    chosen = list(columns)
    return float(np.linalg.slogdet(covariance[np.ix_(chosen, chosen)])[1]) if chosen else 0.0


class Covariance(Distribution):
    """Base of what is Gaussian before an invertible function of x, y and z each.

    I(X;Y) = ½ log(|Σx| |Σy| / |Σxy|) and I(X;Y|Z) = ½ log(|Σxz| |Σyz| / |Σz| |Σxyz|): Cover &
    Thomas (2006), Elements of Information Theory, section 8.5.
    """

    @property
    def dims(self) -> tuple[int, int, int]:
        """The numbers of columns of x, y and z."""
        return 1, 1, 0

    def covariance(self) -> Matrix:
        """Give the covariance of the columns of x, y and z, in this order."""
        raise NotImplementedError

    @property
    def mi(self) -> float:
        """Closed form."""
        x, y, _ = self._columns()
        sigma = self.covariance()
        apart = log_determinant(sigma, x) + log_determinant(sigma, y)
        return 0.5 * (apart - log_determinant(sigma, x + y)) + 0.0  # no negative zero

    @property
    def cmi(self) -> float | None:
        """Closed form."""
        x, y, z = self._columns()
        if not z:
            return None
        sigma = self.covariance()
        apart = log_determinant(sigma, x + z) + log_determinant(sigma, y + z)
        return 0.5 * (apart - log_determinant(sigma, z) - log_determinant(sigma, x + y + z))

    @property
    def kinds_x(self) -> tuple[Kind, ...]:
        """All continuous."""
        return continuous(self.dims[0])

    @property
    def kinds_y(self) -> tuple[Kind, ...]:
        """All continuous."""
        return continuous(self.dims[1])

    @property
    def kinds_z(self) -> tuple[Kind, ...]:
        """All continuous."""
        return continuous(self.dims[2])

    def normals(self, n: int, rng: np.random.Generator) -> tuple[Matrix, Matrix, Matrix]:
        """Draw rows of x, y and z as they are before any function."""
        sigma = self.covariance()
        rows = rng.standard_normal((n, len(sigma))) @ np.linalg.cholesky(sigma).T
        x, y, z = (np.ascontiguousarray(rows[:, columns]) for columns in self._columns())
        return x, y, z

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y, z = self.normals(n, rng)
        return Sample(x, y, z if self.dims[2] else None)

    def _columns(self) -> tuple[list[int], list[int], list[int]]:
        dx, dy, dz = self.dims
        numbers = list(range(dx + dy + dz))
        return numbers[:dx], numbers[dx : dx + dy], numbers[dx + dy :]


@dataclass(frozen=True)
class Gaussian(Covariance):
    """Gaussian columns of variance 1, passed one by one through an increasing function.

    ``pairs`` correlates the i-th column of x with the i-th of y, for the first ``n_pairs``;
    ``dense`` gives every two columns, also within x, the same correlation.
    """

    rho: float = field(default=0.6, metadata={"help": "correlation"})
    dim_x: int = field(default=1, metadata={"help": "columns of x"})
    dim_y: int = field(default=1, metadata={"help": "columns of y"})
    structure: Literal["pairs", "dense"] = field(
        default="pairs", metadata={"help": "which columns are correlated: pairs or dense"}
    )
    n_pairs: int = field(default=0, metadata={"help": "correlated pairs; 0 means all there are"})
    margins: str = field(
        default="none", metadata={"help": f"function of each column: {', '.join(MARGINS)}"}
    )

    def __post_init__(self) -> None:
        check_between("rho", self.rho, -1.0, 1.0)
        check_at_least("dim_x", self.dim_x, 1)
        check_at_least("dim_y", self.dim_y, 1)
        check_margins(self.margins)
        if self.structure not in ("pairs", "dense"):
            raise UsageError(f"structure must be pairs or dense, got {self.structure!r}")
        if not 0 <= self.n_pairs <= min(self.dim_x, self.dim_y):
            most = min(self.dim_x, self.dim_y)
            raise UsageError(f"n_pairs must be between 0 and {most}, got {self.n_pairs}")
        if self.structure == "dense":
            check_between("rho", self.rho, -1.0 / (self.dim_x + self.dim_y - 1), 1.0)

    @property
    def dims(self) -> tuple[int, int, int]:
        """No z."""
        return self.dim_x, self.dim_y, 0

    def covariance(self) -> Matrix:
        """Give the correlation matrix."""
        d = self.dim_x + self.dim_y
        if self.structure == "dense":
            return np.full((d, d), self.rho) + (1.0 - self.rho) * np.eye(d)
        sigma = np.eye(d)
        i = np.arange(self.n_pairs or min(self.dim_x, self.dim_y))
        sigma[i, self.dim_x + i] = sigma[self.dim_x + i, i] = self.rho
        return sigma

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y, _ = self.normals(n, rng)
        function = MARGINS[self.margins]
        return Sample(function(x), function(y))


@dataclass(frozen=True)
class LogNormal(Gaussian):
    """A Gaussian pair after exp(sigma z)."""

    sigma: float = field(default=1.0, metadata={"help": "sd of the logarithms"})

    def __post_init__(self) -> None:
        super().__post_init__()
        check_positive("sigma", self.sigma)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y, _ = self.normals(n, rng)
        return Sample(np.exp(self.sigma * x), np.exp(self.sigma * y))


@dataclass(frozen=True)
class Spiral(Gaussian):
    """Gaussian vectors turned by an angle that grows with their squared length (invertible).

    Czyż et al. (2023), arXiv:2306.11078: x turns in its first two columns, y in its last two.
    """

    rho: float = field(default=0.8, metadata={"help": "correlation"})
    dim_x: int = field(default=3, metadata={"help": "columns of x, at least 2"})
    dim_y: int = field(default=3, metadata={"help": "columns of y, at least 2"})
    n_pairs: int = field(default=2, metadata={"help": "correlated pairs; 0 means all there are"})
    speed: float = field(default=1 / 3, metadata={"help": "angle over squared length"})

    def __post_init__(self) -> None:
        super().__post_init__()
        check_at_least("dim_x", self.dim_x, 2)
        check_at_least("dim_y", self.dim_y, 2)

    def sample(self, n: int, rng: np.random.Generator) -> Sample:
        """Draw ``n`` rows."""
        x, y, _ = self.normals(n, rng)
        return Sample(turned(x, self.speed, 0), turned(y, self.speed, self.dim_y - 2))


def turned(rows: Matrix, speed: float, first: int) -> Matrix:
    """Turn two neighbouring columns by ``speed`` times the squared length of the row."""
    angle = speed * (rows * rows).sum(axis=1)
    a, b = rows[:, first], rows[:, first + 1]
    out = rows.copy()
    out[:, first] = np.cos(angle) * a - np.sin(angle) * b
    out[:, first + 1] = np.sin(angle) * a + np.cos(angle) * b
    return out
