"""Gao, Kannan, Oh & Viswanath (2017), arXiv:1709.06212."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.kernels.digamma import integer_digammas
from mitool.kernels.neighbors.counting import count_within, joined, reach
from mitool.kernels.neighbors.margin import Margin
from mitool.variables import Variable, Vector


@dataclass(frozen=True)
class MixedKSG(Estimator):
    """Nearest neighbours for mixtures of labels and numbers, by the formula of the paper.

    Two formulas circulate. The paper counts closed balls and takes log(n_x + 1); the program
    released with it counts open balls and takes psi(n_x), which on rounded numbers leaves out all
    that ties at the k-th distance and finds several times the information there is. The paper's
    errs low instead (0.2 nats where half of the rows are atoms), so it is the one given here;
    ``mesner`` and ``ksg`` are nearer to the truth.
    """

    accepts: ClassVar[Accepted] = ANY
    joint_labels: ClassVar[bool] = True
    default_transform: ClassVar[str] = "normal"
    family: ClassVar[str] = "neighbours"
    cost: ClassVar[str] = "O(n log n) time and O(n) memory while dimensions are few"
    bibtex: ClassVar[str] = """@inproceedings{gao2017,
  author = {Gao, Weihao and Kannan, Sreeram and Oh, Sewoong and Viswanath, Pramod},
  title = {Estimating mutual information for discrete-continuous mixtures},
  booktitle = {Advances in Neural Information Processing Systems},
  volume = {30},
  year = {2017}
}"""

    n_neighbors: int = field(default=5, metadata={"help": "neighbours of each point"})

    def __post_init__(self) -> None:
        if self.n_neighbors < 1:
            raise MitoolError(f"n_neighbors must be at least 1, got {self.n_neighbors}")

    def prepare(self, x: Variable) -> Margin:
        """Give the margin, its labels far apart."""
        return Margin.with_labels(x)

    def join(self, x: Margin, y: Margin) -> Value:
        """Give <psi(k~)> + log n - <log(n_x + 1) + log(n_y + 1)>."""
        return Value(float(self.local(x, y).mean()))

    def local(self, x: Margin, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,); n_x leaves the point out.

        k~ is k, or the number of rows equal to this one, itself included, if more than k are.
        """
        n, k = len(x), self.n_neighbors
        if n <= k:
            raise MitoolError(f"mixed-ksg with n_neighbors={k} needs more than {k} rows, got {n}")
        joint = joined((x, y))
        radius = reach(joint, k)
        equal = count_within(joint, np.zeros(n), closed=True) + 1
        tilde = integer_digammas(np.where(radius == 0.0, equal, k))
        n_x, n_y = (count_within(margin, radius, closed=True) for margin in (x, y))
        return np.asarray(tilde + np.log(n) - (np.log(n_x + 1) + np.log(n_y + 1)))
