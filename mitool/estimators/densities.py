"""The frame of those that estimate a density at each row: entropies, and information as a sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import ClassVar, Self

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.kernels.linear.directions import basis
from mitool.result.codes import note_of
from mitool.variables import Kind, Matrix, Rows, Variable, Vector


@dataclass(frozen=True, eq=False)
class Points:
    """Rows of numbers (n, d) as a density sees them, or labels, of which only the codes count."""

    variable: Variable

    def __len__(self) -> int:
        return len(self.variable)

    @property
    def values(self) -> Matrix:
        """The rows, (n, d)."""
        return self.variable.values

    def take(self, rows: Rows) -> Self:
        """Give the same of some rows."""
        return type(self)(self.variable.take(rows))

    permute = take


class OfDensity(Estimator):
    """H is the mean of -log of a density at the rows; I = H(X) + H(Y) - H(X,Y).

    With labels as y it is H(X) less the mean of the entropies within their levels.
    """

    whiten: bool

    accepts: ClassVar[Accepted] = frozenset(
        {("continuous", "continuous"), ("continuous", "discrete")}
    )
    accepts_alone: ClassVar[frozenset[Kind]] = frozenset({"continuous"})
    entropy_estimand: ClassVar[str] = "differential_entropy"

    @property
    def fewest(self) -> int:
        """The rows that a density needs at least."""
        return 2

    def surprises(self, points: Matrix, name: str) -> Vector:
        """Give -log of the density at each point, (n,), in nats; ``name`` is for messages."""
        raise NotImplementedError

    def joined(self, x: Matrix, y: Matrix, name: str) -> Vector:
        """Give -log of the densities of x and of y, less that of both, at each row."""
        both = self._of(np.hstack((x, y)), name)
        return self._of(x, name) + self._of(y, name) - both

    def prepare(self, x: Variable) -> Points:
        """Keep the rows; columns of one value, or that follow from others, have no density."""
        if x.kind != "discrete" and len(x) > x.n_dims:
            rank = basis(x.name, x.values).rank
            if rank < x.n_dims:
                raise MitoolError(
                    f"{x.name!r} has {x.n_dims} columns of rank {rank}, so there is no density; "
                    "leave out those that are constant or follow from others"
                )
        return Points(x)

    def entropy(self, x: Points) -> Value:
        """Give the differential entropy, in nats, and its standard error."""
        return _mean(self._of(x.values, x.variable.name))

    def join(self, x: Points, y: Points) -> Value:
        """Give the mutual information of numbers with numbers, or with labels."""
        if y.variable.kind != "discrete":
            name = f"{x.variable.name},{y.variable.name}"
            return _mean(self.joined(x.values, y.values, name))
        return self._within(x, y.variable)

    def _within(self, x: Points, y: Variable) -> Value:
        """Compare the density of all rows with that within levels; small levels are left out."""
        terms, name = self._of(x.values, x.variable.name), f"one level of {y.name!r}"
        fewest = max(self.fewest, x.variable.n_dims + 2 if self.whiten else 0)
        kept = np.zeros(len(x), dtype=np.bool_)
        for level in range(y.n_levels):
            rows = np.flatnonzero(y.codes == level)
            if len(rows) >= fewest:
                kept[rows] = True
                terms[rows] -= self._of(x.values[rows], name)
        n_left = len(x) - int(kept.sum())
        if n_left == len(x):
            raise MitoolError(
                f"no level of {y.name!r} has {fewest} or more of {n_left} rows, which a density "
                "within levels needs; join some levels into one"
            )
        notes = (note_of("small_levels", n_left=n_left, n_rows=len(x)),) if n_left else ()
        return replace(_mean(terms[kept]), n_left=n_left, notes=notes)

    def scaled(self, values: Matrix, name: str) -> tuple[Matrix, float]:
        """Give the rows that a density is estimated of, and what that took off the entropy."""
        if self.whiten:
            return whitened(values, name)
        return np.ascontiguousarray(values), 0.0

    def _of(self, values: Matrix, name: str) -> Vector:
        points, log_scale = self.scaled(values, name)
        return self.surprises(points, name) + log_scale


def whitened(values: Matrix, name: str) -> tuple[Matrix, float]:
    """Give rows whose covariance is the identity, and half the log determinant that it had.

    Columns are divided by their deviations first, so that units do not matter to the rounding.
    """
    n, d = values.shape
    centred = values - values.mean(axis=0)
    spread = centred.std(axis=0)
    if n <= d or not (spread > 0).all():
        raise MitoolError(f"{name} has {n} rows in {d} columns, too few or too even to whiten")
    triangle = np.asarray(np.linalg.qr(centred / spread, mode="r")) / sqrt(n)
    sizes = np.abs(np.diag(triangle))
    if sizes.min() < 1e-12:
        raise MitoolError(f"{name} has columns that follow from others; leave them out")
    white = np.asarray(np.linalg.solve(triangle.T, (centred / spread).T))
    return np.ascontiguousarray(white.T), float(np.log(sizes).sum() + np.log(spread).sum())


def _mean(terms: Vector) -> Value:
    """Give the mean of terms, in an order that rows do not set, and its standard error."""
    ordered = np.sort(terms)
    return Value(float(ordered.mean()), {"se": float(ordered.std(ddof=1)) / sqrt(len(terms))})
