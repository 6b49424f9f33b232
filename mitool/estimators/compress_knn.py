"""Butakov et al. (2024), arXiv:2305.08013: information of compressed variables under noise.

What a projection drops of x + noise is bounded by the chain rule and by maximum entropy: at most
half the sum of log(1 + λ / s²) over the eigenvalues λ of the covariance that it drops.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Literal

import numpy as np

from mitool.errors import MitoolError, attempt
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.estimators.densities import Points
from mitool.estimators.parameters import check_at_least, create
from mitool.kernels.linear.projections import (
    Projection,
    canonical,
    indicators,
    principal,
    rows_by_content,
)
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Kind, Matrix, Rows, Variable

FEWEST = 20
"""Rows that each half needs: those that the projection is fitted on, and those of the estimate."""

BIBTEX = """\
@inproceedings{butakov2024,
  author = {Butakov, Ivan and Tolmachev, Alexander and Malanchuk, Sofia and Neopryatnaya, Anna
    and Frolov, Alexey and Andreev, Kirill},
  title = {Information Bottleneck Analysis of Deep Neural Networks via Lossy Compression},
  booktitle = {International Conference on Learning Representations},
  year = {2024}
}"""


@dataclass(frozen=True)
class CompressKNN(Estimator):
    """Information of x with noise and y, both projected to few columns, by nearest neighbours.

    Projections are fitted on one half of the rows, drawn by the values of x and the seed, and the
    information is that of the other half: as a projection only loses, its true value is a lower
    bound. With `pca` `lost_at_most` says how much that of x is worth at most; it is large where
    the noise is small beside what is dropped. `k=…` are the values with half and twice the
    columns, where these can be compared.
    """

    n_dims: int = field(default=4, metadata={"help": "columns that are kept of each variable"})
    compress: Literal["pca", "cca", "none"] = field(
        default="pca", metadata={"help": "principal or canonical directions; none: as they are"}
    )
    noise: float = field(
        default=0.1,
        metadata={"help": "deviation of the noise added to x, in those of its mean column"},
    )
    neighbours: Literal["wkl", "ksg"] = field(
        default="wkl", metadata={"help": "how the projected columns are compared"}
    )
    n_neighbors: int = field(default=5, metadata={"help": "neighbours of each point"})
    seed: int = field(default=0, metadata={"help": "seed of the noise and of the halves"})

    accepts: ClassVar[Accepted] = frozenset(
        {("continuous", "continuous"), ("continuous", "discrete")}
    )
    symmetric: ClassVar[bool] = False
    estimand: ClassVar[str] = "compressed_mi"
    family: ClassVar[str] = "neighbours"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n d min(n, d)) time for the projection, then that of wkl or ksg"

    def __post_init__(self) -> None:
        for name in ("n_dims", "n_neighbors"):
            check_at_least(name, getattr(self, name), 1)
        if not 0 < self.noise < float("inf"):
            raise MitoolError(f"noise must be positive, got {self.noise!r}")

    def prepare(self, x: Variable) -> Points:
        """Keep the rows: a projection is fitted when both variables are there."""
        return Points(x)

    def join(self, x: Points, y: Points) -> Value:
        """Estimate with as many columns as asked for, and with half and twice as many."""
        fit, used = self._halves(x)
        spread = float(x.values.std(axis=0).mean())
        if spread == 0.0:
            raise MitoolError(f"{x.variable.name!r} has one value in all rows")
        deviation = self.noise * spread
        noise = np.random.default_rng(self.seed).standard_normal(x.values.shape)
        noisy = x.values.copy()
        noisy[np.concatenate((fit, used))] += deviation * noise
        maps = self._fitted(noisy, y, fit)
        estimate = partial(self._value, noisy, x, y, used, maps)
        value, others = estimate(self.n_dims), set(self._sizes(maps)) - {self.n_dims}
        beside = {k: attempt(partial(estimate, k), lambda _: None) for k in sorted(others)}
        extras = {f"k={k}": found for k, found in beside.items() if found is not None}
        facts = {"noise": deviation, "n_fitted": float(len(fit))}
        notes: tuple[Note, ...] = ()
        if self.compress == "pca":
            most, share = self._lost(maps[0], x.values[used], deviation)
            extras["lost_at_most"], facts["explained"] = most, share
            notes = (self._note(x.variable, deviation, most, share),)
        return Value(value, extras, facts, notes=notes, n_left=len(fit))

    def _halves(self, x: Points) -> tuple[Rows, Rows]:
        """Give the rows that a projection is fitted on, and those that are compared."""
        order = rows_by_content(x.values, self.seed)
        half = len(order) // 2 if self.compress != "none" else 0
        if min(half or FEWEST, len(order) - half) < FEWEST:
            raise MitoolError(
                f"compress-knn needs {2 * FEWEST} rows, half of them for the projection, got "
                f"{len(order)}"
            )
        return order[:half], order[half:]

    def _lost(self, one: Projection, values: Matrix, deviation: float) -> tuple[float, float]:
        """Bound what is dropped of rows, in nats, and give the share of variance that is kept."""
        rest = one.rest(values, self.n_dims)
        most = float(0.5 * np.log1p(rest / deviation**2).sum())
        return most, one.explained(values, self.n_dims)

    def _note(self, x: Variable, deviation: float, most: float, share: float) -> Note:
        """Say what the projection of x keeps, and what it may lose."""
        kept = {"k": self.n_dims, "n_dims": x.n_dims, "share": share}
        words = {"name": x.name, "noise": deviation, "most": most}
        return note_of("projected", (x.names[0],), **words, **kept)

    def _sizes(self, maps: Sequence[Projection]) -> Iterator[int]:
        """Yield the numbers of columns: that asked for, half and twice, as far as there are."""
        yield self.n_dims
        if maps:
            most = max(one.directions.shape[1] for one in maps)
            yield from (k for k in (self.n_dims // 2, 2 * self.n_dims) if 0 < k <= most)

    def _fitted(self, noisy: Matrix, y: Points, fit: Rows) -> list[Projection]:
        """Fit the projections of x with noise and, if it is of numbers, of y."""
        if self.compress == "none":
            return []
        is_labels = y.variable.kind == "discrete"
        if self.compress == "cca":
            other = indicators(y.variable.codes) if is_labels else y.values
            return list(canonical(noisy[fit], other[fit]))[: 1 if is_labels else 2]
        return [principal(side[fit]) for side in ([noisy] if is_labels else [noisy, y.values])]

    def _value(
        self, noisy: Matrix, x: Points, y: Points, used: Rows, maps: Sequence[Projection], k: int
    ) -> float:
        """Compare what is left of both when each is projected to k columns."""
        first, second = _projected(noisy[used], maps[:1], k), y.variable.take(used)
        if second.kind != "discrete":
            second = _named(second, _projected(second.values, maps[1:], k))
        compared = _named(x.variable, first)
        if second.kind == "discrete" and self.neighbours == "ksg":  # what ksg is for labels
            return create("ross", {"n_neighbors": self.n_neighbors})(second, compared).mi
        inner = create(self.neighbours, {"n_neighbors": self.n_neighbors})
        try:
            return inner(compared, second).mi
        except MitoolError as error:  # what wkl proposes is no parameter here
            reason = str(error).partition(";")[0]
            raise MitoolError(f"{reason}; use a smaller n_dims, or -p neighbours=ksg") from error


def _projected(values: Matrix, maps: Sequence[Projection], k: int) -> Matrix:
    """Give rows in k columns, or as they are where there is no map."""
    return maps[0].of(values, k) if maps else values


def _named(variable: Variable, values: Matrix) -> Variable:
    """Give a variable of numbers under the name of another."""
    names = tuple(f"{variable.names[0]}…{j + 1}" for j in range(values.shape[1]))
    kind: Kind = "continuous"
    return Variable(names, np.ascontiguousarray(values), (kind,) * len(names))
