"""A table as whatever cannot matter leaves it: the same numbers for all tables that say the same.

Mutual information does not change with units, monotone maps of columns (falling ones, too), the
order of rows, of the columns of a side, and of the sides. What is computed of an arranged table
does not either, to the last bit: its columns are ranks, turned so that a sum over the table is
positive, and its rows, columns and sides stand in an order that follows from the ranks alone.

How: keys of 64 bits, sums of scrambled ranks over what stands in a row or a column, in which order
does not matter; see ``mitool.variables.ties``. Where two keys agree, so does what they stand for,
or the table is symmetric and either order is the same table.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.estimators.learned.normal_scores import normal_scores
from mitool.once import once
from mitool.variables import Matrix, Variable
from mitool.variables.ties import JITTER, Keys, scrambled
from mitool.variables.transforms import average_ranks

Ranks = NDArray[np.int64]
"""Twice the ranks 1 … n of columns (n, d), ties sharing their mean, less n + 1: 0 in the middle."""


@dataclass(frozen=True, eq=False)
class Arranged:
    """Both sides of a table in their places; the one with fewer columns is x."""

    x: Ranks
    y: Ranks

    @once
    def scores(self) -> tuple[Matrix, Matrix]:
        """Normal scores of both sides, ties as they are."""
        return normal_scores(self.x), normal_scores(self.y)

    @once
    def untied(self) -> tuple[Matrix, Matrix]:
        """Normal scores of both sides, with noise of 1e-10 where values of a column repeat."""
        noise = np.random.default_rng(0).standard_normal((len(self.x), self.n_dims))
        repeats = self.repeats > 0.0
        both = np.hstack(self.scores) + JITTER * noise * repeats
        d = self.x.shape[1]
        return np.ascontiguousarray(both[:, :d]), np.ascontiguousarray(both[:, d:])

    @once
    def repeats(self) -> NDArray[np.float64]:
        """The share of rows of each column, x first, that are no new value."""
        ordered = np.sort(np.hstack((self.x, self.y)), axis=0)
        return np.asarray((ordered[1:] == ordered[:-1]).sum(axis=0) / len(self.x))

    @property
    def n_dims(self) -> int:
        """How many columns both sides have together."""
        return int(self.x.shape[1] + self.y.shape[1])


def arranged(x: Matrix, y: Matrix) -> Arranged:
    """Arrange a table of x (n, dx) and y (n, dy), finite numbers."""
    table, rows = _ordered(_ranks(x), _ranks(y))
    return Arranged(*(np.ascontiguousarray(side[rows]) for side in table))


def _ranks(side: Matrix) -> Ranks:
    n, d = side.shape
    variable = Variable(("",) * d, np.ascontiguousarray(side), ("continuous",) * d)
    doubled = np.column_stack([2.0 * average_ranks(variable, j) for j in range(d)])
    return np.asarray(doubled - (n + 1.0), dtype=np.int64)


def _ordered(x: Ranks, y: Ranks) -> tuple[tuple[Ranks, Ranks], NDArray[np.intp]]:
    """Turn the columns, put them and the sides in order, and give the order of the rows."""
    d = x.shape[1]
    both = _turned(np.hstack((x, y)))
    marks = scrambled(both.view(np.uint64))
    keys = _sums(scrambled(marks ^ scrambled(_sums(marks, 1))[:, None]), 0)
    sides = [_placed(both[:, part], keys[part]) for part in (slice(0, d), slice(d, None))]
    sides.sort(key=lambda side: (side[0].shape[1], int(_sums(side[1], 0))))
    places = np.arange(len(keys), dtype=np.uint64)
    column_keys = scrambled(np.concatenate([side[1] for side in sides]) + places)
    table = np.hstack([side[0] for side in sides])
    rows = _sums(scrambled(scrambled(table.view(np.uint64)) ^ column_keys), 1)
    return (sides[0][0], sides[1][0]), np.argsort(rows, kind="stable")


def _turned(both: Ranks) -> Ranks:
    """Turn each column so that its sum over what its rows are, turned either way, is positive."""
    even = scrambled(_sums(scrambled(np.abs(both).view(np.uint64)), 1))
    sums = _sums(both.view(np.uint64) * even[:, None], 0).view(np.int64)
    return both * np.where(sums < 0, -1, 1)


def _placed(side: Ranks, keys: Keys) -> tuple[Ranks, Keys]:
    order = np.argsort(keys, kind="stable")
    return np.ascontiguousarray(side[:, order]), keys[order]


def _sums(keys: Keys, axis: int) -> Keys:
    """Add keys; what is beyond 64 bits is dropped."""
    return np.asarray(keys.sum(axis=axis, dtype=np.uint64))
