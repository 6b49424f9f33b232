"""Statistics of correlations: of scores, of their sizes, of polynomials in them, and of ranks."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.estimators.canonical import psi_sum
from mitool.estimators.learned.arrangement import Arranged, Ranks
from mitool.estimators.learned.normal_scores import scored
from mitool.estimators.rescored import rescored
from mitool.kernels.linear.directions import Basis, basis
from mitool.kernels.linear.evenness import size_information
from mitool.variables import Matrix, Vector

NEARLY_ONE = 1.0 - 1e-7
ROWS_PER_COLUMN = 4  # below so many the sizes of the scores are not looked at
N_SHUFFLED = 4
SPARED = 1e-6
"""Added to the diagonal of correlations whose determinant is taken."""


def information_of(correlations: NDArray[np.floating[Any]]) -> float:
    """Give the information of Gaussian pairs of these correlations, held below 8 nats each."""
    held = np.minimum(np.abs(correlations), NEARLY_ONE)
    return -0.5 * float(np.log1p(-held * held).sum())


class Linear:
    """Canonical correlations of the scores of an arranged table, and their variates."""

    def __init__(self, table: Arranged) -> None:
        self.x, self.y = (basis("", side) for side in table.scores)
        full = np.linalg.svd(self.x.directions.T @ self.y.directions)
        left, self.correlations, right = full
        self.left = _turned(self.x, left, len(self.correlations))
        self.right = _turned(self.y, right.T, len(self.correlations))

    def statistics(self, table: Arranged) -> dict[str, float]:
        """Give what they say."""
        n, s = len(table.x), self.correlations
        first = np.zeros(3)
        first[: len(s)] = [information_of(one) for one in s[:3, None]]
        of_scores = rescored(self.left[:, : len(s)], self.right[:, : len(s)]) if len(s) else s
        return {
            "gcmi": information_of(s) - _bias(self.x, self.y, n),
            "gcmi, scored again": information_of(of_scores),
            "gcmi2": _of_sizes(table, self, n),
            "first correlation": first[0],
            "second correlation": first[1],
            "third correlation": first[2],
            **_in_pairs("within", _within(table.scores[0]), _within(table.scores[1])),
        }


def _turned(side: Basis, turn: Matrix, n_paired: int) -> Matrix:
    """Give the variates (n, rank): those that face the other side, then what is left, by size.

    What is left has no directions of its own: it is turned to the principal axes of the scores.
    """
    variates = side.directions @ turn
    left = variates[:, n_paired:]
    if left.shape[1] > 1:
        axes = np.linalg.svd(left.T @ side.values)[0]
        variates = np.hstack((variates[:, :n_paired], left @ axes))
    return np.asarray(variates)


def _bias(x: Basis, y: Basis, n: int) -> float:
    return psi_sum(n, x.rank) + psi_sum(n, y.rank) - psi_sum(n, x.rank + y.rank)


def _of_sizes(table: Arranged, linear: Linear, n: int) -> float:
    """Give ``gcmi2``, or ``gcmi`` where rows are few."""
    if n < ROWS_PER_COLUMN * table.n_dims:
        return information_of(linear.correlations) - _bias(linear.x, linear.y, n)
    x, y = (basis("", np.hstack((side, scored(np.abs(side))))) for side in table.scores)
    s = np.linalg.svd(x.directions.T @ y.directions, compute_uv=False)
    twice = size_information(*table.scores) if linear.x.rank and linear.y.rank else 0.0
    return information_of(s) - _bias(x, y, n) - min(max(twice, 0.0), 8.0)


def _within(side: Matrix) -> float:
    """Give the total correlation of a side's scores as if Gaussian."""
    spread = side.std(axis=0)
    varying = side[:, spread > 0.0] / spread[spread > 0.0]
    matrix = varying.T @ varying / len(side) + SPARED * np.eye(varying.shape[1])
    return -0.5 * float(np.linalg.slogdet(matrix)[1])


def _in_pairs(name: str, *both: float) -> dict[str, float]:
    """Name a statistic of either side by which is larger."""
    return {f"{name}, less": min(both), f"{name}, more": max(both)}


