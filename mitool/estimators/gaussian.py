"""Ince et al. (2017), doi:10.1002/hbm.23471: Gaussian mutual information, of scores or as is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import Value
from mitool.estimators.canonical import Canonical, information, psi_sum, require_rows
from mitool.estimators.rescored import MUCH, excess
from mitool.estimators.streamed import Batches, Count
from mitool.kernels.batches.scatter import APART, Scatter
from mitool.kernels.counts.coded import Coded
from mitool.kernels.linear.directions import Basis, basis
from mitool.kernels.linear.evenness import size_information
from mitool.kernels.linear.exactbasis import ExactBasis
from mitool.result.codes import note_of
from mitool.variables import Matrix, Variable, Vector
from mitool.variables.transforms import transform

ROWS_PER_COLUMN = 4


@dataclass(frozen=True)
class Gaussian(Canonical):
    """Mutual information as if all columns were jointly Gaussian, by canonical correlations.

    Its entropy without the correction is that of the covariance with the divisor n - 1.
    """

    entropy_estimand: ClassVar[str] = "differential_entropy"

    def first_counts(self) -> tuple[Count, ...]:
        """Give what the first pass counts of numbers."""
        return (Scatter.of,)

    def streamed(self, batches: Batches) -> Value:
        """Estimate from the scatter of the columns, which adds up."""
        x, y = batches.x, batches.y
        return self._of_scatter(batches.total(Scatter.of), (x.name, y.name), x.n_dims)

    def prepare(self, x: Variable) -> Basis | Coded:
        """Give the directions of the centred columns; code labels, for a condition."""
        prepared = super().prepare(x)
        return prepared if isinstance(prepared, Coded) else ExactBasis(**vars(prepared))

    def join(self, x: Basis, y: Basis) -> Value:
        """Estimate from two prepared variables of the same rows."""
        if not (isinstance(x, ExactBasis) and isinstance(y, ExactBasis)):
            return super().join(x, y)
        if x.is_single and y.is_single:
            return next(self._of_singles(x, [y]))
        return self._of_digits(x, y)

    def join_each(self, x: Basis, ys: Sequence[Basis]) -> Iterable[Value]:
        """Give what ``join`` gives of x and each y; of single columns by one product."""
        exact = [side for side in (x, *ys) if isinstance(side, ExactBasis) and side.is_single]
        if len(exact) <= len(ys):
            return (self.join(x, y) for y in ys)
        first, *others = exact
        return self._of_singles(first, others)

    def _of_singles(self, x: ExactBasis, ys: Sequence[ExactBasis]) -> Iterator[Value]:
        found = x.correlations(ys)
        is_plain = np.abs(found) <= 1.0 - APART  # false of NaN
        some = [y for y, plain in zip(ys, is_plain, strict=True) if plain]
        values = self._of_correlations(x, some, found[is_plain], len(x))
        for y, plain in zip(ys, is_plain, strict=True):
            yield next(values) if plain else self._of_digits(x, y)

    def _of_digits(self, x: ExactBasis, y: ExactBasis) -> Value:
        scatter = Scatter.of_digits(x.digits, y.digits)
        return self._of_scatter(scatter, (x.name, y.name), x.values.shape[1])

    def _of_scatter(self, scatter: Scatter, names: tuple[str, str], n_x: int) -> Value:
        """Estimate from the scatter of the columns, of which the first so many are x."""
        if not (scatter.varies(0, n_x) and scatter.varies(n_x)):
            return Value(0.0)
        found = scatter.correlation
        if found is not None and abs(found) <= 1.0 - APART:
            sides = [Basis(name, np.empty((0, 1)), np.empty((0, 1)), 0.0) for name in names]
            return next(self._of_correlations(sides[0], sides[1:], np.array([found]), scatter.n))
        x, y = scatter.side(names[0], 0, n_x), scatter.side(names[1], n_x)
        return self._estimate(x, y, scatter.n)

    def entropy(self, x: Basis) -> Value:
        """Give the differential entropy; ``Value.mi`` holds it, in nats."""
        n, d = len(x), x.values.shape[1]
        if x.rank < d:
            raise MitoolError(
                f"{x.name!r} has columns that are constant or follow from others: its "
                "differential entropy is minus infinity; leave them out"
            )
        require_rows(n, d, x.name)
        expected = 0.5 * d * np.log(n - 1.0)  # the covariance's divisor, as in the paper's program
        if self.bias_correction:
            expected = 0.5 * d * np.log(2.0) + psi_sum(n, d)
        return Value(float(x.log_scale + 0.5 * d * np.log(2.0 * np.pi * np.e) - expected))


@dataclass(frozen=True)
class GaussianCopula(Canonical):
    """Gaussian mutual information of normal scores: blind to what is not monotone.

    A lower bound for one column with one column, whether their copula is Gaussian or not. For
    several columns canonical correlations bound nothing where a few rows are far out in a sum of
    columns; ``rescore`` holds them to what normal scores of the canonical variates share.
    """

    default_transform: ClassVar[str] = "normal"

    rescore: bool = field(
        default=False,
        metadata={"help": "no more than normal scores of the canonical variates share"},
    )

    def join_each(self, x: Basis, ys: Sequence[Basis]) -> Iterable[Value]:
        """Give what ``join`` gives of x and each y; one column is its own canonical variate."""
        return (self.join(x, y) for y in ys) if self.rescore else super().join_each(x, ys)

    def local(self, x: Basis, y: Basis) -> Vector:
        """Give the local terms, shape (n,), each less the same share of what is held back."""
        held_back = self._excess(x, y, *self._canonical(x, y, len(x))) if self.rescore else 0.0
        return super().local(x, y) - held_back

    def _estimate(self, x: Basis, y: Basis, n: int) -> Value:
        canonical = self._canonical(x, y, n)
        value, beyond = self._value(x, y, n, canonical[0]), self._excess(x, y, *canonical)
        rescored = value.mi - beyond
        words = {"canonical": value.mi, "rescored": rescored}
        notes = (note_of("beyond_scores", **words),) if beyond > MUCH else ()
        if not self.rescore:
            return replace(value, notes=notes)
        return replace(value, mi=rescored, extras={"held_back": beyond}, notes=notes)

    def _excess(self, x: Basis, y: Basis, correlations: Vector, *variates: Matrix) -> float:
        return excess(information(correlations), x.rank + y.rank, *variates)


@dataclass(frozen=True)
class SecondOrderCopula(GaussianCopula):
    """Gaussian mutual information of normal scores and of the scores of their absolute values.

    Sees changes of spread and even dependence, which ``gcmi`` cannot. What scores of the same
    correlations would share in their absolute values if they were Gaussian is subtracted, so that
    Gaussian columns are not counted twice. Approximate, and no bound.
    """

    rescore: bool = field(
        default=True,
        metadata={"help": "no more than normal scores of the canonical variates share"},
    )

    cost: ClassVar[str] = "O(n d² + n log n) time, O(n d) memory"

    def prepare(self, x: Variable) -> Basis | Coded:
        """Give the directions of the columns and of their scored distances from the median."""
        if x.kind == "discrete":
            return super().prepare(x)
        distances = np.abs(x.values - np.median(x.values, axis=0))
        scored = transform(x.with_values(distances), "normal")
        return basis(x.name, np.hstack((x.values, scored.values)))

    def join_given(self, x: Basis, y: Basis, z: Basis | Coded) -> Value:
        """Estimate I(X;Y|Z), what Gaussian scores share in their sizes left out."""
        value = super().join_given(x, y, z)
        if isinstance(z, Coded):
            return value
        twice = size_information(_scores(x), _scores(y), _scores(z))
        return replace(value, mi=value.mi - twice)

    def join(self, x: Basis, y: Basis) -> Value:
        """Estimate from two prepared variables of the same rows."""
        value = super().join(x, y)
        return replace(value, mi=value.mi - size_information(_scores(x), _scores(y)))

    def local(self, x: Basis, y: Basis) -> Vector:
        """Give the local terms, shape (n,), each less the same share of what is counted twice."""
        return super().local(x, y) - size_information(_scores(x), _scores(y))

    def _fewest(self, x: Basis, y: Basis) -> int:
        return ROWS_PER_COLUMN * int(x.values.shape[1] + y.values.shape[1]) // 2

    def _canonical(self, x: Basis, y: Basis, n: int) -> tuple[Vector, Matrix, Matrix]:
        if n < (fewest := self._fewest(x, y)):
            n_columns = fewest // ROWS_PER_COLUMN
            raise MitoolError(
                f"gcmi2 needs {ROWS_PER_COLUMN} rows for each of the {n_columns} columns of "
                f"'{x.name}' and '{y.name}', got {n}; -e gcmi needs fewer"
            )
        return super()._canonical(x, y, n)


def _scores(x: Basis) -> Matrix:
    """The scores themselves, without those of their absolute values."""
    return np.ascontiguousarray(x.values[:, : x.values.shape[1] // 2])
