"""Linear maps to few dimensions: principal components, and canonical directions of two sides.

One thread of BLAS makes them: the last bits would depend on how many there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from mitool.limits import one_blas_thread
from mitool.variables import Codes, Matrix, Rows, Vector

DEPENDENT = 1e-10
"""Of the largest: directions of smaller singular values are rounding."""


@dataclass(frozen=True, eq=False)
class Projection:
    """``directions`` (d, r) of rows from which ``centre`` (d,) is taken, the most telling first."""

    centre: Vector
    directions: Matrix

    @one_blas_thread()
    def of(self, values: Matrix, k: int) -> Matrix:
        """Give the first k coordinates of rows, (n, k)."""
        return np.ascontiguousarray((in_rows(values) - self.centre) @ self.directions[:, :k])

    @one_blas_thread()
    def rest(self, values: Matrix, k: int) -> Vector:
        """Give the eigenvalues of the covariance of what the first k orthonormal directions drop.

        Of rows that the map was not fitted on they are no smaller than they are.
        """
        kept, centred = self.directions[:, :k], in_rows(values) - self.centre
        left = centred - (centred @ kept) @ kept.T
        left -= left.mean(axis=0)
        gram = left.T @ left if len(left) >= left.shape[1] else left @ left.T
        spectrum: Vector = np.linalg.eigvalsh(gram) / len(left)
        return np.maximum(spectrum, 0.0)

    def explained(self, values: Matrix, k: int) -> float:
        """Give the share of the variance of rows that the first k orthonormal directions hold."""
        values = in_rows(values)
        total = float(values.var(axis=0).sum())
        kept = float(self.of(values, k).var(axis=0).sum())
        return min(kept / total, 1.0) if total > 0 else 1.0


def in_rows(values: Matrix) -> Matrix:
    """Give values as they lie row by row: sums over columns that lie apart have other last bits."""
    return np.ascontiguousarray(values)


@one_blas_thread()
def principal(values: Matrix) -> Projection:
    """Fit principal components to rows (n, d)."""
    values = in_rows(values)
    centre = values.mean(axis=0)
    return Projection(centre, np.ascontiguousarray(_decomposed(values - centre)[1].T))


@one_blas_thread()
def canonical(x: Matrix, y: Matrix) -> tuple[Projection, Projection]:
    """Fit the directions of x and of y that correlate most; those of each side have variance one.

    Hotelling (1936), doi:10.1093/biomet/28.3-4.321.
    """
    x, y = in_rows(x), in_rows(y)
    sides: list[tuple[Matrix, Matrix]] = []
    centres = [x.mean(axis=0), y.mean(axis=0)]
    for values, centre in zip((x, y), centres, strict=True):
        sizes, right, left = _decomposed(values - centre)
        sides.append((left, right.T / sizes * np.sqrt(len(values))))
    (left_x, map_x), (left_y, map_y) = sides
    u, _, v = np.linalg.svd(left_x.T @ left_y, full_matrices=False)
    return Projection(centres[0], map_x @ u), Projection(centres[1], map_y @ v.T)


def _decomposed(centred: Matrix) -> tuple[Vector, Matrix, Matrix]:
    """Give singular values that are not rounding, right vectors (r, d) and left ones (n, r)."""
    left, sizes, right = np.linalg.svd(centred, full_matrices=False)
    kept = sizes > DEPENDENT * max(float(sizes[0]), 1e-300)
    return sizes[kept], right[kept], left[:, kept]


def indicators(codes: Codes) -> Matrix:
    """Give a column of 0 and 1 for each label (n, levels): how canonical directions see labels."""
    return np.asarray(codes[:, None] == np.arange(int(codes.max(initial=0)) + 1), dtype=np.float64)


def rows_by_content(values: Matrix, seed: int) -> Rows:
    """Give the rows in an order that depends on what they hold and on the seed alone."""
    key = str(seed).encode()
    marks = [blake2b(row.tobytes(), digest_size=16, key=key).digest() for row in values + 0.0]
    return np.array(sorted(range(len(marks)), key=marks.__getitem__), dtype=np.int64)
