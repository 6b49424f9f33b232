"""Mesner & Shalizi (2021), doi:10.1109/TIT.2020.3024886."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.estimators.orders import one_by_one
from mitool.estimators.parameters import check_at_least
from mitool.estimators.strata import ROWS_PER_LEVEL, sparse, thin
from mitool.kernels.counts.coded import code_rows
from mitool.kernels.digamma import integer_digamma, integer_digammas
from mitool.kernels.neighbors.counting import count_within, joined, reach
from mitool.kernels.neighbors.line_levels import Orders, batches, counts_in_levels, on_a_line
from mitool.kernels.neighbors.margin import FAR, Margin
from mitool.result import Note
from mitool.variables import Codes, Kind, Rows, Variable, Vector


@dataclass(frozen=True)
class MesnerShalizi(Estimator):
    """Nearest neighbours in closed balls, for any mixture of labels, ties and numbers.

    All points within the k-th distance count as neighbours, k̃ ≥ k of them, so ties need no
    noise. Without ties it is biased up (0.03 to 0.06 nats under independence), which is why
    numbers alone are better served by ``ksg``.

    Two differences from the authors' program. Different labels are infinitely far apart, not 1: at
    1 the estimate depends on the unit of the numbers (with columns in thousands it finds 0 of 0.54
    nats between 5 labels and normals; on scores the two agree within 0.003). Without a condition
    the third term is psi(n - 1), what a constant condition gives, not psi(n), by which a constant
    would tell 1 / (n - 1) of anything. And nothing is clipped at 0.
    """

    accepts: ClassVar[Accepted] = ANY
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    joint_labels: ClassVar[bool] = True
    blind_to_names: ClassVar[bool] = True
    default_transform: ClassVar[str] = "normal"
    family: ClassVar[str] = "neighbours"
    scales: ClassVar[tuple[str, tuple[int, ...]] | None] = ("n_neighbors", (3, 10, 30))
    cost: ClassVar[str] = "O(n log n) time and O(n) memory while dimensions are few"
    bibtex: ClassVar[str] = """@article{mesner2021,
  author = {Mesner, Octavio C{\\'e}sar and Shalizi, Cosma Rohilla},
  title = {Conditional mutual information estimation for mixed, discrete and continuous data},
  journal = {IEEE Transactions on Information Theory},
  volume = {67},
  number = {1},
  pages = {464--484},
  year = {2021},
  doi = {10.1109/TIT.2020.3024886}
}"""

    n_neighbors: int = field(default=5, metadata={"help": "neighbours of each point, at least"})

    def __post_init__(self) -> None:
        check_at_least("n_neighbors", self.n_neighbors, 1)

    def prepare(self, x: Variable) -> Margin:
        """Give the margin, its labels far apart."""
        return Margin.with_labels(x)

    def join(self, x: Margin, y: Margin) -> Value:
        """Give <psi(k~) + psi(n - 1) - psi(n_x) - psi(n_y)>.

        It is the conditional form under a constant condition, whose closed ball holds the n - 1
        others.
        """
        radius = self._reach(x, y)
        return Value(float(self._local(x, y, radius).mean()), notes=self._sparse(radius))

    def permuted(
        self, x: Margin, y: Margin, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the estimate, or ``at_scales``, with the rows of y in each of several orders.

        Of labels with one column of numbers one call takes many orders.
        """
        of_x, of_y = _labels(x), _labels(y)
        codes, line = (of_y, x) if of_x is None else (of_x, y)
        for some in batches(orders, len(x)):
            if codes is not None and _labels(line) is None and on_a_line(line, len(some)):
                sizes = scales or [self.n_neighbors]
                yield from self._on_a_line(codes, line, some, sizes, moves_line=line is y)
            else:
                yield from one_by_one(self, x, y, some, scales)

    def _on_a_line(
        self, codes: Codes, line: Margin, orders: Orders, sizes: Sequence[int], *, moves_line: bool
    ) -> Iterator[tuple[float, ...]]:
        """Yield what ``join`` gives in each order, to the bit: terms of the same rows in turn."""
        n, n_levels, means = len(codes), np.bincount(codes), []
        _check(n, max(sizes))
        counts = counts_in_levels(codes, line, orders, sizes, moves_line=moves_line, closed=True)
        n_labelled = n_levels[codes if moves_line else codes[orders]]
        for k, (in_line, in_level) in zip(sizes, np.moveaxis(counts, 0, 2), strict=True):
            tilde, on_line, labelled = map(integer_digammas, (in_level, in_line, n_labelled - 1))
            terms = tilde + integer_digamma(n - 1) - (labelled + on_line)
            means.append(np.where(n_labelled > k, terms, 0.0).mean(axis=1))  # all others, or these
        return zip(*(mean.tolist() for mean in means), strict=True)

    def local(self, x: Margin, y: Margin) -> Vector:
        """Give the terms whose mean is the estimate, shape (n,)."""
        return self._local(x, y, self._reach(x, y))

    def join_given(self, x: Margin, y: Margin, z: Margin) -> Value:
        """Give <psi(k~) + psi(n_z) - psi(n_xz) - psi(n_yz)>."""
        radius, spaces = self._reach(x, y, z), ((x, y, z), (z,), (x, z), (y, z))
        tilde, in_z, in_xz, in_yz = (_digammas(space, radius) for space in spaces)
        terms = tilde + in_z - (in_xz + in_yz)
        return Value(float(np.mean(terms)), notes=self._sparse(radius) or _thin(z))

    def _local(self, x: Margin, y: Margin, radius: Vector) -> Vector:
        tilde, in_x, in_y = (_digammas(space, radius) for space in ((x, y), (x,), (y,)))
        return np.asarray(tilde + integer_digamma(len(x) - 1) - (in_x + in_y))

    def _reach(self, *blocks: Margin) -> Vector:
        """Give the k-th joint distance, infinite where fewer than k others share the labels."""
        _check(len(blocks[0]), self.n_neighbors)
        return reach(joined(blocks), self.n_neighbors)

    def _sparse(self, radius: Vector) -> tuple[Note, ...]:
        """Warn where most terms are 0 because no neighbours are found."""
        n_sparse = int(np.count_nonzero(np.isinf(radius)))
        what = f"share their labels with fewer than {self.n_neighbors} others"
        return sparse(n_sparse, len(radius), what, "join some labels into one")


def _thin(z: Margin) -> tuple[Note, ...]:
    """Warn where most rows have the labels of their condition in common with few others."""
    labels = np.rint(z.values / FAR)  # of numbers 0
    if not labels.any():
        return ()
    counts = code_rows(labels).counts
    return thin(int(counts[counts < ROWS_PER_LEVEL].sum()), len(z))


def _check(n: int, k: int) -> None:
    if n <= k:
        raise MitoolError(f"mesner with n_neighbors={k} needs more than {k} rows, got {n}")


def _labels(margin: Margin) -> Codes | None:
    """Give the codes of a column of labels, None of anything else."""
    if margin.n_dims > 1:
        return None
    codes = np.rint(margin.values[:, 0] / FAR).astype(np.int64)  # of numbers 0
    return codes if codes.any() else None


def _digammas(space: Sequence[Margin], radius: Vector) -> Vector:
    """Give psi of how many others lie within the radius of each row."""
    return integer_digammas(count_within(joined(space), radius, closed=True))
