"""Gao, Kannan, Oh & Viswanath (2017), arXiv:1709.06212."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Literal

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.estimators.parameters import check_at_least
from mitool.kernels.digamma import integer_digammas
from mitool.kernels.neighbors.counting import count_within, joined, reach
from mitool.kernels.neighbors.margin import FAR, Margin
from mitool.kernels.types import Places
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable, Vector

Form = Literal["program", "paper"]

TIED_SHARE = 0.05
"""So many rows may be as far from others as from their k-th neighbour: Gaussian columns rounded
until 0.05 of them are were found 0.01 to 0.02 nats too high, at 0.5 of them 0.2 to 0.5."""


@dataclass(frozen=True, eq=False)
class Balls:
    """The distance of each row's k-th neighbour, and how many rows it holds, itself counted."""

    radius: Vector
    held: Places


@dataclass(frozen=True)
class MixedKSG(Estimator):
    """Nearest neighbours for mixtures of labels and numbers, by the formula of program or paper.

    Two formulas circulate. The program that the authors released counts open balls and takes
    psi(n_x): it meets the truths of the paper's own experiment, but on a lattice (rounded numbers)
    it leaves out all that ties at the k-th distance, finds several times the information there is,
    and a warning says so. The paper prints closed balls and log(n_x + 1), which do not inflate but
    err low: by 0.2 nats in that experiment. ``mesner`` and ``ksg`` are nearer to the truth.
    """

    accepts: ClassVar[Accepted] = ANY
    joint_labels: ClassVar[bool] = True
    blind_to_names: ClassVar[bool] = True
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
    form: Form = field(
        default="program",
        metadata={"help": "formula of the authors' program, too high on lattices; or too low"},
    )

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)

    def prepare(self, x: Variable) -> Margin:
        """Give the margin, its labels far apart."""
        return Margin.with_labels(x)

    def join(self, x: Margin, y: Margin) -> Value:
        """Give <psi(k~) + log n - psi(n_x) - psi(n_y)>, the point itself counted, or the paper's.

        That is <psi(k~) + log n - log(n_x + 1) - log(n_y + 1)>, whose n_x leaves the point out.
        """
        balls = self._balls(x, y)
        notes = _tied(balls, self.n_neighbors) if self.form == "program" else ()
        return Value(float(self._local(x, y, balls).mean()), notes=notes)

    def local(self, x: Margin, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,)."""
        return self._local(x, y, self._balls(x, y))

    def _balls(self, x: Margin, y: Margin) -> Balls:
        n, k = len(x), self.n_neighbors
        if n <= k:
            raise MitoolError(f"mixed-ksg with n_neighbors={k} needs more than {k} rows, got {n}")
        joint = joined((x, y))
        radius = reach(joint, k)
        return Balls(radius, count_within(joint, radius, closed=True) + 1)

    def _local(self, x: Margin, y: Margin, balls: Balls) -> Vector:
        """Give the terms; k~ is k, or the number of rows equal to this one if more than k are."""
        copied = balls.radius == 0.0
        constant = np.log(len(x)) + integer_digammas(np.where(copied, balls.held, self.n_neighbors))
        if self.form == "paper":
            n_x, n_y = (count_within(side, balls.radius, closed=True) + 1 for side in (x, y))
            return np.asarray(constant - (np.log(n_x) + np.log(n_y)))
        n_x, n_y = (_closer(side, balls.radius) + 1 for side in (x, y))
        return np.asarray(constant - (integer_digammas(n_x) + integer_digammas(n_y)))


def _closer(side: Margin, radius: Vector) -> Places:
    """Count the others strictly closer, or equal where the radius is 0; other labels never are."""
    closer = count_within(side, np.minimum(radius, FAR))
    copied = radius == 0.0
    if copied.any():
        equal = count_within(side, np.zeros(len(radius)), closed=True)
        closer = np.where(copied, equal, closer)
    return closer


def _tied(balls: Balls, k: int) -> tuple[Note, ...]:
    """Warn where many rows have more at their k-th distance than one."""
    n_tied = int(np.count_nonzero((balls.held > k + 1) & (balls.radius > 0.0)))
    if n_tied <= TIED_SHARE * len(balls.held):
        return ()
    return (note_of("lattice", n_tied=n_tied, n_rows=len(balls.held)),)
