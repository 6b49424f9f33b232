"""Kozachenko & Leonenko (1987): differential entropy from the distance to the k-th neighbour."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.estimators.parameters import check_at_least
from mitool.kernels.digamma import integer_digamma
from mitool.kernels.linear.directions import basis
from mitool.kernels.neighbors.counting import kth_distance
from mitool.kernels.neighbors.margin import Margin
from mitool.variables import Kind, Variable
from mitool.variables.magnitudes import deviation

BIBTEX = """\
@article{kozachenko1987,
  author = {Kozachenko, L. F. and Leonenko, N. N.},
  title = {Sample Estimate of the Entropy of a Random Vector},
  journal = {Problems of Information Transmission},
  volume = {23},
  number = {2},
  pages = {95--101},
  year = {1987}
}"""


@dataclass(frozen=True, eq=False)
class Scaled:
    """The columns of a variable in units of their deviation, and what that took off the entropy."""

    name: str
    margin: Margin
    log_scale: float

    def __len__(self) -> int:
        return len(self.margin)


@dataclass(frozen=True)
class KozachenkoLeonenko(Estimator):
    """Differential entropy from nearest neighbours, in the maximum norm of standardised columns.

    H = psi(n) - psi(k) + d log 2 + d times the mean log distance + the sum of the log deviations:
    columns of different units count alike, and a change of unit adds its logarithm exactly.

    The source takes columns as they are, which ``standardise=false`` does: of two normal columns
    whose deviations are 1 and 1000, 1000 rows then give 1.02 nats too much instead of 0.02 too
    little. One column gives the same either way.
    """

    n_neighbors: int = field(default=3, metadata={"help": "which neighbour, k"})
    standardise: bool = field(
        default=True,
        metadata={"help": "divide columns by their deviations first, and add the logarithms back"},
    )

    accepts: ClassVar[Accepted] = frozenset()
    accepts_alone: ClassVar[frozenset[Kind]] = frozenset({"continuous"})
    entropy_estimand: ClassVar[str] = "differential_entropy"
    family: ClassVar[str] = "neighbours"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n log n) time, O(n d) memory"

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)

    def prepare(self, x: Variable) -> Scaled:
        """Bring the columns to deviation one, unless they shall stay as they are."""
        spread = np.array([deviation(column) for column in x.values.T])
        for name, one in zip(x.names, spread, strict=True):
            if one == 0.0:
                raise MitoolError(
                    f"column {name!r} has one value in all rows: its differential entropy is "
                    "minus infinity; leave it out"
                )
        if len(x) > x.n_dims > 1 and basis(x.name, x.values).rank < x.n_dims:
            raise MitoolError(
                f"{x.name!r} has columns that follow from others: its differential entropy is "
                "minus infinity; leave them out"
            )
        unit = spread if self.standardise else np.ones_like(spread)
        scaled = np.ascontiguousarray(x.values / unit)
        return Scaled(x.name, Margin(scaled), float(np.log(unit).sum()))

    def entropy(self, x: Scaled) -> Value:
        """Give the differential entropy of a prepared variable; ``Value.mi`` holds it, in nats."""
        n, k, d = len(x), self.n_neighbors, x.margin.n_dims
        if n <= k:
            raise MitoolError(f"kl with n_neighbors={k} needs more than {k} rows, got {n}")
        distance = kth_distance(x.margin, k)
        n_copied = int(np.count_nonzero(distance == 0.0))
        if n_copied:
            raise MitoolError(
                f"{n_copied} of {n} rows of {x.name!r} have {k} or more exact copies, so there is "
                "no density; raise n_neighbors, or use -e bins"
            )
        logs = np.sort(np.log(2.0 * distance))  # summed in an order that rows do not set
        constant = integer_digamma(n) - integer_digamma(k) + x.log_scale
        return Value(constant + d * float(logs.mean()))
