"""Mean kernels between each point and all others, as logarithms: nothing far away is lost."""

from __future__ import annotations

from math import log

import numpy as np

from mitool.kernels.gram.clouds import FEW_DIMS, MANY_PAIRS, exponentiate
from mitool.parallel import map_inside
from mitool.variables import Matrix, Rows, Vector

BLOCK = 256


def log_means(points: Matrix, sharpness: Vector) -> Matrix:
    """Give log 1/(n - 1) Σ_{j≠i} exp(-s |x_i - x_j|²) of each point for each s, (len(s), n)."""
    n, centred = len(points), points - points.mean(axis=0)

    compiled = n * n * len(sharpness) > MANY_PAIRS

    def band(start: int) -> Matrix:
        rows = np.arange(start, min(start + BLOCK, n))
        squares = _squares(centred, rows)
        squares[np.arange(len(rows)), rows] = np.inf
        least = squares.min(axis=1)
        squares -= least[:, None]
        out: Matrix = np.empty((len(sharpness), len(rows)))
        for own, s in zip(out, sharpness.tolist(), strict=True):
            tile = squares * s
            exponentiate(tile, compiled=compiled)
            own[:] = np.log(tile.sum(axis=1)) - s * least
        return out

    found: Matrix = np.hstack(list(map_inside(band, range(0, n, BLOCK))))
    logs: Matrix = found - log(n - 1.0)
    return logs


def _squares(points: Matrix, rows: Rows) -> Matrix:
    """Give the squared distances of some points to all, (rows, n)."""
    if points.shape[1] <= FEW_DIMS:
        out = np.zeros((len(rows), len(points)))
        for column in points.T:
            out += np.square(column[rows, None] - column)
        return out
    norms = np.einsum("ij,ij->i", points, points)
    expanded: Matrix = norms[rows, None] + norms - 2.0 * (points[rows] @ points.T)
    return np.maximum(expanded, 0.0)
