"""A Gram matrix as A A' of low rank, by Cholesky with pivots (Fine & Scheinberg 2001, JMLR 2).

What is left, K - A A', is positive semidefinite with a known diagonal R, so every entry of it is
at most √(R_i R_j): that is what all certificates stand on (they hold up to rounding).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mitool.kernels.gram import Cloud, block, is_large
from mitool.variables import Matrix, Rows, Vector

CANDIDATES = 4096  # points among which pivots are looked for
MOST_LANDMARKS = 1024
KEPT = 1 << 28  # bytes of features that a factor keeps; more are made again when needed
CHUNK = 4096  # rows of features made at a time
CARRY_ON = 1e-4  # of the shortfall allowed: few points are factored this much closer
MARGIN = 0.5  # of it, for what the candidates do not show
ROUNDING = 1e-14  # a residual this small is rounding

Shortfall = Callable[[Vector], float]


@dataclass(frozen=True, eq=False)
class Factor:
    """Landmarks p and features A = K(., p) L⁻ᵀ, where L L' is the kernel between landmarks."""

    points: Cloud
    landmarks: Cloud
    triangle: Matrix  # L, (r, r), lower

    @property
    def rank(self) -> int:
        """How many landmarks there are."""
        return len(self.landmarks)

    def features(self, places: Rows) -> Matrix:
        """Rows of A for the points at the places given, shape (k, r)."""
        if self.kept is not None:
            return self.kept[places]
        return self._made(places)

    @cached_property
    def kept(self) -> Matrix | None:
        """A, shape (m, r), where memory for it is small."""
        m = len(self.points)
        if 8 * m * self.rank > KEPT:
            return None
        return np.concatenate([self._made(places) for places in chunks(m)])

    def _made(self, places: Rows) -> Matrix:
        from scipy.linalg import solve_triangular

        here, everything = slice(0, len(places)), slice(0, self.rank)
        compiled = is_large(len(self.points))
        kernel = block(self.landmarks, everything, self.points.at(places), here, compiled=compiled)
        solved: Matrix = solve_triangular(
            self.triangle, kernel, lower=True, overwrite_b=True, check_finite=False
        )
        return np.ascontiguousarray(solved.T)

    @cached_property
    def residual(self) -> Vector:
        """The diagonal of K - A A', shape (m,)."""
        return np.concatenate([rest(self.features(p)) for p in chunks(len(self.points))])

    def gram(self, weights: Vector) -> Matrix:
        """A' diag(w) A, shape (r, r)."""
        total = np.zeros((self.rank, self.rank))
        for places in chunks(len(self.points)):
            a = self.features(places) * np.sqrt(weights[places, None])
            total += a.T @ a
        return total


def rest(features: Matrix) -> Vector:
    """What a kernel with a diagonal of ones has left there, clamped at 0."""
    left: Vector = 1.0 - np.einsum("ij,ij->i", features, features)
    return left.clip(min=0.0)


def chunks(m: int) -> Iterator[Rows]:
    """Cut the places 0 … m into pieces, always the same ones."""
    return (np.arange(start, min(start + CHUNK, m)) for start in range(0, m, CHUNK))


def factor(points: Cloud, weights: Vector, shortfall: Shortfall, limit: int) -> Factor | None:
    """Factor a Gram matrix until ``shortfall(residual)`` ≤ 1; None where ``limit`` is not enough.

    Pivots are the largest of w_i R_i among candidates: points evenly spaced in their order and
    those farthest from the centre. With few points all are candidates, and the factor is carried
    on while it is cheap; with many, the caller must look at the residual of the others.
    """
    candidates = _candidates(points)
    few = len(candidates) == len(points)
    some = points if few else points.at(candidates)
    stop = CARRY_ON if few else MARGIN
    judge = shortfall if few else _spread(shortfall, candidates, len(points))
    found = _pivoted(some, weights[candidates], judge, stop, min(limit, MOST_LANDMARKS))
    if found is None:
        return None
    pivots, columns = found
    made = Factor(points, points.at(candidates[pivots]), np.tril(columns[:, pivots].T))
    if few:
        made.__dict__["kept"] = np.ascontiguousarray(columns.T)  # found on the way
    return made


def _candidates(points: Cloud) -> Rows:
    m = len(points)
    if m <= CANDIDATES:
        return np.arange(m)
    spaced = np.linspace(0, m - 1, CANDIDATES // 2).astype(np.int64)
    far = np.argpartition(points.norms, m - CANDIDATES // 2)[m - CANDIDATES // 2 :]
    return np.union1d(spaced, far)


def _spread(shortfall: Shortfall, candidates: Rows, m: int) -> Shortfall:
    """Judge all points by the candidates: each point is like the last candidate before it."""
    nearest = np.maximum(np.searchsorted(candidates, np.arange(m), side="right") - 1, 0)
    return lambda residual: shortfall(residual[nearest])


def _pivoted(
    points: Cloud, weights: Vector, shortfall: Shortfall, stop: float, limit: int
) -> tuple[Rows, Matrix] | None:
    """Give the pivots (r,) and the rows of A' (r, m), where the shortfall is at most 1."""
    m = len(points)
    limit = min(limit, m)
    columns, residual = np.empty((limit, m)), np.ones(m)
    pivots = np.empty(limit, dtype=np.int64)
    everything, short, k = slice(0, m), np.inf, 0
    while k < limit and short > stop and residual.max() > ROUNDING:
        pivot = int(np.argmax(weights * residual))
        pivots[k] = pivot
        column = block(points, slice(pivot, pivot + 1), points, everything)[0]
        column -= columns[:k, pivot] @ columns[:k]
        column[pivots[:k]] = 0.0
        column /= np.sqrt(residual[pivot])
        columns[k] = column
        residual -= np.square(column)
        residual[pivots[: k + 1]] = 0.0
        np.maximum(residual, 0.0, out=residual)
        short = shortfall(residual)
        k += 1
    return (pivots[:k], columns[:k]) if short <= 1.0 else None
