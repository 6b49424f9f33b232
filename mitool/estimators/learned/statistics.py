"""What a table looks like to the network: numbers that nothing changes but the dependence.

All follow from the table as ``arranged`` leaves it, and so they are the same, to the last bit,
whatever the units, monotone maps of columns, and the order of rows, columns and sides.
"""

from __future__ import annotations

import numpy as np

from mitool.estimators.learned.arrangement import Arranged, arranged
from mitool.estimators.learned.correlated import Linear, Polynomial, grids, sizes, ties
from mitool.estimators.learned.near import neighbours, of_variates, predicted
from mitool.variables import Matrix, Vector

SHAPE = ("rows", "columns", "columns, less", "columns, more")
NAMES = (
    *SHAPE,
    "repeats, less",
    "repeats, more",
    "gcmi",
    "first correlation",
    "second correlation",
    "third correlation",
    "within, less",
    "within, more",
    "polynomials",
    "first polynomial",
    "sizes",
    "best grid",
    "all grids",
    "best fine grid",
    "ksg 3",
    "ksg 1",
    "ksg 6",
    "ksg 12",
    "ksg 6 of first variates",
    "ksg 6 of first polynomials",
    "explained, less",
    "explained, more",
    "distance correlation",
)
"""The statistics in their order."""

PER_NAT = 10.0
"""Tenths of a nat are told apart as they are, larger numbers by their logarithm."""


def statistics_of(x: Matrix, y: Matrix) -> Vector:
    """Give the statistics of a table of x (n, dx) and y (n, dy), as the network takes them.

    Finite numbers, 30 rows or more, no constant column; labels have no ranks. Shape (len(NAMES),).
    """
    table = arranged(x, y)
    plain = raw_statistics(table)
    n, d = len(table.x), (table.x.shape[1], table.y.shape[1])
    shape = [np.log(n), np.log(sum(d)), np.log(min(d)), np.log(max(d))]
    values = np.array([plain[name] for name in NAMES[len(SHAPE) :]])
    return np.concatenate((shape, np.arcsinh(PER_NAT * values)))


def raw_statistics(table: Arranged) -> dict[str, float]:
    """Give the statistics of an arranged table by name, in nats where they are information."""
    linear, polynomial = Linear(table), Polynomial(table)
    return {
        **ties(table),
        **linear.statistics(table),
        **polynomial.statistics(),
        **sizes(table),
        **grids(table),
        **neighbours(table),
        **of_variates(linear, polynomial),
        **predicted(table),
    }
