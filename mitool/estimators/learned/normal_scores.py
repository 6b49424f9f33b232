"""Normal scores of ranks, and of values that are ranked first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.variables import Matrix, Variable
from mitool.variables.transforms import normal_quantiles, transform


def normal_scores(ranks: NDArray[np.int64]) -> Matrix:
    """Give the normal scores of doubled and centred ranks, of any shape with n first."""
    n = len(ranks)
    return np.ascontiguousarray(normal_quantiles(n)[ranks + (n - 1)])


def scored(values: Matrix) -> Matrix:
    """Give the normal scores of the columns of values (n, d)."""
    d = values.shape[1]
    variable = Variable(("",) * d, np.ascontiguousarray(values), ("continuous",) * d)
    return transform(variable, "normal").values
