"""All distances from a row, of x and of y, swept several times: the scales share one search.

For a few thousand rows in several dimensions this is sooner than a tree asked once a scale.
"""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel
from mitool.kernels.neighbors.best_loops import insert
from mitool.kernels.types import Places
from mitool.variables import Matrix, Rows, Vector


@kernel
def _distances(columns: Matrix, i: int, out: Vector) -> None:
    """Give the maximum norm from row i to all, of columns (d, n)."""
    for a in range(0, columns.shape[0], 2):  # two dimensions at a time: half the reads and writes
        b = min(a + 1, columns.shape[0] - 1)
        u, v = columns[a, i], columns[b, i]
        if a == 0:
            for j in range(out.shape[0]):
                out[j] = max(abs(columns[a, j] - u), abs(columns[b, j] - v))
        else:
            for j in range(out.shape[0]):
                out[j] = max(max(abs(columns[a, j] - u), abs(columns[b, j] - v)), out[j])


@kernel
def _n_below(far: Vector, radius: float) -> int:
    """Count the distances below a radius."""
    found = 0
    for j in range(far.shape[0]):
        found += far[j] < radius
    return found


@kernel
def count(x: Matrix, y: Matrix, ks: Rows, far: Matrix, best: Vector, out: Places) -> None:
    """Count the others in x and in y strictly closer than the k-th neighbour of each row.

    In ``out`` (n_ks, 2, n); columns are (d, n), far (3, n) and best (largest k,) room.
    """
    from_x, from_y, joint = far[0], far[1], far[2]
    for i in range(x.shape[1]):
        _distances(x, i, from_x)
        _distances(y, i, from_y)
        for j in range(joint.shape[0]):
            joint[j] = max(from_x[j], from_y[j])
        joint[i] = np.inf
        best[:] = np.inf
        for j in range(joint.shape[0]):
            if joint[j] < best[-1]:
                insert(best, joint[j])
        for s in range(ks.shape[0]):
            radius = best[ks[s] - 1]
            itself = radius > 0.0
            out[s, 0, i] = _n_below(from_x, radius) - itself
            out[s, 1, i] = _n_below(from_y, radius) - itself


@kernel
def _place(best: Vector, nearest: Rows, distance: float, row: int) -> None:
    """Put a distance below the largest of ``best`` in its turn, and its row in ``nearest``."""
    j = best.shape[0] - 1
    while j > 0 and best[j - 1] > distance:
        best[j], nearest[j] = best[j - 1], nearest[j - 1]
        j -= 1
    best[j], nearest[j] = distance, row


@kernel
def average(
    columns: Matrix,
    other: Matrix,
    n_queries: int,
    far: Vector,
    best: Vector,
    nearest: Rows,
    means: Matrix,
) -> None:
    """Give means (d', n_queries) of the other side's columns over the nearest rows of each query.

    The queries are the first rows. Far (n,), best and nearest (k,) are room.
    """
    for i in range(n_queries):
        _distances(columns, i, far)
        far[i] = np.inf
        best[:] = np.inf
        for j in range(far.shape[0]):
            if far[j] < best[-1]:
                _place(best, nearest, far[j], j)
        for a in range(other.shape[0]):
            total = 0.0
            for neighbour in nearest:
                total += other[a, neighbour]
            means[a, i] = total / nearest.shape[0]


@kernel
def _dot(a: Vector, b: Vector) -> float:
    """Sum the products of two vectors in eight sums, which a processor takes at a time."""
    n = a.shape[0]
    sums = np.zeros(8)
    for j in range(0, n - 7, 8):
        for lane in range(8):
            sums[lane] += a[j + lane] * b[j + lane]
    total = 0.0
    for j in range(n - n % 8, n):
        total += a[j] * b[j]
    for lane in range(8):
        total += sums[lane]
    return total


@kernel
def products(x: Matrix, y: Matrix, ones: Vector, far: Matrix, out: Matrix) -> None:
    """Give sums over all rows of the distances x and y, and of xx, yy and xy, from row i.

    In ``out`` (5, n); columns are (d, n), ones (n,), far (2, n) room.
    """
    from_x, from_y = far[0], far[1]
    for i in range(x.shape[1]):
        _distances(x, i, from_x)
        _distances(y, i, from_y)
        out[0, i], out[1, i] = _dot(from_x, ones), _dot(from_y, ones)
        out[2, i], out[3, i] = _dot(from_x, from_x), _dot(from_y, from_y)
        out[4, i] = _dot(from_x, from_y)
