"""Scatter matrices that add up over batches, kept as triangular factors.

Means and scatter are merged as Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115,
merge sums of squares; factors instead of squares, as in Demmel et al. (2012),
doi:10.1137/080731992, lose no digits to nearly equal columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.kernels.directions import Basis, turned
from mitool.variables import Matrix, Variable, Vector


@dataclass(frozen=True, eq=False)
class Scatter:
    """n rows of d columns: their means and largest sizes, (d,), and R with R'R their scatter."""

    n: int
    mean: Vector
    size: Vector
    factor: Matrix

    @classmethod
    def of(cls, x: Variable, y: Variable) -> Scatter:
        """Sum up the columns of two variables of the same rows."""
        values = np.hstack((x.values, y.values))
        if not len(values):
            d = values.shape[1]
            return cls(0, np.zeros(d), np.zeros(d), np.empty((0, d)))
        mean = values.mean(axis=0)
        factor = triangular(values - mean)
        return cls(len(values), mean, np.abs(values).max(axis=0), factor)

    def merged(self, other: Scatter) -> Scatter:
        """Give the same of the rows of both."""
        if not self.n or not other.n:
            return other if not self.n else self
        n = self.n + other.n
        apart = other.mean - self.mean
        between = np.sqrt(self.n * (other.n / n)) * apart
        factor = triangular(np.vstack((self.factor, other.factor, between)))
        mean = self.mean + apart * (other.n / n)
        return Scatter(n, mean, np.maximum(self.size, other.size), factor)

    def side(self, name: str, first: int, last: int | None = None) -> Basis:
        """Give the directions of some of the columns, which stand for those of the rows."""
        size, values = self.size[first:last], self.factor[:, first:last]
        scaled = values / np.where(size > 0.0, size, 1.0)
        return turned(name, values, scaled, size, self.n)


def triangular(values: Matrix) -> Matrix:
    """Give R of the QR decomposition of values (n, d), shape (min(n, d), d)."""
    factor: Matrix = np.asarray(np.linalg.qr(values, mode="r"))
    return factor
