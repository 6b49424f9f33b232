"""Ross (2014), doi:10.1371/journal.pone.0087357: a discrete variable with a numeric one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from mitool.choices import Ties
from mitool.errors import MitoolError
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.estimators.orders import one_by_one
from mitool.estimators.parameters import check_at_least
from mitool.kernels.digamma import integer_digamma, integer_digammas
from mitool.kernels.neighbors.counting import count_within, kth_distance
from mitool.kernels.neighbors.line_levels import Orders, batches, counts_in_levels, on_a_line
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.types import Places
from mitool.variables import Codes, Rows, Variable, Vector


@dataclass(frozen=True, eq=False)
class Labels:
    """The levels of a discrete variable, as codes 0, 1, 2 and on."""

    codes: Codes

    def __len__(self) -> int:
        return len(self.codes)

    def take(self, rows: Rows) -> Labels:
        """Give the labels of a selection of rows."""
        return Labels(self.codes[rows])

    permute = take


@dataclass(frozen=True)
class Ross(Estimator):
    """Neighbours within a level against neighbours at all (eq. 1 and the text around it).

    A level with few rows has fewer neighbours; a row alone in its level says nothing and is left
    out, its number being the fact ``n_singletons``.
    """

    accepts: ClassVar[Accepted] = frozenset({("discrete", "continuous"), ("discrete", "mixed")})
    blind_to_names: ClassVar[bool] = True
    default_transform: ClassVar[str] = "normal"
    jitters_ties: ClassVar[bool] = True
    family: ClassVar[str] = "neighbours"
    scales: ClassVar[tuple[str, tuple[int, ...]] | None] = ("n_neighbors", (3, 10, 30))
    cost: ClassVar[str] = "O(n log n) time and O(n) memory while dimensions are few"
    bibtex: ClassVar[str] = """@article{ross2014,
  author = {Ross, Brian C.},
  title = {Mutual information between discrete and continuous data sets},
  journal = {PLoS ONE},
  volume = {9},
  number = {2},
  pages = {e87357},
  year = {2014},
  doi = {10.1371/journal.pone.0087357}
}"""

    n_neighbors: int = field(default=3, metadata={"help": "neighbours of each point in its level"})
    ties: Ties = field(default="break", metadata={"help": "tell equal values apart, or not"})

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)

    def prepare(self, x: Variable) -> Labels | Margin:
        """Give the levels of a discrete variable, the margin of a numeric one."""
        return Labels(x.codes) if x.kind == "discrete" else Margin.of(x)

    def join(self, x: Labels, y: Margin) -> Value:
        """Give psi(n) + <psi(k)> - <psi(n_x)> - <psi(m)>, x being the discrete one."""
        terms = self.local(x, y)
        n_singletons = int(np.count_nonzero(np.isnan(terms)))
        facts = {"n_singletons": float(n_singletons)} if n_singletons else {}
        return Value(float(np.nanmean(terms)), facts=facts, n_left=n_singletons)

    def at_scales(self, scales: Sequence[int], x: Any, y: Any, *given: Any) -> tuple[float, ...]:
        """Estimate with several numbers of neighbours, which one call counts on a line."""
        if not on_a_line(y, 1):
            return super().at_scales(scales, x, y, *given)
        return next(self._on_a_line(x, y, np.arange(len(x))[None], scales, moves_x=False))

    def permuted(
        self, x: Labels, y: Margin, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the estimate, or ``at_scales``, with the rows of y in each of several orders."""
        return self._in_orders(x, y, orders, scales, moves_x=False)

    def permuted_first(
        self, x: Labels, y: Margin, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the same with the rows of x, the labels, in each of several orders."""
        return self._in_orders(x, y, orders, scales, moves_x=True)

    def local(self, x: Labels, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,); NaN for a row alone."""
        n_x = np.bincount(x.codes)[x.codes]
        kept = np.flatnonzero(n_x > 1)
        _require(len(kept), len(x))
        out = np.full(len(x), np.nan)
        if len(kept) < len(x):
            x, y, n_x = x.take(kept), y.take(kept), n_x[kept]
        k = np.minimum(self.n_neighbors, n_x - 1)
        m = self._closer(x.codes, y) + 1
        out[kept] = (
            integer_digamma(len(kept))
            + integer_digammas(k)
            - integer_digammas(n_x)
            - integer_digammas(m)
        )
        return out

    def _closer(self, codes: Codes, y: Margin) -> Places:
        """Count the others closer to each row than its k-th neighbour in its own level."""
        if on_a_line(y, 1):
            as_they_are = np.arange(len(y))[None]
            return np.asarray(counts_in_levels(codes, y, as_they_are, [self.n_neighbors])[0, 0, 0])
        radius = np.empty(len(codes))
        by_level = np.argsort(codes, kind="stable")
        for rows in np.split(by_level, np.flatnonzero(np.diff(codes[by_level])) + 1):
            radius[rows] = kth_distance(y.take(rows), min(self.n_neighbors, len(rows) - 1))
        return count_within(y, radius)

    def _in_orders(
        self, x: Labels, y: Margin, orders: Iterable[Rows], scales: Sequence[int], *, moves_x: bool
    ) -> Iterator[tuple[float, ...]]:
        for some in batches(orders, len(x)):
            if on_a_line(y, len(some)):
                yield from self._on_a_line(x, y, some, scales, moves_x=moves_x)
            else:
                yield from one_by_one(self, x, y, some, scales, moves_x=moves_x)

    def _on_a_line(
        self, x: Labels, y: Margin, orders: Orders, scales: Sequence[int], *, moves_x: bool
    ) -> Iterator[tuple[float, ...]]:
        """Yield what ``join`` gives in each order, to the bit: terms of the same rows in turn."""
        sizes = scales or [self.n_neighbors]
        n_x = np.bincount(x.codes)
        n_kept = int(n_x[n_x > 1].sum())
        _require(n_kept, len(x))
        counts = counts_in_levels(x.codes, y, orders, sizes, moves_line=not moves_x)
        codes = x.codes[orders] if moves_x else x.codes
        alone, means = n_x[codes] == 1, []
        for k, m in zip(sizes, counts.swapaxes(0, 1), strict=True):
            of_level = (
                integer_digamma(n_kept)
                + integer_digammas(np.clip(n_x - 1, 1, k))
                - integer_digammas(np.maximum(n_x, 1))
            )
            terms = of_level[codes] - integer_digammas(m[:, 0] + 1)
            means.append(np.where(alone, 0.0, terms).sum(axis=1) / n_kept)
        return zip(*(mean.tolist() for mean in means), strict=True)


def _require(n_kept: int, n: int) -> None:
    if not n_kept:
        raise MitoolError(
            f"ross needs a label that several rows share, but each of {n} rows has one of "
            "its own; join labels into fewer, or read them as numbers if they are numbers"
        )
