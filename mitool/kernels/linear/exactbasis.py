"""Directions of columns whose scatter is summed up without rounding, and correlations by it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from mitool.kernels.linear.directions import Basis
from mitool.kernels.linear.exactsums import PLACES, Digits, joined
from mitool.once import once
from mitool.variables import Vector

AT_ONCE = 64  # columns whose digits are laid side by side: 32 bytes a value


@dataclass(frozen=True, eq=False)
class ExactBasis(Basis):
    """Directions of all rows as they were read, whose scatter is summed up without rounding.

    Others, of resampled or permuted rows, are summed up by floats: that is faster.
    """

    @once
    def digits(self) -> Digits:
        """The columns in digits."""
        return Digits(self.values)

    @property
    def is_single(self) -> bool:
        """Whether it is of one column."""
        return bool(self.values.shape[1] == 1)

    @once
    def total(self) -> int:
        """The sum of a single column, in units of its last digits."""
        return int(joined(self.digits.moments[:1, 1:])[0, 0])

    @once
    def scatter(self) -> int:
        """The scatter of a single column, n times, in units of its last digits squared."""
        products = self.digits.moments[1:, 1:]
        return int(len(self) * joined(joined(products).T)[0, 0] - self.total**2)

    def correlations(self, others: Sequence[ExactBasis]) -> Vector:
        """Correlate a single column with each of others, shape (m,); NaN where one is constant.

        Scatters are whole numbers, so that these are the same however many are taken at once.
        """
        found = zip(others, self._scatters(others), strict=True)
        return np.array([correlation(self.scatter, both, y.scatter) for y, both in found])

    def _scatters(self, others: Sequence[ExactBasis]) -> Iterator[int]:
        for start in range(0, len(others), AT_ONCE):
            some = others[start : start + AT_ONCE]
            products = self.digits.products_with([y.digits for y in some])
            sums = joined(joined(products).T.reshape(len(some), PLACES))[:, 0]
            for y, total in zip(some, sums.tolist(), strict=True):
                yield len(self) * total - self.total * y.total


def correlation(x: int, both: int, y: int) -> float:
    """Give the correlation of two columns of their scatter, NaN where one has none."""
    return both / (sqrt(x) * sqrt(y)) if x and y else nan
