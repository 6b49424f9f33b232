"""Scores of two embeddings: cosines over a temperature, or a bilinear critic, a tile at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.errors import MitoolError
from mitool.variables import Matrix


@dataclass(frozen=True, eq=False)
class Embeddings:
    """Two embeddings of the same rows, (n, d_a) and (n, d_b), of length 1 a row for cosines."""

    label: str
    a: Matrix
    b: Matrix

    @classmethod
    def checked(cls, label: str, a: Matrix, b: Matrix) -> Embeddings:
        """Take two matrices of finite numbers with the same rows."""
        if a.ndim != 2 or b.ndim != 2 or len(a) != len(b) or not a.size or not b.size:
            raise MitoolError(
                f"{label}: embeddings are two matrices with the same rows, got the shapes "
                f"{a.shape} and {b.shape}"
            )
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise MitoolError(f"{label}: an embedding holds a value that is not finite")
        return cls(label, a, b)

    def directions(self) -> Embeddings:
        """Divide every row by its length, for cosines."""
        if self.a.shape[1] != self.b.shape[1]:
            raise MitoolError(
                f"{self.label}: cosines need as many columns in both embeddings, got "
                f"{self.a.shape[1]} and {self.b.shape[1]}; --fit bilinear takes any"
            )
        return Embeddings(self.label, self._unit(self.a), self._unit(self.b))

    def _unit(self, values: Matrix) -> Matrix:
        lengths = np.linalg.norm(values, axis=1, keepdims=True)
        if not lengths.all():
            row = int(np.flatnonzero(lengths == 0.0)[0]) + 1
            raise MitoolError(f"{self.label}: row {row} of an embedding is 0 and has no direction")
        return np.asarray(values / lengths)

    def take(self, rows: np.ndarray) -> Embeddings:
        """Give some rows."""
        return Embeddings(self.label, self.a[rows], self.b[rows])


@dataclass(frozen=True, eq=False)
class ProductScores:
    """Inner products of the rows of ``a`` with those of ``b``, of whatever a critic made of them.

    Divided by a temperature they are what contrastive models are trained on.
    """

    label: str
    a: Matrix
    b: Matrix

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows each side has."""
        return len(self.a), len(self.b)

    def rows(self, start: int, stop: int) -> Matrix:
        """Give the products of some rows of ``a`` with all of ``b``."""
        return np.asarray(self.a[start:stop] @ self.b.T)


def cosine_scores(embeddings: Embeddings, temperature: float) -> ProductScores:
    """Give cosines over ``temperature``, which is above 0."""
    units = embeddings.directions()
    return ProductScores(embeddings.label, units.a / temperature, units.b)
