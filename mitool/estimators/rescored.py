"""Normal scores of canonical variates: what a few rows far out make of a correlation, they do not.

A canonical correlation of normal scores bounds the information of its variates from below only
where these are Gaussian: of the sum or the difference of columns with normal scores, a few rows may
be far from all others, on both sides, and make it anything. Normal scores of the variates are a
Gaussian copula of one column with one column again, and its correlation bounds theirs. Of the
information of Gaussian columns they find less than the canonical correlations, which are fitted, by
0.3 to 0.9 / n for each column on average, and more where these are strong: 2 / n are granted.
"""

from __future__ import annotations

import numpy as np

from mitool.estimators.canonical import information
from mitool.kernels.linear.directions import Basis
from mitool.variables import Matrix, Variable, Vector
from mitool.variables.transforms import transform

DECIMALS = 9  # of variates of variance 1, beyond which rounding tells equal rows apart
FUNCTIONAL = 1.0 - 1e-13
ONE_A_SIDE = 2
GRANTED = 2.0  # for each column, over n
MUCH = 0.1
"""Nats of canonical correlations beyond what their scores are granted, from which on it is said."""


def scored(variates: Matrix) -> Variable:
    """Give normal scores of variates of length one, equal ones sharing theirs."""
    values = np.round(variates * np.sqrt(len(variates)), DECIMALS) + 0.0  # no -0.0
    n_dims = values.shape[1]
    names = tuple(f"variate {j + 1}" for j in range(n_dims))
    return transform(Variable(names, values, ("continuous",) * n_dims), "normal")


def rescored(left: Matrix, right: Matrix) -> Vector:
    """Give the correlations of the normal scores of pairs of variates."""
    u, v = (scored(side).values for side in (left, right))
    u, v = u - u.mean(axis=0), v - v.mean(axis=0)
    lengths = np.sqrt((u * u).sum(axis=0) * (v * v).sum(axis=0))
    found: Vector = (u * v).sum(axis=0) / lengths
    return np.clip(found, -FUNCTIONAL, FUNCTIONAL)


def excess(canonical: float, n_columns: int, left: Matrix, right: Matrix) -> float:
    """Give the information of canonical correlations beyond what their scores are granted.

    One column a side is its own variate.
    """
    granted = GRANTED * n_columns / len(left)
    if n_columns <= ONE_A_SIDE or canonical <= granted:
        return 0.0
    return max(0.0, canonical - information(rescored(left, right)) - granted)


def turned(x: Basis, y: Basis) -> tuple[Variable, Variable]:
    """Give scores of all columns of both sides, uncorrelated and turned to face one another."""
    left, _, right = np.linalg.svd(x.directions.T @ y.directions)
    return scored(x.directions @ left), scored(y.directions @ right.T)
