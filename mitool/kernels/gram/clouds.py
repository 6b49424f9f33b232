"""Gram matrices of Gaussian and label kernels, block by block.

A cloud holds the distinct rows of a variable, sorted and with multiplicities, so that everything
computed here is blind to the order of rows, exact for duplicates, and kept under permutation.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from mitool.kernels.gram.bandwidth import Rule, choose
from mitool.once import once
from mitool.variables import Codes, Matrix, Rows, Variable, Vector
from mitool.variables.magnitudes import require_squares

TILE = 256
FEW_DIMS = 12  # up to here differences are taken one by one: exact, and as fast as a product
MANY_PAIRS = 20_000_000  # from here on the compiled loop repays its import
CLOSE = 1e-2  # squared distances this small beside the norms are taken again by differences


@dataclass(frozen=True, eq=False)
class Cloud:
    """Distinct points under exp(-|u_i - u_j|²)·[label_i = label_j], and the rows lying on them.

    ``points`` (m, d) are centred and divided by √2 bandwidths, in lexicographic order; ``labels``
    (m,) stand for a kernel between discrete values; ``counts`` (m,) says how many rows lie on
    each point and ``index`` (n,) on which point each row lies. ``bandwidth`` is None where no
    column is numeric.
    """

    points: Matrix
    labels: Codes | None
    counts: Vector
    index: Rows
    bandwidth: float | None = None

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def n_rows(self) -> int:
        """How many rows lie on the points."""
        return len(self.index)

    @once
    def norms(self) -> Vector:
        """Squared lengths of the points, shape (m,)."""
        squares: Vector = np.einsum("ij,ij->i", self.points, self.points)
        return squares

    @once
    def transposed(self) -> Matrix:
        """The points, shape (d, m), C order."""
        return np.ascontiguousarray(self.points.T)

    def permute(self, rows: Rows) -> Cloud:
        """Give the same points with the rows in another order; what is known of them stays."""
        return replace(self, index=self.index[rows])

    def at(self, places: Rows) -> Cloud:
        """Give the points at the places given (repeats allowed), one row on each."""
        labels = None if self.labels is None else self.labels[places]
        ones, index = np.ones(len(places)), np.arange(len(places))
        return Cloud(np.ascontiguousarray(self.points[places]), labels, ones, index)

    def restrict(self, index: Rows) -> Cloud:
        """Give the cloud of some of the rows, named by the points they lie on."""
        places, inverse, counts = np.unique(index, return_inverse=True, return_counts=True)
        return replace(
            self.at(places), counts=counts.astype(np.float64), index=inverse.astype(np.int64)
        )

    def sharpened(self, factor: float) -> Cloud:
        """Give the cloud whose kernel is this one to the power given."""
        return replace(self, points=self.points * sqrt(factor))


def cloud(variable: Variable, rule: float | Rule) -> Cloud:
    """Merge equal rows of a variable and scale its numeric columns; labels stay labels."""
    numeric = np.array([kind != "discrete" for kind in variable.kinds])
    index, counts, places = _merge(variable)
    values = variable.values[places]
    labels = None if numeric.all() else _codes(values[:, ~numeric])
    points = values[:, numeric]
    if not numeric.any():
        return Cloud(points, labels, counts, index)
    require_squares(variable.name, points)
    width = choose(points, counts, rule)
    points = (points - points.mean(axis=0)) / (sqrt(2.0) * width)
    return Cloud(np.ascontiguousarray(points), labels, counts, index, width)


def _merge(variable: Variable) -> tuple[Rows, Vector, Rows]:
    """Give the point of each row, the rows on each point, and one row for each point."""
    n = len(variable)
    if variable.n_distinct(0) == n:
        order = variable.order(0)
        index = np.empty(n, dtype=np.int64)
        index[order] = np.arange(n)
        return index, np.ones(n), order
    places = np.empty(variable.n_levels, dtype=np.int64)
    places[variable.codes[::-1]] = np.arange(n)[::-1]  # the first row of each level
    counts = np.bincount(variable.codes).astype(np.float64)
    return variable.codes, counts, places


def _codes(columns: Matrix) -> Codes:
    _, codes = np.unique(columns, axis=0, return_inverse=True)
    return codes.reshape(-1).astype(np.int64)


def paired(x: Cloud, y: Cloud) -> tuple[Rows, Rows, Vector]:
    """Give the distinct pairs of points that rows lie on, and how many rows on each."""
    key = x.index * len(y) + y.index
    pairs, counts = np.unique(key, return_counts=True)
    return pairs // len(y), pairs % len(y), counts.astype(np.float64)


def together(x: Cloud, y: Cloud) -> Cloud:
    """Give the cloud of the joint rows; its kernel is the product of the two kernels."""
    key = x.index * len(y) + y.index
    pairs, index, counts = np.unique(key, return_inverse=True, return_counts=True)
    a, b = pairs // len(y), pairs % len(y)
    points = np.ascontiguousarray(np.hstack((x.points[a], y.points[b])))
    given = [c.labels[at] for c, at in ((x, a), (y, b)) if c.labels is not None]
    labels = _codes(np.column_stack(given).astype(np.float64)) if given else None
    return Cloud(points, labels, counts.astype(np.float64), index.astype(np.int64))


def block(a: Cloud, rows: slice, b: Cloud, columns: slice, *, compiled: bool = False) -> Matrix:
    """Kernel between some points of one cloud and some of another, shape (rows, columns)."""
    if a.points.shape[1] <= FEW_DIMS and compiled:
        from mitool.kernels.gram.clouds_exponential_loops import gaussian_tile

        out = np.empty((rows.stop - rows.start, columns.stop - columns.start))
        gaussian_tile(a.points[rows], np.ascontiguousarray(b.transposed[:, columns]), out)
    else:
        out = squared_distances(a, rows, b, columns)
        exponentiate(out, compiled=compiled)
    if a.labels is not None and b.labels is not None:
        out *= a.labels[rows, None] == b.labels[None, columns]
    return out


def squared_distances(a: Cloud, rows: slice, b: Cloud, columns: slice) -> Matrix:
    """Give |u - v|² between some points of two clouds, shape (rows, columns)."""
    out = np.empty((rows.stop - rows.start, columns.stop - columns.start))
    few = a.points.shape[1] <= FEW_DIMS
    (_by_differences if few else _by_product)(a, rows, b, columns, out)
    return out


def _by_differences(a: Cloud, rows: slice, b: Cloud, columns: slice, out: Matrix) -> None:
    out[:] = 0.0
    difference = np.empty_like(out)
    for k in range(a.points.shape[1]):
        np.subtract(a.points[rows, k, None], b.transposed[k, columns], out=difference)
        np.multiply(difference, difference, out=difference)
        out += difference


def _by_product(a: Cloud, rows: slice, b: Cloud, columns: slice, out: Matrix) -> None:
    """Expand |u - v|² and clamp it; where that cancels, take differences after all."""
    u, v = a.points[rows], b.points[columns]
    both = a.norms[rows, None] + b.norms[None, columns]
    np.matmul(u, v.T, out=out)
    out *= -2.0
    out += both
    np.maximum(out, 0.0, out=out)
    i, j = np.nonzero(out < CLOSE * both)
    for some in range(0, len(i), 4096):
        at = slice(some, some + 4096)
        out[i[at], j[at]] = np.square(u[i[at]] - v[j[at]]).sum(axis=1)


def exponentiate(out: Matrix, *, compiled: bool) -> None:
    """Turn squared distances into the kernel, in place."""
    if compiled:
        from mitool.kernels.gram.clouds_exponential_loops import exponential

        exponential(out)
    else:
        np.negative(out, out=out)
        np.exp(out, out=out)


def slices(n: int, size: int = TILE) -> Iterator[slice]:
    """Cut 0 … n into slices, always the same ones."""
    return (slice(start, min(start + size, n)) for start in range(0, n, size))


def is_large(m: int) -> bool:
    """Tell whether so many points are worth the compiled loop."""
    return m * m // 2 > MANY_PAIRS
