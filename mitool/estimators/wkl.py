"""Berrett, Samworth & Yuan (2019), doi:10.1214/18-AOS1688: weighted Kozachenko-Leonenko entropy."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from math import exp, floor, lgamma, log, pi
from typing import ClassVar, Literal

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.densities import OfDensity
from mitool.estimators.parameters import check_at_least
from mitool.kernels.digamma import digammas_up_to
from mitool.kernels.neighbors.euclidean import nearest_distances
from mitool.variables import Matrix, Vector

MOST_WEIGHT = 50.0
"""The largest sum of sizes of the weights: beyond, they multiply the variance beyond use."""
RESIDUAL = 1e-8
FEW_DIMS = 3

BIBTEX = """\
@article{berrett2019,
  author = {Berrett, Thomas B. and Samworth, Richard J. and Yuan, Ming},
  title = {Efficient Multivariate Entropy Estimation via $k$-Nearest Neighbour Distances},
  journal = {The Annals of Statistics},
  volume = {47},
  number = {1},
  pages = {288--318},
  year = {2019},
  doi = {10.1214/18-AOS1688}
}"""


@dataclass(frozen=True)
class WeightedKL(OfDensity):
    """Entropies from round balls around several neighbours, weighed so that biases cancel.

    Up to three columns all weight is on the k-th neighbour. From four on the neighbours ik/d share
    it, some with weights below 0; where these cannot hold, or are so large that they multiply the
    noise, the estimator refuses. `weights=last` takes the k-th neighbour in any dimension.
    """

    n_neighbors: int = field(default=5, metadata={"help": "the farthest neighbour, k"})
    weights: Literal["berrett", "last"] = field(
        default="berrett", metadata={"help": "those of the paper, or all on the k-th neighbour"}
    )
    whiten: bool = field(
        default=True,
        metadata={"help": "turn columns to the identity covariance first, and add that back"},
    )

    family: ClassVar[str] = "neighbours"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n log n) time for few columns, O(n² d) for many, O(n k) memory"

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)

    @property
    def fewest(self) -> int:
        """The rows that a density needs at least."""
        return self.n_neighbors + 1

    def surprises(self, points: Matrix, name: str) -> Vector:
        """Give Σ_j w_j (d log ρ_j + log V + log(n - 1) - ψ(j)) of each point, in nats."""
        (n, d), k = points.shape, self.n_neighbors
        if n <= k:
            raise MitoolError(f"wkl with n_neighbors={k} needs more than {k} rows in {name}: {n}")
        weights = last(k) if self.weights == "last" else berrett(k, d)
        used = np.flatnonzero(weights)
        distance = nearest_distances(points, k)[:, used]
        n_copied = int(np.count_nonzero(distance[:, 0] == 0.0))
        if n_copied:
            raise MitoolError(
                f"{n_copied} of {n} rows of {name} have {used[0] + 1} or more exact copies, so "
                "there is no density; remove copies, raise n_neighbors, or use -e bins"
            )
        ball = d / 2.0 * log(pi) - lgamma(d / 2.0 + 1.0)
        terms = d * np.log(distance) + (ball + log(n - 1.0) - digammas_up_to(k)[used])
        return np.asarray(terms @ weights[used])


def last(k: int) -> Vector:
    """Give all weight to the k-th of k neighbours."""
    weights = np.zeros(k)
    weights[-1] = 1.0
    return weights


@cache
def berrett(k: int, d: int) -> Vector:
    """Give the weights of k neighbours in d dimensions: the least that cancel floor(d/4) biases.

    They are not 0 only at the neighbours floor(ik/d), i = 1 … d. A MitoolError where these are too
    few, or the sizes of the weights add up to more than ``MOST_WEIGHT``.
    """
    if d <= FEW_DIMS:
        return last(k)
    support = sorted({floor(i * k / d) for i in range(1, d + 1)} - {0})
    orders = range(1, d // 4 + 1)
    if len(support) < 1 + len(orders):
        raise MitoolError(
            f"wkl in {d} columns together needs {1 + len(orders)} neighbours to weigh, and "
            f"n_neighbors={k} gives {len(support)}; raise n_neighbors, or use -p weights=last"
        )
    ratios = [[exp(lgamma(j + 2.0 * i / d) - lgamma(j)) for j in support] for i in orders]
    rows = np.array([[1.0] * len(support), *ratios])
    rows[1:] /= np.abs(rows[1:]).max(axis=1, keepdims=True)
    target = np.eye(len(rows))[0]
    found = np.linalg.lstsq(rows, target, rcond=None)[0]
    size = float(np.abs(found).sum())
    if np.abs(rows @ found - target).max() > RESIDUAL or size > MOST_WEIGHT:
        raise MitoolError(
            f"wkl with n_neighbors={k} has no usable weights in {d} columns together (their sizes "
            f"add up to {size:.3g}); reduce the columns first, or use -p weights=last"
        )
    weights = np.zeros(k)
    weights[np.array(support) - 1] = found
    return weights
