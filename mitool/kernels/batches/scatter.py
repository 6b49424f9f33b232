"""Scatter matrices that add up over batches without rounding: the same of any batches of the rows.

Columns are cut into digits, whose products add up to whole numbers; what these come to is rounded
at the end, so that nearly equal columns lose no digits either.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.linear.directions import Basis, turned
from mitool.kernels.linear.exactbasis import correlation
from mitool.kernels.linear.exactsums import BITS, PLACES, Digits, Whole, joined
from mitool.once import once
from mitool.variables import Matrix, Variable, Vector

APART = 1e-2
"""The smallest eigenvalue of a correlation matrix whose factor floats give well enough."""
DECIMALS = 60
"""Of the factor of others: twice those of a float, and those that elimination may cost."""
NOTHING = Decimal("1e-40")
"""A square left of a column of length 1 that follows from those before it."""


@dataclass(frozen=True, eq=False)
class Scatter:
    """n rows of d columns: their largest sizes, (d,), and the sums of their digits and products.

    ``top`` (d,) are the first places; ``sums`` has shape (d * PLACES,), ``products`` that squared.
    """

    n: int
    size: Vector
    top: NDArray[np.int64]
    sums: Whole
    products: Whole

    @classmethod
    def of(cls, x: Variable, y: Variable) -> Scatter:
        """Sum up the columns of two variables of the same rows."""
        both = Digits(np.hstack((x.values, y.values)))
        return cls(len(x), both.size, both.top, both.moments[0, 1:], both.moments[1:, 1:])

    @classmethod
    def of_digits(cls, x: Digits, y: Digits) -> Scatter:
        """Sum up what two variables have in common; what is known of either alone is kept."""
        across = x.products(y)
        products = np.block([[x.moments[1:, 1:], across], [across.T, y.moments[1:, 1:]]])
        pairs = ((x.size, y.size), (x.top, y.top), (x.moments[0, 1:], y.moments[0, 1:]))
        size, top, sums = (np.concatenate(pair) for pair in pairs)
        return cls(len(x.values), size, top, sums, products)

    def merged(self, other: Scatter) -> Scatter:
        """Give the same of the rows of both."""
        top = np.maximum(self.top, other.top)
        first, second = self._from(top), other._from(top)
        size = np.maximum(self.size, other.size)
        sums, products = first.sums + second.sums, first.products + second.products
        return Scatter(self.n + other.n, size, top, sums, products)

    def _from(self, top: NDArray[np.int64]) -> Scatter:
        """Give the digits from other first places on, none of them lower; what falls off is cut."""
        shift = (top - self.top)[:, None]
        if not shift.any():
            return self
        places = np.arange(PLACES) - shift
        is_kept = (places >= 0).ravel()
        columns = PLACES * np.arange(len(top))[:, None]
        at = (columns + np.maximum(places, 0)).ravel()
        products = self.products[np.ix_(at, at)] * np.outer(is_kept, is_kept)
        return Scatter(self.n, self.size, top, self.sums[at] * is_kept, products)

    @once
    def squares(self) -> Whole:
        """The scatter matrix, n times, in units of the last digits, shape (d, d)."""
        sums, products = joined(self.sums[None])[0], joined(joined(self.products).T)
        return np.asarray(self.n * products - np.outer(sums, sums))

    def varies(self, first: int, last: int | None = None) -> bool:
        """Tell whether some of the columns have more than one value."""
        return any(square != 0 for square in np.diagonal(self.squares)[first:last])

    @property
    def correlation(self) -> float | None:
        """That of two columns; None of more."""
        if len(self.squares) != 2:
            return None
        (x, both), (_, y) = self.squares.tolist()
        return correlation(x, both, y)

    @once
    def factor(self) -> Matrix:
        """R, shape (d, d), with R'R the scatter matrix of the columns over their largest sizes."""
        roots = [sqrt(square / self.n) for square in np.diagonal(self.squares).tolist()]
        unit = np.ldexp(self.size, -BITS * self.top) * 2.0 ** (BITS * (PLACES - 1))
        length = np.array(roots) / np.where(unit > 0.0, unit, 1.0)
        return triangular(self.squares) * length

    def side(self, name: str, first: int, last: int | None = None) -> Basis:
        """Give the directions of some of the columns, which stand for those of the rows."""
        scaled, size = self.factor[:, first:last], self.size[first:last]
        return turned(name, scaled, scaled, size, self.n)  # their size itself may be too large


def triangular(squares: Whole) -> Matrix:
    """Give R with R'R the correlations of a scatter matrix (d, d), 0 of what does not vary."""
    roots = [sqrt(square) or 1.0 for square in np.diagonal(squares).tolist()]
    correlation = (squares / np.outer(roots, roots)).astype(np.float64)
    if np.linalg.eigvalsh(correlation)[0] >= APART:
        return np.asarray(np.linalg.cholesky(correlation).T)
    with localcontext(prec=DECIMALS):
        return _in_decimals(squares)


def _in_decimals(squares: Whole) -> Matrix:
    """Give the same by Cholesky's method, row by row, with more digits than floats have."""
    exact: Whole = np.array([Decimal(square) for square in squares.flat], dtype=object)
    left = exact.reshape(squares.shape)
    roots: Whole = np.array([square.sqrt() or 1 for square in np.diagonal(left)], dtype=object)
    left = left / np.outer(roots, roots)
    factor: Whole = np.zeros_like(left)
    for i in range(len(left)):
        if left[i, i] > NOTHING:
            factor[i, i:] = left[i, i:] / left[i, i].sqrt()
            left[i + 1 :, i + 1 :] -= np.outer(factor[i, i + 1 :], factor[i, i + 1 :])
    return np.asarray(factor, dtype=np.float64)
