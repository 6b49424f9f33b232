"""Features in which smooth functions are linear: powers, and Gaussian bumps under a metric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Protocol

import numpy as np

from mitool.once import once
from mitool.variables import Matrix, Vector

KEPT = 1e-9  # of the largest eigenvalue between landmarks: below it bumps are alike up to rounding
LINEAR = 0.3  # size of the linear part beside the bumps, as one of their widths


class Features(Protocol):
    """Makes the features of points; it is kept, to make those of other points, too."""

    def of(self, points: Matrix) -> Matrix:
        """Give the features (m, r) of points (m, d)."""
        ...


@dataclass(frozen=True)
class Powers:
    """All products of at most ``degree`` columns."""

    degree: int

    def of(self, points: Matrix) -> Matrix:
        """Give the products (m, r) of points (m, d)."""
        return np.column_stack(
            [points[:, list(columns)].prod(axis=1) for columns in self._columns(points.shape[1])]
        )

    def n_features(self, n_dims: int) -> int:
        """Tell how many products there are of so many columns."""
        return len(self._columns(n_dims))

    def _columns(self, n_dims: int) -> list[tuple[int, ...]]:
        sizes = range(1, self.degree + 1)
        return [c for k in sizes for c in combinations_with_replacement(range(n_dims), k)]


@dataclass(frozen=True, eq=False)
class Bumps:
    """Gaussian bumps about landmarks, exp(-½ (z - p)' M (z - p)), and the columns beside them.

    Their span with the norm of the kernel M stands for (Williams & Seeger 2001, Nyström's method):
    ridge regression on it is smoothing by a Gaussian process.
    """

    landmarks: Matrix
    metric: Matrix

    def of(self, points: Matrix) -> Matrix:
        """Give the features (m, r) of points (m, d)."""
        return np.hstack((self._bumps(points) @ self._root, points * self._linear))

    def slopes(self, points: Matrix, weights: Vector) -> Matrix:
        """Give the gradients (m, d), at points, of the function with these weights."""
        n_bumps = self._root.shape[1]
        heights = self._bumps(points) * (self._root @ weights[:n_bumps])
        towards = heights @ self.landmarks - heights.sum(axis=1)[:, None] * points
        slopes: Matrix = towards @ self.metric + weights[n_bumps:] * self._linear
        return slopes

    def _bumps(self, points: Matrix) -> Matrix:
        turned = points @ self.metric
        squares = np.einsum("ij,ij->i", turned, points)[:, None] - 2.0 * turned @ self.landmarks.T
        own = np.einsum("ij,ij->i", self.landmarks @ self.metric, self.landmarks)
        bumps: Matrix = np.exp(-0.5 * np.maximum(squares + own, 0.0))
        return bumps

    @once
    def _root(self) -> Matrix:
        sizes, turn = np.linalg.eigh(self._bumps(self.landmarks))
        kept = sizes > KEPT * sizes[-1]
        root: Matrix = turn[:, kept] / np.sqrt(sizes[kept])
        return root

    @once
    def _linear(self) -> float:
        return LINEAR * float(np.sqrt(np.trace(self.metric)))


@dataclass(frozen=True, eq=False)
class Sums:
    """The features of every column by itself: functions that are sums over the columns."""

    columns: Sequence[Features]

    def of(self, points: Matrix) -> Matrix:
        """Give the features (m, r) of points (m, d)."""
        return np.hstack(
            [column.of(points[:, [j]]) for j, column in enumerate(self.columns)],
        )
