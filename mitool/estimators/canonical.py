"""Ince et al. (2017), doi:10.1002/hbm.23471: information of canonical correlations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value
from mitool.estimators.strata import mean_over_levels
from mitool.kernels.counts.coded import Coded, code_rows
from mitool.kernels.digamma import digamma
from mitool.kernels.linear.directions import Basis, basis, residual
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

    def join_each(self, x: Basis, ys: Sequence[Basis]) -> Iterable[Value]:
        """Give what ``join`` gives of x and each y; of single columns all at once."""
        if not all(side.values.shape[1] == side.rank == 1 for side in (x, *ys)):
            return (self.join(x, y) for y in ys)
        found = np.array([(x.directions.T @ y.directions)[0, 0] for y in ys])
        return self._of_correlations(x, ys, found, len(x))

    def _of_correlations(
        self, x: Basis, ys: Sequence[Basis], found: Vector, n: int
    ) -> Iterator[Value]:
        """Estimate from the correlations of single columns, of which none is constant."""
        require_rows(n, 2, f"{x.name},{ys[0].name}")
        bias, facts = self._bias(1, 1, n), {"rank_x": 1, "rank_y": 1}
        is_copy = np.abs(found) > 1.0 - ROUNDING
        r = np.where(is_copy, 0.0, found)
        information = -0.5 * np.log1p(-r * r)
        for y, copies, mi in zip(ys, is_copy, information.tolist(), strict=True):
            if copies:
                raise copied(x, y)
            yield Value(mi - bias, facts=facts)

    def local(self, x: Basis, y: Basis) -> Vector:
        """Give the local terms, shape (n,): log density ratios, less the share of the bias."""
        s, left, right = self._canonical(x, y, len(x))
        u, v = left * np.sqrt(len(x)), right * np.sqrt(len(x))
        excess = (s * s * (u * u + v * v) - 2.0 * s * u * v) / (1.0 - s * s)
        terms: Vector = -0.5 * (np.log1p(-s * s) + excess).sum(axis=1)
        return terms - self._bias(x.rank, y.rank, len(x))

    def _fewest(self, x: Basis, y: Basis) -> int:
        """Give the rows that it takes to estimate."""
        return int(x.values.shape[1] + y.values.shape[1]) + 2

    def _estimate(self, x: Basis, y: Basis, n: int) -> Value:
        return self._value(x, y, n, self._canonical(x, y, n)[0])

    def _value(self, x: Basis, y: Basis, n: int, correlations: Vector) -> Value:
        mi = information(correlations)
        facts = {"rank_x": x.rank, "rank_y": y.rank}
        return Value(mi - self._bias(x.rank, y.rank, n), facts=facts)

    def _canonical(self, x: Basis, y: Basis, n: int) -> tuple[Vector, Matrix, Matrix]:
        """Give the canonical correlations and the variates of both sides, of length one."""
        require_rows(n, x.rank + y.rank, f"{x.name},{y.name}")
        left, s, right = np.linalg.svd(x.directions.T @ y.directions, full_matrices=False)
        if s.max(initial=0.0) > 1.0 - ROUNDING:
            raise copied(x, y)
        return s, x.directions @ left, y.directions @ right.T

    def _bias(self, rank_x: int, rank_y: int, n: int) -> float:
        if not self.bias_correction or 0 in (rank_x, rank_y):
            return 0.0
        return psi_sum(n, rank_x) + psi_sum(n, rank_y) - psi_sum(n, rank_x + rank_y)


def copied(x: Basis, y: Basis) -> MitoolError:
    """Say that one side follows from the other."""
    return MitoolError(
        f"a linear combination of {x.name!r} equals one of {y.name!r}: their mutual "
        "information is infinite; leave out the copied column"
    )


def information(correlations: Vector) -> float:
    """Give the mutual information of independent Gaussian pairs of these correlations."""
    return -0.5 * float(np.log1p(-correlations * correlations).sum())


def psi_sum(n: int, d: int) -> float:
    """Half the mean log determinant of a Wishart matrix of d columns, up to a constant of d."""
    return 0.5 * float(digamma((n - np.arange(1.0, d + 1.0)) / 2.0).sum())


def require_rows(n: int, n_dims: int, name: str) -> None:
    """Refuse fewer rows than it takes to tell so many columns from each other."""
    if n < n_dims + 2:
        raise MitoolError(
            f"{name!r} has {n_dims} columns together: a Gaussian needs at least {n_dims + 2} rows, "
            f"got {n}"
        )
