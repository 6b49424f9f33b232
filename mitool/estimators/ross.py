"""Ross (2014), doi:10.1371/journal.pone.0087357: a discrete variable with a numeric one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mitool.choices import Ties
from mitool.errors import MitoolError
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.estimators.parameters import check_at_least
from mitool.kernels.digamma import integer_digamma, integer_digammas
from mitool.kernels.neighbors.counting import count_within, kth_distance
from mitool.kernels.neighbors.margin import Margin
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

    def local(self, x: Labels, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,); NaN for a row alone."""
        n_x = np.bincount(x.codes)[x.codes]
        kept = np.flatnonzero(n_x > 1)
        if not len(kept):
            raise MitoolError(
                f"ross needs a label that several rows share, but each of {len(x)} rows has one of "
                "its own; join labels into fewer, or read them as numbers if they are numbers"
            )
        out = np.full(len(x), np.nan)
        if len(kept) < len(x):
            x, y, n_x = x.take(kept), y.take(kept), n_x[kept]
        k = np.minimum(self.n_neighbors, n_x - 1)
        m = count_within(y, self._radius(x.codes, y)) + 1
        out[kept] = (
            integer_digamma(len(kept))
            + integer_digammas(k)
            - integer_digammas(n_x)
            - integer_digammas(m)
        )
        return out

    def _radius(self, codes: Codes, y: Margin) -> NDArray[np.float64]:
        """Give the distance of each row's k-th neighbour in its own level."""
        radius = np.empty(len(codes))
        by_level = np.argsort(codes, kind="stable")
        for rows in np.split(by_level, np.flatnonzero(np.diff(codes[by_level])) + 1):
            radius[rows] = kth_distance(y.take(rows), min(self.n_neighbors, len(rows) - 1))
        return radius
