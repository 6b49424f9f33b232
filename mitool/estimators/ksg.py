"""Kraskov, Stögbauer & Grassberger (2004), doi:10.1103/PhysRevE.69.066138.

Conditional: Frenzel & Pompe (2007), doi:10.1103/PhysRevLett.99.204101.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal, Self

import numpy as np

from mitool.choices import Ties
from mitool.errors import MitoolError
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value
from mitool.estimators.parameters import check_at_least
from mitool.estimators.strata import margin_or_labels, within_levels
from mitool.kernels.counts.coded import Coded
from mitool.kernels.digamma import integer_digamma, integer_digammas
from mitool.kernels.neighbors.counting import (
    counts_at_scales,
    neighbor_counts,
    neighbor_counts_at,
    permuted_tallies,
    tallies_at_scales,
)
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.partners import tallies_with_each
from mitool.kernels.neighbors.tallies import (
    Ball,
    NeighborCounts,
    Scales,
    Tally,
    mean_digamma,
    tallied,
)
from mitool.variables import Kind, Rows, Variable, Vector

GIVEN = ((0, 2), (1, 2), (2,))  # the spaces xz, yz and z of three blocks


@dataclass(frozen=True)
class KSG(Estimator):
    """Nearest neighbours in the maximum norm, algorithms 1 and 2 (eqs. 8 and 9).

    Where points tie at the k-th distance, the rectangle of algorithm 2 holds all of them, so
    the estimate does not depend on the order of rows.

    Values that repeat are told apart by noise of 1e-10, which follows from the data alone: equal
    data give equal numbers, whatever the names, the seed and the order of rows. I(a;a) is then
    about the entropy of the values of a. ``ties=keep`` takes them as they are. On repeated rows
    algorithm 2 is then what the authors' program gives without its noise; on rounded numbers both
    algorithms find several times the information there is.
    """

    accepts: ClassVar[Accepted] = NUMERIC
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    default_transform: ClassVar[str] = "normal"
    jitters_ties: ClassVar[bool] = True
    family: ClassVar[str] = "neighbours"
    scales: ClassVar[tuple[str, tuple[int, ...]] | None] = ("n_neighbors", (3, 10, 30))
    cost: ClassVar[str] = "O(n log n) time and O(n) memory while dimensions are few"
    bibtex: ClassVar[str] = """@article{kraskov2004,
  author = {Kraskov, Alexander and St{\\"o}gbauer, Harald and Grassberger, Peter},
  title = {Estimating mutual information},
  journal = {Physical Review E},
  volume = {69},
  pages = {066138},
  year = {2004},
  doi = {10.1103/PhysRevE.69.066138}
}"""

    n_neighbors: int = field(default=3, metadata={"help": "neighbours of each point"})
    algorithm: Literal[1, 2] = field(
        default=1, metadata={"help": "1: squares, less variance; 2: rectangles, less bias"}
    )
    ties: Ties = field(default="break", metadata={"help": "tell equal values apart, or not"})
    residuals: bool = field(
        default=False,
        metadata={"help": "of numbers given numbers, take what smooth functions of these leave"},
    )

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)
        if self.algorithm not in (1, 2):
            raise MitoolError(f"algorithm must be 1 or 2, got {self.algorithm!r}")

    @property
    def takes_residuals(self) -> bool:
        """As its parameter says."""
        return self.residuals

    def prepare(self, x: Variable) -> Margin | Coded:
        """Give the margin, whose order or tree is computed once; code labels, for a condition."""
        return margin_or_labels(x)

    def join(self, x: Margin, y: Margin) -> Value:
        """Give psi(k) + psi(n) - <psi(n_x + 1) + psi(n_y + 1)>, or eq. 9."""
        self._check(len(x))
        (tally,) = tallies_at_scales(x, y, [(self.n_neighbors, self._ball)])
        return Value(self._mean(tally, len(x)))

    def join_each(self, x: Margin, ys: Sequence[Margin]) -> Iterator[Value]:
        """Give what ``join`` gives of x and each y."""
        n = len(x)
        self._check(n)
        scales: Scales = [(self.n_neighbors, self._ball)]
        return (Value(self._mean(tally, n)) for (tally,) in tallies_with_each(x, ys, scales))

    def at_scales(self, scales: Sequence[int], x: Any, y: Any, *given: Any) -> tuple[float, ...]:
        """Estimate with several numbers of neighbours, which one search finds."""
        if given and (isinstance(given[0], Coded) or self.algorithm == 2 or not scales):
            return super().at_scales(scales, x, y, *given)
        estimators = self._at(scales)
        estimators[-1]._check(len(x))
        if given:
            counts = neighbor_counts_at((x, y, given[0]), GIVEN, scales)
            return tuple(e._given(of) for e, of in zip(estimators, counts, strict=True))
        tallies = tallies_at_scales(x, y, [(k, self._ball) for k in scales])
        return tuple(e._mean(tally, len(x)) for e, tally in zip(estimators, tallies, strict=True))

    def permuted(
        self, x: Margin, y: Margin, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the estimate, or ``at_scales``, with the rows of y in each of several orders."""
        estimators = self._at(scales or [self.n_neighbors])
        estimators[-1]._check(len(x))
        balls = [(one.n_neighbors, self._ball) for one in estimators]
        for tallies in permuted_tallies(x, y, orders, balls):
            yield tuple(
                e._mean(tally, len(x)) for e, tally in zip(estimators, tallies, strict=True)
            )

    def local(self, x: Margin, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,)."""
        self._check(len(x))
        (counts,) = counts_at_scales(x, y, [(self.n_neighbors, self._ball)])
        terms = integer_digammas(counts + self._shift).sum(axis=0)
        return np.asarray(self._constant(len(x)) - terms)

    def join_given(self, x: Margin, y: Margin, z: Margin | Coded) -> Value:
        """Give psi(k) - <psi(n_xz + 1) + psi(n_yz + 1) - psi(n_z + 1)>.

        Labels as Z: the mean over their levels of the information within each.
        """
        if isinstance(z, Coded):
            return within_levels(self.join, x, y, z, self.n_neighbors + 1)
        if self.algorithm == 2:
            raise MitoolError("ksg with algorithm=2 has no conditional form; use algorithm=1")
        self._check(len(x))
        return Value(self._given(neighbor_counts((x, y, z), GIVEN, self.n_neighbors)))

    def _given(self, counts: NeighborCounts) -> float:
        """Give the estimate from the counts in xz, in yz and in z."""
        joint, of_z = (
            mean_digamma(tallied(of), counts.shape[1], shift=1) for of in (counts[:2], counts[2:])
        )
        return integer_digamma(self.n_neighbors) - (joint - of_z)

    def _at(self, sizes: Sequence[int]) -> list[Self]:
        return [replace(self, n_neighbors=k) for k in sizes]

    def _mean(self, tally: Tally, n: int) -> float:
        return self._constant(n) - mean_digamma(tally, n, shift=self._shift)

    @property
    def _ball(self) -> Ball:
        return "open" if self.algorithm == 1 else "box"

    @property
    def _shift(self) -> int:
        return 1 if self.algorithm == 1 else 0

    def _constant(self, n: int) -> float:
        k = self.n_neighbors
        return integer_digamma(k) + integer_digamma(n) - (0.0 if self.algorithm == 1 else 1.0 / k)

    def _check(self, n: int) -> None:
        k = self.n_neighbors
        if n <= k:
            raise MitoolError(f"ksg with n_neighbors={k} needs more than {k} rows, got {n}")
