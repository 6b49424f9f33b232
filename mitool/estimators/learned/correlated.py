"""Statistics of correlations: of scores, of their sizes, of polynomials in them; and of grids."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.estimators.canonical import psi_sum
from mitool.estimators.learned.arrangement import Arranged, Ranks
from mitool.kernels.linear.directions import Basis, basis
from mitool.variables import Matrix, Vector

NEARLY_ONE = 1.0 - 1e-7
N_SHUFFLED = 4
SPARED = 1e-6
"""Added to the diagonal of correlations whose determinant is taken."""


def information_of(correlations: NDArray[np.floating[Any]]) -> float:
    """Give the information of Gaussian pairs of these correlations, held below 8 nats each."""
    held = np.minimum(np.abs(correlations), NEARLY_ONE)
    return -0.5 * float(np.log1p(-held * held).sum())


class Linear:
    """Canonical correlations of the scores of an arranged table, and the first variates."""

    def __init__(self, table: Arranged) -> None:
        self.x, self.y = (basis("", side) for side in table.scores)
        shared = self.x.directions.T @ self.y.directions
        left, self.correlations, right = np.linalg.svd(shared)
        self.first = self.x.directions @ left[:, :1], self.y.directions @ right[:1].T

    def statistics(self, table: Arranged) -> dict[str, float]:
        """Give what they say."""
        n, s = len(table.x), self.correlations
        first = np.zeros(3)
        first[: len(s)] = [information_of(one) for one in s[:3, None]]
        return {
            "gcmi": information_of(s) - _bias(self.x, self.y, n),
            "first correlation": first[0],
            "second correlation": first[1],
            "third correlation": first[2],
            **_in_pairs("within", _within(table.scores[0]), _within(table.scores[1])),
        }


def _bias(x: Basis, y: Basis, n: int) -> float:
    return psi_sum(n, x.rank) + psi_sum(n, y.rank) - psi_sum(n, x.rank + y.rank)


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
    """Give what pairs of columns share on grids of equally full cells, less what chance does.

    Coarse cells hold some rows each, fine ones about one: there chance is what a shuffle shares.
    """
    n = len(table.x)
    coarse = max(2, min(10, round((n / 4.0) ** (1.0 / 3.0))))
    fine = max(4, min(32, round(n**0.5)))
    found = _shared(table.x, table.y, coarse) - (coarse - 1.0) ** 2 / (2.0 * n)
    order = np.random.default_rng(3).permutation(n)
    in_detail = _shared(table.x, table.y, fine) - _shared(table.x, table.y[order], fine)
    return {
        "best grid": float(found.max()),
        "all grids": float(found.sum()) / min(found.shape),
        "best fine grid": float(in_detail.max()),
    }


def _shared(x: Ranks, y: Ranks, n_bins: int) -> Matrix:
    """Give the information of the counts of each pair of columns, (dx, dy)."""
    n, shape = len(x), (x.shape[1], y.shape[1])
    a, b = ((side + n) * n_bins // (2 * n) for side in (x, y))
    pairs = np.arange(shape[0] * shape[1]).reshape(shape) * n_bins**2
    codes = pairs + a[:, :, None] * n_bins + b[:, None, :]
    counts = np.bincount(codes.reshape(-1), minlength=pairs.size * n_bins**2)
    joint = counts.reshape(*shape, n_bins, n_bins)
    whole, rows, columns = (_sum_p_log_p(c / n) for c in (joint, joint.sum(3), joint.sum(2)))
    return np.asarray(whole - rows - columns)


def _sum_p_log_p(share: NDArray[np.float64]) -> Matrix:
    """Give the sum over all axes but the first two."""
    logs = np.log(share, out=np.zeros_like(share), where=share > 0.0)
    return np.asarray((share * logs).sum(axis=tuple(range(2, share.ndim))))


def ties(table: Arranged) -> dict[str, float]:
    """Give the largest share of rows of a column that are no new value, of each side."""
    d = table.x.shape[1]
    return _in_pairs("repeats", float(table.repeats[:d].max()), float(table.repeats[d:].max()))
