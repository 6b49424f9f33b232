"""Kraskov, Stögbauer & Grassberger (2004), doi:10.1103/PhysRevE.69.066138, at two scales.

Weights chosen on 60 families of known MI at n = 50 … 16,000, the 24 of studies/accuracy.md among
them, and checked on others that were drawn up apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators import load
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value
from mitool.estimators.parameters import check_at_least
from mitool.estimators.scales import (
    Algorithm,
    Table,
    larger,
    means,
    places_of,
    three_sizes,
    weighed,
    weights,
)
from mitool.estimators.strata import margin_or_labels, within_levels
from mitool.kernels.counts.coded import Coded
from mitool.kernels.digamma import digammas_up_to, halfway_to_logarithm_up_to
from mitool.kernels.neighbors.counting import (
    counts_at_scales,
    permuted_tallies,
    tallies_at_scales,
)
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.partners import tallies_with_each
from mitool.kernels.neighbors.sidedness import unevenness
from mitool.kernels.neighbors.tallies import Tally, tallied
from mitool.variables import Kind, Rows, Variable, Vector
from mitool.variables.transforms import untied_line

TABLES: tuple[Table, ...] = (digammas_up_to, digammas_up_to, halfway_to_logarithm_up_to)
"""What is taken of the counts at the fine scale, in the middle, and at the coarse scale."""


@dataclass(frozen=True)
class TwoScales(Estimator):
    """KSG with few neighbours and with four times as many, weighed by what they disclose.

    At each scale the algorithm counts that finds more: what is smoothed away is lost to squares
    where the support is curved, to rectangles where it has edges. More neighbours vary less, but
    smooth more away, and where they do not, err high by the curvature: there halfway to the
    logarithms of Gao, Oh & Viswanath (2018), doi:10.1109/TIT.2018.2807481, instead of digammas.
    Where twice as many neighbours as at the fine scale find more than the coarse scale, by d, they
    count d² / (d² + 3 / (n + 1000)) against it; the fine scale, D above the coarse one, counts
    D² / (D² + 40 / (n + 1000)) against what both make. Chance alone would have 1 / n; the rows
    added are those that a bias, which falls with n, is worth.
    """

    accepts: ClassVar[Accepted] = NUMERIC
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"discrete"})
    default_transform: ClassVar[str] = "normal"
    jitters_ties: ClassVar[bool] = True
    family: ClassVar[str] = "neighbours"
    bibtex: ClassVar[str] = load("ksg").bibtex
    scales: ClassVar[tuple[str, tuple[int, ...]] | None] = ("n_neighbors", (2, 8))
    cost: ClassVar[str] = "three times that of ksg"

    n_neighbors: int = field(default=2, metadata={"help": "neighbours at the fine scale"})

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)

    def prepare(self, x: Variable) -> Margin | Coded:
        """Give the margin, whose order or tree is computed once; code labels, for a condition."""
        return margin_or_labels(x)

    def join(self, x: Margin, y: Margin) -> Value:
        """Give the weighed mean; ``extras`` holds the scales, ``facts`` their weights."""
        algorithms = self._algorithms(len(x))
        tallies = tallies_at_scales(x, y, [one.scale for one in algorithms])
        return self._value(algorithms, tallies, len(x))

    def join_each(self, x: Margin, ys: Sequence[Margin]) -> Iterator[Value]:
        """Give what ``join`` gives of x and each y."""
        n, algorithms = len(x), self._algorithms(len(x))
        by_pair = tallies_with_each(x, ys, [one.scale for one in algorithms])
        return (self._value(algorithms, tallies, n) for tallies in by_pair)

    def _value(self, algorithms: Sequence[Algorithm], tallies: Sequence[Tally], n: int) -> Value:
        values = larger(means(algorithms, tallies, n))
        fine, middle, coarse = weights(values, n)
        return Value(
            weighed(values, n),
            extras=dict(zip(("fine", "middle", "coarse"), values, strict=True)),
            facts={"weight_of_fine": fine, "weight_of_middle": middle, "weight_of_coarse": coarse},
        )

    def gap(self, value: Value) -> float:
        """Give how far the fine scale lies above the coarse one."""
        return value.extras["fine"] - value.extras["coarse"]

    def unevenness(self, x: Margin, y: Margin) -> float:
        """Give how uneven the density is within the reach of neighbours, on normal scores.

        Ties are broken as they were for the estimate: rows of one value are spread over its place.
        """
        return unevenness(x.order, y.order, partial(untied_line, "normal"))

    def join_given(self, x: Margin, y: Margin, z: Coded) -> Value:
        """Give the mean over the levels of labels Z of the information within each."""
        return within_levels(self.join, x, y, z, self.n_neighbors + 1)

    def at_scales(self, scales: Sequence[int], x: Any, y: Any, *given: Any) -> tuple[float, ...]:
        """Give algorithm 2 at the fine and the coarse scale of each, by one search.

        A test is better off without the weights, which take noise for structure where there is
        little of either: of 100 correlations of 0.25 it found 28 with them.
        """
        if given:
            return super().at_scales(scales, x, y, *given)
        algorithms = self._boxes(scales, len(x))
        return means(algorithms, tallies_at_scales(x, y, [one.scale for one in algorithms]), len(x))

    def permuted(
        self, x: Margin, y: Margin, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the estimate, or ``at_scales``, with the rows of y in each of several orders."""
        n = len(x)
        algorithms = self._boxes(scales, n) if scales else self._algorithms(n)
        for tallies in permuted_tallies(x, y, orders, [one.scale for one in algorithms]):
            values = means(algorithms, tallies, n)
            yield values if scales else (weighed(larger(values), n),)

    def local(self, x: Margin, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,)."""
        n, algorithms = len(x), self._algorithms(len(x))
        counts = counts_at_scales(x, y, [one.scale for one in algorithms])
        values = means(algorithms, map(tallied, counts), n)
        best = larger(values)
        terms = (
            weight * algorithms[place].terms(counts[place])
            for weight, place in zip(weights(best, n), places_of(best, values), strict=True)
        )
        return np.asarray(sum(terms))

    def _algorithms(self, n: int) -> list[Algorithm]:
        """Give both algorithms at the fine scale, in the middle, and at the coarse scale."""
        pairs = zip(self._sizes(n), TABLES, strict=True)
        return [Algorithm(k, ball, table) for k, table in pairs for ball in ("box", "open")]

    def _boxes(self, scales: Sequence[int], n: int) -> list[Algorithm]:
        """Give algorithm 2 at the fine and the coarse scale of each."""
        algorithms = [replace(self, n_neighbors=scale) for scale in scales]
        sizes = sorted({size for one in algorithms for size in one._sizes(n)[::2]})
        return [Algorithm(k, "box", digammas_up_to) for k in sizes]

    def _sizes(self, n: int) -> tuple[int, int, int]:
        """Give the neighbours at each scale, where there are rows enough."""
        if n <= self.n_neighbors:
            raise MitoolError(
                f"two-scales with n_neighbors={self.n_neighbors} needs more than "
                f"{self.n_neighbors} rows, got {n}"
            )
        return three_sizes(self.n_neighbors, n)
