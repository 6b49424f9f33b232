"""What n I is on average where the rows of two columns are paired by chance.

The mean over all orders of the rows is exact: Vinh, Epps & Bailey (2010), JMLR 11, eq. 24a.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.types import Counts
from mitool.variables import Matrix, Vector

MOST_SIZES = 2048  # of levels, for which the mean terms are summed; beyond, to first order


@dataclass(frozen=True, eq=False)
class Chance:
    """Mean terms k log k, k the rows in which two levels meet by chance, for levels by their sizes.

    ``expected`` has shape (sizes + 1, sizes + 1), 0 at the place 0 of a level that is not there;
    of too many sizes there is only that place. n I less its mean is Σ k log k less that mean.
    """

    sizes: Counts
    expected: Matrix

    @classmethod
    def of(cls, *counts: Counts) -> Self:
        """Sum the mean terms of all sizes that levels have where no row is missing.

        ``counts`` are the rows of each level of the columns of a side, (n_columns, 8), all n of
        them in each column.
        """
        from mitool.kernels.counts.chance_loops import expected_terms

        sizes = np.unique(np.concatenate([each.reshape(-1) for each in counts]))
        n_rows = max((int(each.sum(axis=1).max(initial=0)) for each in counts), default=0)
        sizes = sizes[sizes > 0]
        if len(sizes) > MOST_SIZES:
            sizes = sizes[:0]
        inner = np.zeros((len(sizes), len(sizes)))
        expected_terms(sizes, _log_factorials(n_rows), inner)
        return cls(sizes, np.pad(inner, ((1, 0), (1, 0))))

    def places(self, counts: Counts) -> NDArray[np.int64]:
        """Give the place of the size of each level in ``expected``, shape (n_columns, 8)."""
        if not len(self.sizes):
            return np.zeros(counts.shape, dtype=np.int64)
        found = np.minimum(np.searchsorted(self.sizes, counts), len(self.sizes) - 1)
        return np.where(counts > 0, found + 1, 0)


def _log_factorials(n: int) -> Vector:
    return np.concatenate(([0.0], np.cumsum(np.log(np.arange(1.0, n + 1.0)))))
