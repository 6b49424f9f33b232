"""Ridge regression whose penalty is chosen by leaving out each row: Allen (1974).

doi:10.1080/00401706.1974.10489157. With H the matrix that turns targets into fitted values, the
error of the fit without row i at row i is (y - Hy)_i / (1 - H_ii): one decomposition serves all
rows and penalties.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.variables import Matrix, Vector

PENALTIES = np.geomspace(1e-8, 10.0, 16)  # shares of the sum of squares of all features
ROUNDING = 1e-12


@dataclass(frozen=True, eq=False)
class Ridge:
    """A fit: y is about ``level`` + (features - ``center``) @ ``weights``.

    ``errors`` (n,) are those of each row when it is left out, ``error`` their mean square.
    """

    errors: Vector
    error: float
    level: float
    center: Vector
    weights: Vector

    def predicted(self, features: Matrix) -> Vector:
        """Give the values at other points, from their features (m, r)."""
        values: Vector = self.level + (features - self.center) @ self.weights
        return values


@dataclass(frozen=True, eq=False)
class Design:
    """Features (n, r), decomposed once for all targets of the same rows.

    ``shrunk`` (r, p) is what each penalty leaves of each direction, ``leverage`` (n, p) how much of
    its own fitted value a row is.
    """

    center: Vector
    turn: Matrix
    scale: Vector
    directions: Matrix
    shrunk: Matrix
    leverage: Matrix

    @classmethod
    def of(cls, features: Matrix) -> Design:
        """Decompose features."""
        n, center = len(features), features.mean(axis=0)
        centred = features - center
        squares, turn = np.linalg.eigh(centred.T @ centred)
        kept = squares > ROUNDING * max(float(squares[-1]), np.finfo(float).tiny)
        squares, turn = squares[kept], turn[:, kept]
        scale = np.sqrt(squares)
        directions = centred @ (turn / scale)
        shrunk = squares[:, None] / (squares[:, None] + PENALTIES * squares.sum())
        leverage = np.square(directions) @ shrunk + 1.0 / n
        return cls(center, turn, scale, directions, shrunk, leverage)

    def fitted(self, target: Vector) -> Ridge:
        """Fit a target (n,), with the penalty whose errors are least."""
        n, level = len(target), float(target.mean())
        parts = self.directions.T @ target
        errors = (target - level)[:, None] - self.directions @ (parts[:, None] * self.shrunk)
        errors /= np.maximum(1.0 - self.leverage, ROUNDING)
        sizes = np.einsum("ij,ij->j", errors, errors) / n
        best = int(sizes.argmin())
        weights = self.turn @ (self.shrunk[:, best] * parts / self.scale)
        return Ridge(errors[:, best].copy(), float(sizes[best]), level, self.center, weights)


def ridge(features: Matrix, target: Vector) -> Ridge:
    """Fit a target (n,) by features (n, r), with the penalty whose errors are least."""
    return Design.of(features).fitted(target)
