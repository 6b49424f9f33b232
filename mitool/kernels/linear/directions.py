"""Columns as orthonormal directions: what linear dependence between variables is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.variables import Matrix, Rows, Vector

CONSTANT = 1e-13
DEPENDENT = 1e-10


@dataclass(frozen=True, eq=False)
class Basis:
    """The centred columns of one variable as orthonormal directions, shape (n, rank).

    ``log_scale`` is half the log determinant of the scatter matrix of the columns.
    """

    name: str
    values: Matrix
    directions: Matrix
    log_scale: float

    def __len__(self) -> int:
        return len(self.values)

    @property
    def rank(self) -> int:
        """How many columns are left when those that follow from others are left out."""
        return int(self.directions.shape[1])

    def take(self, rows: Rows) -> Basis:
        """Give the same of a selection of rows: centred and turned anew."""
        return basis(self.name, self.values[rows])

    def permute(self, rows: Rows) -> Basis:
        """Give the same with the rows in another order."""
        return Basis(self.name, self.values[rows], self.directions[rows], self.log_scale)


def basis(name: str, values: Matrix) -> Basis:
    """Centre the columns and turn them into orthonormal directions; dependent ones vanish."""
    scale = np.abs(values).max(axis=0, initial=0.0)
    centred = values / np.where(scale > 0.0, scale, 1.0)  # first: units must not matter
    centred -= centred.mean(axis=0)
    return turned(name, values, centred, scale, len(values))


def turned(name: str, values: Matrix, centred: Matrix, scale: Vector, n: int) -> Basis:
    """Turn centred columns into directions; ``centred`` may be any of the same scatter matrix.

    They are divided by ``scale``, the largest size of each column among its n values.
    """
    length = np.sqrt(np.einsum("ij,ij->j", centred, centred))
    varies = length > CONSTANT * np.sqrt(n)
    unit = centred[:, varies] / length[varies]
    directions, sizes = _orthonormal(unit)
    full = directions.shape[1] == values.shape[1]
    log_scale = -np.inf
    if full:  # the product of length and scale may be too large for a float
        log_scale = float(np.log(sizes).sum() + (np.log(length) + np.log(scale)).sum())
    return Basis(name, values, directions, log_scale)


def _orthonormal(unit: Matrix) -> tuple[Matrix, Vector]:
    """Give an orthonormal basis of columns of length one, and their singular values."""
    if unit.shape[1] < 2:
        return unit, np.ones(unit.shape[1])
    directions, sizes, _ = np.linalg.svd(unit, full_matrices=False)
    kept = sizes > DEPENDENT * sizes.max()
    return np.ascontiguousarray(directions[:, kept]), sizes[kept]


def residual(x: Basis, z: Basis) -> Basis:
    """Take from the directions of x what z predicts; what is left is turned anew."""
    left = x.directions - z.directions @ (z.directions.T @ x.directions)
    left -= z.directions @ (z.directions.T @ left)  # twice: once leaves rounding
    left, sizes, _ = np.linalg.svd(left, full_matrices=False)
    kept: NDArray[np.bool_] = sizes > DEPENDENT
    return Basis(x.name, x.values, np.ascontiguousarray(left[:, kept]), x.log_scale)
