"""Sums over a Gram matrix in O(n) memory, and the whole of it: symmetric tiles, row band by band.

Bands may run in threads; what they give is added in their order, so that the bits are the same
for any number of threads.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mitool.kernels.gram.clouds import (
    TILE,
    Cloud,
    block,
    exponentiate,
    is_large,
    slices,
    squared_distances,
)
from mitool.kernels.memory import require
from mitool.parallel import map_inside
from mitool.variables import Matrix, Vector


def _from_diagonal(rows: slice, m: int) -> list[slice]:
    """The tiles of a band of rows, from the diagonal on."""
    starts = range(rows.start, m, TILE)
    return [slice(start, min(start + TILE, m)) for start in starts]


def row_sums(points: Cloud, weights: Vector) -> Vector:
    """Give Σ_j w_j K_ij for every point, shape (m,)."""
    return own_sums(points, weights, squares=False)[0]


def own_sums(points: Cloud, weights: Vector, *, squares: bool = True) -> tuple[Vector, float]:
    """Give Σ_j w_j K_ij for every point, and in the same pass Σ_ij w_i w_j K_ij² if asked."""
    m, sums, square = len(points), np.zeros(len(points)), 0.0
    compiled = is_large(m)

    def band(rows: slice) -> tuple[Vector, float]:
        here, own, left = np.zeros(m - rows.start), 0.0, weights[rows]
        for columns in _from_diagonal(rows, m):
            tile = block(points, rows, points, columns, compiled=compiled)
            here[: len(left)] += tile @ weights[columns]
            if rows != columns:
                here[columns.start - rows.start : columns.stop - rows.start] += left @ tile
            if squares:
                twice = 1.0 if rows == columns else 2.0
                own += twice * float(left @ np.square(tile, out=tile) @ weights[columns])
        return here, own

    for rows, (here, own) in zip(slices(m), map_inside(band, slices(m)), strict=True):
        sums[rows.start :] += here
        square += own
    return sums, square


def powered_sums(points: Cloud, powers: Sequence[float], *, compiled: bool = False) -> Matrix:
    """Give Σ_j n_j K_ij^p for every point and power, (powers, m), from one pass over distances.

    n_j rows lie on point j. ``compiled`` has the loop compiled for few points too.
    """
    m, weights = len(points), points.counts
    compiled = compiled or is_large(m)
    sums = np.zeros((len(powers), m))

    def band(rows: slice) -> Matrix:
        here, left = np.zeros((len(powers), m - rows.start)), weights[rows]
        for columns in _from_diagonal(rows, m):
            squares = squared_distances(points, rows, points, columns)
            there = slice(columns.start - rows.start, columns.stop - rows.start)
            for own, power in zip(here, powers, strict=True):
                tile = squares * power
                exponentiate(tile, compiled=compiled)
                own[: len(left)] += tile @ weights[columns]
                if rows != columns:
                    own[there] += left @ tile
        return here

    for rows, here in zip(slices(m), map_inside(band, slices(m)), strict=True):
        sums[:, rows.start :] += here
    return sums


def total(points: Cloud) -> float:
    """Give the sum of the kernel over all pairs of rows, each row with itself too."""
    return float(points.counts @ row_sums(points, points.counts))


def cross_sums(a: Cloud, b: Cloud, weights: Vector) -> Vector:
    """Give Σ_j w_j K(a_i, b_j) for every point of a."""
    compiled = is_large(max(len(a), len(b)))

    def band(rows: slice) -> Vector:
        here = np.zeros(rows.stop - rows.start)
        for columns in slices(len(b)):
            here += block(a, rows, b, columns, compiled=compiled) @ weights[columns]
        return here

    return np.concatenate(list(map_inside(band, slices(len(a)))))


def dense(points: Cloud) -> Matrix:
    """Give the whole Gram matrix, (m, m); refused beforehand if memory would not hold it."""
    m = len(points)
    require(8 * m * m, f"the kernel matrix of {m} distinct rows")
    gram: Matrix = np.empty((m, m))
    compiled = is_large(m)

    def band(rows: slice) -> None:
        for columns in _from_diagonal(rows, m):
            gram[rows, columns] = block(points, rows, points, columns, compiled=compiled)
            gram[columns, rows] = gram[rows, columns].T

    for _ in map_inside(band, slices(m)):
        pass
    return gram
