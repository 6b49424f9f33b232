"""Ince et al. (2017), doi:10.1002/hbm.23471: Gaussian mutual information, of scores or as is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value
from mitool.estimators.batches import Batches, Count
from mitool.estimators.strata import mean_over_levels
from mitool.kernels.counts import Coded, code_rows
from mitool.kernels.digamma import digamma
from mitool.kernels.directions import Basis, basis, residual
from mitool.kernels.evenness import size_information
from mitool.kernels.scatter import Scatter
from mitool.transforms import transform
from mitool.variables import Kind, Matrix, Variable, Vector

BIBTEX = """\
@article{ince2017,
  author = {Ince, Robin A. A. and Giordano, Bruno L. and Kayser, Christoph and
            Rousselet, Guillaume A. and Gross, Joachim and Schyns, Philippe G.},
  title = {A Statistical Framework for Neuroimaging Data Analysis Based on Mutual Information
           Estimated via a {Gaussian} Copula},
  journal = {Human Brain Mapping},
  volume = {38},
  number = {3},
  pages = {1541--1573},
  year = {2017},
  doi = {10.1002/hbm.23471}
}"""


ROUNDING = 1e-13
ROWS_PER_COLUMN = 4


@dataclass(frozen=True)
class Canonical(Estimator):
    """The frame of the family: information of canonical correlations, as of Gaussian columns."""

    bias_correction: bool = field(
        default=True,
        metadata={"help": "subtract the expected bias, exact for independent Gaussian rows"},
    )

    accepts: ClassVar[Accepted] = NUMERIC
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    replacement: ClassVar[bool] = True
    family: ClassVar[str] = "gaussian"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n d²) time, O(n d) memory"

    def prepare(self, x: Variable) -> Basis | Coded:
        """Give the orthonormal directions of the centred columns; code labels, for a condition."""
        return code_rows(x.values) if x.kind == "discrete" else basis(x.name, x.values)

    def join(self, x: Basis, y: Basis) -> Value:
        """Estimate from two prepared variables of the same rows."""
        return self._estimate(x, y, len(x))

    def join_given(self, x: Basis, y: Basis, z: Basis | Coded) -> Value:
        """Estimate I(X;Y|Z): the same on what Z does not predict linearly, with fewer rows.

        Labels as Z: the mean over their levels of the information within each.
        """
        if isinstance(z, Coded):
            return mean_over_levels(self.join, x, y, z, self._fewest(x, y))
        return self._estimate(residual(x, z), residual(y, z), len(x) - z.rank)

    def local(self, x: Basis, y: Basis) -> Vector:
        """Give the local terms, shape (n,): log density ratios, less the share of the bias."""
        s, left, right = self._canonical(x, y, len(x))
        u, v = left * np.sqrt(len(x)), right * np.sqrt(len(x))
        excess = (s * s * (u * u + v * v) - 2.0 * s * u * v) / (1.0 - s * s)
        terms: Vector = -0.5 * (np.log1p(-s * s) + excess).sum(axis=1)
        return terms - self._bias(x, y, len(x))

    def _fewest(self, x: Basis, y: Basis) -> int:
        """Give the rows that it takes to estimate."""
        return int(x.values.shape[1] + y.values.shape[1]) + 2

    def _estimate(self, x: Basis, y: Basis, n: int) -> Value:
        correlations = self._canonical(x, y, n)[0]
        mi = -0.5 * float(np.log1p(-correlations * correlations).sum())
        facts = {"rank_x": x.rank, "rank_y": y.rank}
        return Value(mi - self._bias(x, y, n), facts=facts)

    def _canonical(self, x: Basis, y: Basis, n: int) -> tuple[Vector, Matrix, Matrix]:
        """Give the canonical correlations and the variates of both sides, of length one."""
        _require(n, x.rank + y.rank, f"{x.name},{y.name}")
        left, s, right = np.linalg.svd(x.directions.T @ y.directions, full_matrices=False)
        if s.max(initial=0.0) > 1.0 - ROUNDING:
            raise MitoolError(
                f"a linear combination of {x.name!r} equals one of {y.name!r}: their mutual "
                "information is infinite; leave out the copied column"
            )
        return s, x.directions @ left, y.directions @ right.T

    def _bias(self, x: Basis, y: Basis, n: int) -> float:
        if not self.bias_correction or 0 in (x.rank, y.rank):
            return 0.0
        return _psi_sum(n, x.rank) + _psi_sum(n, y.rank) - _psi_sum(n, x.rank + y.rank)


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
        """Estimate from the scatter of the columns, whose triangular factors add up."""
        found, d = batches.total(Scatter.of), batches.x.n_dims
        x, y = found.side(batches.x.name, 0, d), found.side(batches.y.name, d)
        return Value(0.0) if 0 in (x.rank, y.rank) else self._estimate(x, y, found.n)

    def entropy(self, x: Basis) -> Value:
        """Give the differential entropy; ``Value.mi`` holds it, in nats."""
        n, d = len(x), x.values.shape[1]
        if x.rank < d:
            raise MitoolError(
                f"{x.name!r} has columns that are constant or follow from others: its "
                "differential entropy is minus infinity; leave them out"
            )
        _require(n, d, x.name)
        expected = 0.5 * d * np.log(n - 1.0)  # the covariance's divisor, as in the paper's program
        if self.bias_correction:
            expected = 0.5 * d * np.log(2.0) + _psi_sum(n, d)
        return Value(float(x.log_scale + 0.5 * d * np.log(2.0 * np.pi * np.e) - expected))


@dataclass(frozen=True)
class GaussianCopula(Canonical):
    """Gaussian mutual information of normal scores: blind to what is not monotone.

    A lower bound for one column with one column whose copula is Gaussian or not.
    """

    default_transform: ClassVar[str] = "normal"


@dataclass(frozen=True)
class SecondOrderCopula(GaussianCopula):
    """Gaussian mutual information of normal scores and of the scores of their absolute values.

    Sees changes of spread and even dependence, which ``gcmi`` cannot. What scores of the same
    correlations would share in their absolute values if they were Gaussian is subtracted, so that
    Gaussian columns are not counted twice. Approximate, and no bound.
    """

    cost: ClassVar[str] = "O(n d² + n log n) time, O(n d) memory"

    def prepare(self, x: Variable) -> Basis | Coded:
        """Give the directions of the columns and of their scored distances from the median."""
        if x.kind == "discrete":
            return super().prepare(x)
        distances = np.abs(x.values - np.median(x.values, axis=0))
        scored = transform(replace(x, values=distances, _orders={}, _memory={}), "normal")
        return basis(x.name, np.hstack((x.values, scored.values)))

    def join_given(self, x: Basis, y: Basis, z: Basis | Coded) -> Value:
        """Estimate I(X;Y|Z), what Gaussian scores share in their sizes left out."""
        found = super().join_given(x, y, z)
        if isinstance(z, Coded):
            return found
        twice = size_information(_scores(x), _scores(y), _scores(z))
        return replace(found, mi=found.mi - twice)

    def join(self, x: Basis, y: Basis) -> Value:
        """Estimate from two prepared variables of the same rows."""
        found = super().join(x, y)
        return replace(found, mi=found.mi - size_information(_scores(x), _scores(y)))

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


def _psi_sum(n: int, d: int) -> float:
    """Half the mean log determinant of a Wishart matrix of d columns, up to a constant of d."""
    return 0.5 * float(digamma((n - np.arange(1.0, d + 1.0)) / 2.0).sum())


def _require(n: int, n_dims: int, name: str) -> None:
    if n < n_dims + 2:
        raise MitoolError(
            f"{name!r} has {n_dims} columns together: a Gaussian needs at least {n_dims + 2} rows, "
            f"got {n}"
        )
