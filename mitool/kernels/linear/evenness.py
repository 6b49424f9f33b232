"""What Gaussian scores share in their sizes alone: second-order copulas must not count it twice.

If a and b are standard normal with correlation r, the normal scores of |a| and |b| have the
correlation g(r) = Σ w_m r^2m with w_m > 0 and Σ w_m = 1, by Mehler's formula: w_m is the squared
coefficient of Φ⁻¹(2Φ(|a|) - 1) on the Hermite polynomial of order 2m.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np

from mitool.variables import Matrix, Rows, Vector

TERMS = 30  # the rest of the weight, 3 %, stands at the next power
NODES = 20_000
SAME = 1e-9


@cache
def weights() -> Vector:
    """Give w_1 … w_TERMS and the rest, shape (TERMS + 1,)."""
    from scipy.special import ndtri

    share = (np.arange(NODES) + 0.5) / NODES  # of |a|; the function is even
    a, sizes = ndtri((1.0 + share) / 2.0), ndtri(share)
    before, present = np.ones(NODES), a.copy()
    squares = []
    for order in range(1, 2 * TERMS):
        before, present = (
            present,
            (a * present - np.sqrt(order) * before) / np.sqrt(order + 1.0),
        )
        if order % 2:
            squares.append(float(np.mean(sizes * present)) ** 2)
    return np.array([*squares, max(0.0, 1.0 - sum(squares))])


def size_correlation(r: Matrix) -> Matrix:
    """Give g of correlations of any shape: those of the scores of the sizes."""
    square = r * r
    out = np.zeros_like(square)
    for weight in reversed(weights()):
        out = (out + weight) * square
    return out


def size_information(x: Matrix, y: Matrix, given: Matrix | None = None) -> float:
    """Give what the sizes of Gaussian scores (n, d) with these correlations share, in nats."""
    blocks = [_distinct(block) for block in ((x, y) if given is None else (x, y, given))]
    ends = np.cumsum([0, *(block.shape[1] for block in blocks)])
    parts = [np.arange(a, b) for a, b in pairwise(ends)]
    z = parts[2] if given is not None else np.arange(0)
    if not len(parts[0]) or not len(parts[1]):
        return 0.0
    g = size_correlation(np.corrcoef(np.hstack(blocks), rowvar=False))

    def logdet(*chosen: Rows) -> float:
        columns = np.concatenate(chosen).astype(np.int64)
        return float(np.linalg.slogdet(g[np.ix_(columns, columns)])[1]) if len(columns) else 0.0

    x_z, y_z = logdet(parts[0], z), logdet(parts[1], z)
    return 0.5 * (x_z + y_z - logdet(z) - logdet(parts[0], parts[1], z))


def _distinct(block: Matrix) -> Matrix:
    """Leave out columns that are constant or, up to their sign, another one: they add nothing."""
    spread = block.std(axis=0)
    scores = (block - block.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    alike = np.abs(scores.T @ scores) / len(block) > 1.0 - SAME
    first = ~np.triu(alike, 1).any(axis=0)
    return np.ascontiguousarray(block[:, first & (spread > 0)])
