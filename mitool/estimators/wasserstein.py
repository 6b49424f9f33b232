"""Ozair et al. (2019), arXiv:1903.11780: Wasserstein dependency measure.

Distances of samples: Peyré & Cuturi (2019), doi:10.1561/2200000073.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError, UsageError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.variables import Matrix, Rows, Variable


@dataclass(frozen=True, eq=False)
class Placed:
    """Rows as points: ``numbers`` (n, p), standardised, and ``labels`` (n, q), codes."""

    numbers: Matrix
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def take(self, rows: Rows) -> Placed:
        """Give the same of some rows; the scale stays that of all."""
        return replace(self, numbers=self.numbers[rows], labels=self.labels[rows])

    permute = take

    @property
    def keys(self) -> list[NDArray[np.float64]]:
        """Columns that tell all different rows apart, for an order that is theirs alone."""
        return [*self.numbers.T, *self.labels.T.astype(np.float64)]

    def squares(self) -> Matrix:
        """Squared distances of all pairs; labels that differ are 1 apart."""
        from scipy.spatial.distance import cdist

        total = np.zeros((len(self), len(self)))
        if self.numbers.shape[1]:
            total += cdist(self.numbers, self.numbers, "sqeuclidean")
        for codes in self.labels.T:
            total += codes[:, None] != codes
        return total


@dataclass(frozen=True)
class Wasserstein(Estimator):
    """How far rows must move to be independent, less what it takes between two shuffles.

    The transport distance between the rows and the same with y shuffled is far from 0 under
    independence too, so that between two shuffles is subtracted; ``raw`` and ``null`` are both
    reported. Columns are standardised, labels are 1 apart. Order 1 is the mean of |x - x'| +
    |y - y'| (as in the paper), order 2 the mean of the squares, not its root. Not mutual
    information: it changes under monotone maps of a column. Swapping x and y changes the shuffles.
    """

    accepts: ClassVar[Accepted] = ANY
    symmetric: ClassVar[bool] = False
    joint_labels: ClassVar[bool] = True
    estimand: ClassVar[str] = "wasserstein_dependence"
    has_unit: ClassVar[bool] = False
    cost: ClassVar[str] = "time n_rows³ a subset, memory n_rows²"
    bibtex: ClassVar[str] = (
        "@inproceedings{ozair2019wasserstein, title={Wasserstein dependency measure for "
        "representation learning}, author={Ozair, Sherjil and Lynch, Corey and Bengio, Yoshua and "
        'van den Oord, A{\\"a}ron and Levine, Sergey and Sermanet, Pierre}, booktitle={Advances '
        "in Neural Information Processing Systems}, volume={32}, year={2019}}"
    )

    order: int = field(default=1, metadata={"help": "1: distances, or 2: their squares"})
    n_rows: int = field(
        default=1000, metadata={"help": "rows that are matched at a time; more are parted"}
    )
    n_subsets: int = field(default=10, metadata={"help": "disjoint subsets at most, averaged"})
    seed: int = field(default=0, metadata={"help": "seed of the subsets and shuffles"})

    def __post_init__(self) -> None:
        if self.order not in (1, 2):
            raise UsageError(f"wasserstein.order must be 1 or 2, got {self.order}")
        if self.n_rows < 2 or self.n_subsets < 1:
            raise UsageError(
                "wasserstein.n_rows must be at least 2 and n_subsets at least 1, got "
                f"{self.n_rows} and {self.n_subsets}"
            )

    def prepare(self, x: Variable) -> Placed:
        """Standardise columns of numbers (by n, not n - 1); a constant one is 0."""
        is_label = np.array([kind == "discrete" for kind in x.kinds])
        numbers = x.values[:, ~is_label]
        spread = numbers.std(axis=0)
        numbers = (numbers - numbers.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
        return Placed(np.ascontiguousarray(numbers), x.values[:, is_label].astype(np.int64))

    def join(self, x: Placed, y: Placed) -> Value:
        """Average over disjoint subsets of rows, in an order that the rows decide."""
        n = len(x)
        if n < 2:
            raise MitoolError(f"wasserstein needs at least 2 rows, got {n}")
        in_order = np.lexsort([*y.keys, *x.keys])
        rng = np.random.default_rng(self.seed)
        n_subsets = min(self.n_subsets, max(1, n // self.n_rows))
        size = min(n, self.n_rows)
        chosen = in_order[rng.permutation(n)[: n_subsets * size]].reshape(n_subsets, size)
        pairs = [self._matched(x.take(rows), y.take(rows), rng) for rows in chosen]
        raw, null = np.array(pairs).T
        facts = {"raw": float(raw.mean()), "null": float(null.mean()), "subsets": n_subsets}
        if n_subsets > 1:
            facts["sd_of_subsets"] = float((raw - null).std(ddof=1))
        n_left = n - chosen.size
        return Value(float(np.mean(raw - null)), facts=facts, n_left=n_left)

    def _matched(self, x: Placed, y: Placed, rng: np.random.Generator) -> tuple[float, float]:
        """Give the distance of the rows from a shuffle, and that of two other shuffles."""
        apart = [x.squares(), y.squares()]
        if self.order == 1:
            apart = [np.sqrt(squares) for squares in apart]
        first, second, third = (rng.permutation(len(x)) for _ in range(3))
        as_they_are = np.arange(len(x))
        return (
            self._transport(apart, as_they_are, first),
            self._transport(apart, second, third),
        )

    def _transport(self, apart: list[Matrix], ours: Rows, theirs: Rows) -> float:
        """The cheapest matching of (x_i, y_ours(i)) with (x_j, y_theirs(j)), its mean cost."""
        from scipy.optimize import linear_sum_assignment

        costs = apart[0] + apart[1][np.ix_(ours, theirs)]
        rows, columns = linear_sum_assignment(costs)
        return float(costs[rows, columns].mean())