class Polynomial:
    """Canonical correlations of Hermite polynomials and products of the scores, held back."""

    def __init__(self, table: Arranged) -> None:
        self.x, self.y = (_whitened(_polynomials(side)) for side in table.scores)
        n = len(table.x)
        left, self.correlations, right = np.linalg.svd(self.x.T @ self.y / n, full_matrices=False)
        self.first = self.x @ left[:, :1], self.y @ right[:1].T

    def statistics(self) -> dict[str, float]:
        """Give what they say beyond what they say of shuffled rows."""
        rng, n = np.random.default_rng(1), len(self.x)
        orders = [rng.permutation(n) for _ in range(N_SHUFFLED)]
        shuffled = [
            np.linalg.svd(self.x.T @ self.y[order] / n, compute_uv=False) for order in orders
        ]
        by_chance = float(np.mean([information_of(s) for s in shuffled]))
        top = float(np.mean([information_of(s[:1]) for s in shuffled]))
        return {
            "polynomials": information_of(self.correlations) - by_chance,
            "first polynomial": information_of(self.correlations[:1]) - top,
        }


def _polynomials(side: Matrix) -> Matrix:
    """Give the first three Hermite polynomials of each column, and products of two, scaled."""
    pairs = [side[:, a] * side[:, b] for a, b in combinations(range(side.shape[1]), 2)]
    cubes = side**3 - 3.0 * side
    columns = np.column_stack((side, side * side, cubes, *pairs))
    columns -= columns.mean(axis=0)
    spread = columns.std(axis=0)
    return np.asarray(columns[:, spread > 0.0] / spread[spread > 0.0])


def _whitened(columns: Matrix) -> Matrix:
    """Uncorrelate columns (n, p) of variance 1, with a ridge of p / n."""
    n, p = columns.shape
    values, vectors = np.linalg.eigh(columns.T @ columns / n)
    return np.asarray(columns @ (vectors / np.sqrt(np.maximum(values, 0.0) + p / n)))


def sizes(table: Arranged) -> dict[str, float]:
    """Give how the sizes of rows go together, and how far the first variates are from Gaussian."""
    lengths = [np.log((side * side).mean(axis=1) + 1e-3) for side in table.scores]
    r = _correlation(*lengths)
    return {"sizes": float(np.arctanh(np.clip(r, -NEARLY_ONE, NEARLY_ONE)))}


def _correlation(a: Vector, b: Vector) -> float:
    a, b = a - a.mean(), b - b.mean()
    scale = float((a @ a) * (b @ b)) ** 0.5
    return float(a @ b) / scale if scale > 0.0 else 0.0


def grids(table: Arranged) -> dict[str, float]:
    """Give what pairs of columns share on grids of equally full cells, less what chance does."""
    n = len(table.x)
    n_bins = max(2, min(10, round((n / 4.0) ** (1.0 / 3.0))))
    x, y = (_cells(side, n_bins) for side in (table.x, table.y))
    joint = np.einsum("iap,jbp->ijab", *(_by_cell(one, n_bins) for one in (x, y)), optimize=True)
    share = joint / n
    apart = share.sum(axis=3, keepdims=True) * share.sum(axis=2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(share > 0.0, share * np.log(share / apart), 0.0)
    cells = [(apart > 0.0).any(axis=axis).sum(axis=2) for axis in (3, 2)]
    found = terms.sum(axis=(2, 3)) - (cells[0] - 1.0) * (cells[1] - 1.0) / (2.0 * n)
    return {"best grid": float(found.max()), "all grids": float(found.sum()) / min(found.shape)}


def _cells(side: Ranks, n_bins: int) -> Ranks:
    n = len(side)
    return np.minimum((side + n) * n_bins // (2 * n), n_bins - 1)


def _by_cell(cells: Ranks, n_bins: int) -> Matrix:
    """Mark the cell of each row: (d, n_bins, n)."""
    return np.asarray(cells.T[:, None, :] == np.arange(n_bins)[:, None], dtype=np.float64)


def ties(table: Arranged) -> dict[str, float]:
    """Give the largest share of rows of a column that are no new value, of each side."""
    d = table.x.shape[1]
    return _in_pairs("repeats", float(table.repeats[:d].max()), float(table.repeats[d:].max()))
