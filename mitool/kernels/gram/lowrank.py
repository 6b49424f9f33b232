"""A Gram matrix as A A' of low rank, by Cholesky with pivots (Fine & Scheinberg 2001, JMLR 2).

What is left, K - A A', is positive semidefinite with a known diagonal R, so every entry of it is
at most √(R_i R_j): that is what all certificates stand on (they hold up to rounding).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np

from mitool.kernels.gram.clouds import Cloud, block, is_large
from mitool.once import once
from mitool.parallel import map_inside
from mitool.variables import Matrix, Rows, Vector

CANDIDATES = 4096  # points among which pivots are looked for
MOST_LANDMARKS = 2048
KEPT = 1 << 28  # bytes of features that a factor keeps; more are made again when needed
CHUNK = 4096  # rows of features made at a time
CARRY_ON = 1e-4  # of the shortfall allowed: few points are factored this much closer, while …
CHEAP = 4  # … the rank is below this part of its limit
MARGIN = 0.5  # of it, for what the candidates do not show
ROUNDING = 1e-14  # a residual this small is rounding

Shortfall = Callable[[Vector, Vector], float]  # of weights and residuals


@dataclass(frozen=True, eq=False)
class Factor:
    """Landmarks p and features A = K(., p) L⁻ᵀ, where L L' is the kernel between landmarks."""

    points: Cloud
    landmarks: Cloud
    triangle: Matrix  # L, (r, r), lower
    places: Rows  # of the landmarks among the points

    @property
    def rank(self) -> int:
        """How many landmarks there are."""
        return len(self.landmarks)

    def features(self, places: Rows) -> Matrix:
        """Rows of A for the points at the places given, shape (k, r)."""
        if self.kept is not None:
            return self.kept[places]
        return self._computed(places)

    @once
    def kept(self) -> Matrix | None:
        """A, shape (m, r), where memory for it is small."""
        m = len(self.points)
        if 8 * m * self.rank > KEPT:
            return None
        return np.concatenate(list(map_inside(self._computed, chunks(m))))

    def _computed(self, places: Rows) -> Matrix:
        from scipy.linalg import solve_triangular

        here, everything = slice(0, len(places)), slice(0, self.rank)
        compiled = is_large(len(self.points))
        kernel = block(self.landmarks, everything, self.points.at(places), here, compiled=compiled)
        solved: Matrix = solve_triangular(
            self.triangle, kernel, lower=True, overwrite_b=True, check_finite=False
        )
        return np.ascontiguousarray(solved.T)

    @once
    def residual(self) -> Vector:
        """The diagonal of K - A A', shape (m,)."""
        pieces = chunks(len(self.points))
        return np.concatenate(list(map_inside(lambda places: rest(self.features(places)), pieces)))

    def gram(self, weights: Vector) -> Matrix:
        """A' diag(w) A, shape (r, r)."""

        def piece(places: Rows) -> Matrix:
            a = self.features(places) * np.sqrt(weights[places, None])
            return a.T @ a

        pieces = map_inside(piece, chunks(len(self.points)))
        return reduce(np.add, pieces)


def rest(features: Matrix) -> Vector:
    """What a kernel with a diagonal of ones has left there, clamped at 0."""
    left: Vector = 1.0 - np.einsum("ij,ij->i", features, features)
    return left.clip(min=0.0)


def chunks(m: int) -> Iterator[Rows]:
    """Cut the places 0 … m into pieces, always the same ones."""
    return (np.arange(start, min(start + CHUNK, m)) for start in range(0, m, CHUNK))


