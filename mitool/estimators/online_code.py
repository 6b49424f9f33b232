"""Dawid (1984), doi:10.2307/2981683: mutual information as what x saves in coding y row by row.

A learner codes each label by what it has learned from the rows before, so no parameter is paid for
but by learning it. Blum, Kalai & Langford (1999), doi:10.1145/307400.307439, codes in blocks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import exp, lgamma
from sys import float_info
from typing import ClassVar, Literal

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.estimators.learners import LEARNERS, features, in_blocks, mixed
from mitool.estimators.parameters import check_at_least
from mitool.estimators.partition import partition
from mitool.kernels.counts.coded import Coded, code, combine
from mitool.kernels.counts.sequential import kt_length, kt_length_within
from mitool.seeds import stream
from mitool.variables import Codes, Kind, Matrix, Rows, Variable

BIBTEX = """\
@article{dawid1984,
  author = {Dawid, A. P.},
  title = {Statistical Theory: The Prequential Approach},
  journal = {Journal of the Royal Statistical Society. Series A},
  volume = {147},
  number = {2},
  pages = {278--292},
  year = {1984},
  doi = {10.2307/2981683}
}"""


@dataclass(frozen=True)
class OnlineCode(Estimator):
    """Code length a row of y that knowing x saves; below 0 where x does not pay for learning it.

    It estimates I(X;Y), usually low and by no bound: what is learned late was paid for before. A
    number y is cut into equally full bins. With a condition z: what x saves besides z.
    """

    accepts: ClassVar[Accepted] = ANY
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    symmetric: ClassVar[bool] = False
    joint_labels: ClassVar[bool] = True
    default_transform: ClassVar[str] = "normal"
    in_time: ClassVar[Mapping[str, str]] = {"rows": "file"}
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "kt O(n); neighbours O(n^1.5 log n); others 7 fits an order"

    learner: Literal["auto", "kt", "logistic", "neighbours", "boosting", "mixture"] = field(
        default="auto",
        metadata={"help": "what codes y; auto: kt for labels x and z, else neighbours"},
    )
    n_bins: int = field(default=8, metadata={"help": "equally full bins of a number y"})
    n_orders: int = field(default=5, metadata={"help": "random orders of the rows, averaged"})
    rows: Literal["random", "file"] = field(
        default="random", metadata={"help": "order of the rows; file is that of --order time"}
    )
    seed: int = field(default=0, metadata={"help": "seed of the orders"})

    def __post_init__(self) -> None:
        check_at_least("n_bins", self.n_bins, 2)
        check_at_least("n_orders", self.n_orders, 1)

    def join(self, x: Variable, y: Variable) -> Value:
        """Compare the code of y by itself with that of y given x."""
        labels = self._labels(y)
        before = [kt_length(labels.counts, labels.n_levels)]
        after = self._lengths(labels, (x,))
        value = self._saved(labels, before, after, y)
        if self.rows == "file":  # rows in time follow from one another: not all orders are alike
            return value
        return replace(value, facts={**value.facts, "code_p": _p_value(labels, after)})

    def join_given(self, x: Variable, y: Variable, z: Variable) -> Value:
        """Compare the code of y given z with that given x and z, by one learner."""
        labels = self._labels(y)
        learner = self._chosen(x, z)
        before = self._lengths(labels, (z,), learner)
        return self._saved(labels, before, self._lengths(labels, (x, z), learner), y)

    def _saved(
        self, labels: Coded, before: Sequence[float], after: Sequence[float], y: Variable
    ) -> Value:
        """Make the estimate of the code lengths, one or one for each order."""
        n = len(labels)
        saved = (np.array(before) - np.array(after)) / n
        shorter = float(np.mean(after))
        extras = {"code_y": float(np.mean(before)), "code_y_given_x": shorter}
        if len(saved) > 1:
            extras["orders_sd"] = float(saved.std(ddof=1))
        facts = {} if y.kind == "discrete" else {"binned": float(labels.n_levels)}
        return Value(float(saved.mean()), extras, facts)

    def _labels(self, y: Variable) -> Coded:
        """Give y as labels: its labels, and its numbers in bins or, several, in clusters."""
        numbers = [i for i, kind in enumerate(y.kinds) if kind != "discrete"]
        parts = [code(y.values[:, i]) for i, kind in enumerate(y.kinds) if kind == "discrete"]
        if numbers:
            values = np.ascontiguousarray(y.values[:, numbers])
            some = Variable(
                tuple(y.names[i] for i in numbers), values, tuple(y.kinds[i] for i in numbers)
            )
            parts.append(code(partition(some, self.n_bins, "quantile", "kmeans", self.seed)))
        return combine(*parts)

    def _chosen(self, *conditions: Variable) -> str:
        """Name the learner; ``kt`` counts labels and takes no numbers."""
        of_labels = all(variable.kind == "discrete" for variable in conditions)
        if self.learner == "auto":
            return "kt" if of_labels else "neighbours"
        if self.learner == "kt" and not of_labels:
            name = next(v.name for v in conditions if v.kind != "discrete")
            raise MitoolError(
                f"the learner kt counts labels, and {name!r} holds numbers; use -p "
                "learner=neighbours, or --discrete"
            )
        return self.learner

    def _lengths(
        self, labels: Coded, conditions: Sequence[Variable], learner: str = ""
    ) -> list[float]:
        """Give the length of y in nats by each order of the rows; counts know no order."""
        learner = learner or self._chosen(*conditions)
        if learner == "kt":
            return [_counted(labels, conditions)]
        known = features(*conditions)
        names = tuple(LEARNERS) if learner == "mixture" else (learner,)
        more = list(_without_order(labels, conditions)) if learner == "mixture" else []
        return [
            mixed([length for name in names for length in in_blocks(name, known, labels, o)] + more)
            for o in self._orders(known, labels.codes.astype(np.int64))
        ]

    def _orders(self, known: Matrix, codes: Codes) -> Iterator[Rows]:
        """Yield orders of the rows that do not depend on the order they came in."""
        if self.rows == "file":
            yield np.arange(len(codes))
            return
        first = np.lexsort((codes, *known.T[::-1]))
        for number in range(self.n_orders):
            yield first[stream(self.seed, "online code", number).permutation(len(codes))]


def _without_order(labels: Coded, conditions: Sequence[Variable]) -> Iterator[float]:
    """Yield what else a mixture holds: the code that ignores x, and kt where x is labels."""
    yield kt_length(labels.counts, labels.n_levels)
    if all(variable.kind == "discrete" for variable in conditions):
        yield _counted(labels, conditions)


def _counted(labels: Coded, conditions: Sequence[Variable]) -> float:
    """Give the length of y by a sequential count within each joint level of labels."""
    within = combine(*(code(column) for v in conditions for column in v.values.T))
    return kt_length_within(within.counts, combine(within, labels).counts, labels.n_levels)


def _p_value(labels: Coded, lengths: Sequence[float]) -> float:
    """Bound the chance of codes as short as these if the labels stood in random order.

    Markov's inequality: a code cannot be shorter by c nats than log(n! / ∏ n_k!) in more than a
    share exp(-c) of all orders; over several codes their mean probability.
    """
    seen = labels.counts[labels.counts > 0].tolist()
    orders = lgamma(len(labels) + 1) - sum(lgamma(count + 1) for count in seen)
    return min(1.0, max(exp(min(mixed(lengths) - orders, 0.0)), float_info.min))