def factor(points: Cloud, weights: Vector, shortfall: Shortfall, limit: int) -> Factor | None:
    """Factor a Gram matrix until ``shortfall(w, R)`` ≤ 1; None where ``limit`` is not enough.

    Pivots are the largest of w_i R_i among candidates: points evenly spaced in their order, which
    stand for all, and those farthest from the centre. With few points all are candidates, and the
    factor is carried on while it is cheap; with many, the caller must look at the residual of all.
    """
    m = len(points)
    if m <= CANDIDATES:
        found = pivoted(points, weights, shortfall, (CARRY_ON, 1.0), min(limit, MOST_LANDMARKS))
        if found is None:
            return None
        pivots, columns = found
        made = Factor(points, points.at(pivots), np.tril(columns[:, pivots].T), pivots)
        made.__dict__["kept"] = np.ascontiguousarray(columns.T)  # a by-product
        return made
    spaced, far = _candidates(points)
    bulk = weights[spaced] * (weights.sum() - weights[far].sum()) / weights[spaced].sum()
    candidates, standing = np.concatenate((spaced, far)), np.concatenate((bulk, weights[far]))
    some = points.at(candidates)
    found = pivoted(some, standing, shortfall, (MARGIN, MARGIN), min(limit, MOST_LANDMARKS))
    if found is None:
        return None
    pivots, columns = found
    places = candidates[pivots]
    return Factor(points, points.at(places), np.tril(columns[:, pivots].T), places)


def _candidates(points: Cloud) -> tuple[Rows, Rows]:
    """Give some points evenly spaced in their order, and the others farthest from the centre."""
    m, half = len(points), CANDIDATES // 2
    far = np.sort(np.argpartition(points.norms, m - half)[m - half :])
    rest = np.setdiff1d(np.arange(m), far, assume_unique=True)
    return rest[np.linspace(0, len(rest) - 1, half).astype(np.int64)], far


def _hopeless(shortfalls: list[float]) -> bool:
    """Tell halfway whether the shortfall, were it to fall on as fast, would miss 1 at the limit.

    The eigenvalues of a Gaussian kernel fall ever more slowly, so it will not do better.
    """
    half, n_steps = shortfalls[-1], len(shortfalls)
    quarter = shortfalls[n_steps // 2 - 1] if n_steps > 1 else np.inf
    return half * (half / quarter) ** 2 > 1.0


def pivoted(
    points: Cloud,
    weights: Vector,
    shortfall: Shortfall,
    goals: tuple[float, float],
    limit: int,
    first: Rows | None = None,
) -> tuple[Rows, Matrix] | None:
    """Give the pivots (r,) and the rows of A' (r, m), where the shortfall is at most 1.

    It is brought down to the first goal while the rank is cheap, else to the second; ``first`` are
    pivots that are settled.
    """
    limit, settled = min(limit, len(points)), [] if first is None else first.tolist()
    columns, residual = np.empty((limit, len(points))), np.ones(len(points))
    pivots = np.empty(limit, dtype=np.int64)
    short, k, shortfalls = np.inf, 0, list[float]()
    while k < len(settled) or (
        k < limit and short > goals[k * CHEAP >= limit] and residual.max() > ROUNDING
    ):
        pivots[k] = settled[k] if k < len(settled) else np.argmax(weights * residual)
        _take_off(points, pivots[: k + 1], columns, residual)
        short = shortfall(weights, residual)
        shortfalls.append(short)
        k += 1
        if not settled and k == limit // 2 and _hopeless(shortfalls):
            return None
    return (pivots[:k], columns[:k]) if short <= 1.0 else None


def _take_off(points: Cloud, pivots: Rows, columns: Matrix, residual: Vector) -> None:
    """Add the row of A' of the last pivot to ``columns``, and take it off the residual."""
    k, pivot = len(pivots) - 1, int(pivots[-1])
    column = block(points, slice(pivot, pivot + 1), points, slice(0, len(points)))[0]
    column -= columns[:k, pivot] @ columns[:k]
    column[pivots[:k]] = 0.0
    column /= np.sqrt(residual[pivot])
    columns[k] = column
    residual -= np.square(column)
    residual[pivots] = 0.0
    np.maximum(residual, 0.0, out=residual)
