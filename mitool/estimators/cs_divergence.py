"""Jenssen, Principe, Erdogmus & Eltoft (2006), doi:10.1016/j.jfranklin.2006.03.018: the divergence.

Conditional form: Yu, Li, Loza, Jenssen & Principe (2023), arXiv:2301.08970, Proposition 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value
from mitool.kernels.gram.bandwidth import Rule, check
from mitool.kernels.gram.clouds import Cloud, cloud, together
from mitool.kernels.gram.sums import cross_sums, row_sums
from mitool.variables import Kind, Variable, Vector


@dataclass(frozen=True)
class CSDivergence(Estimator):
    """How far the distributions of x and y lie apart; their rows need not belong together.

    D = log ∫p² ∫q² / (∫pq)², without a factor ½, in one kernel for both. With a condition z:
    between p(x|z) and p(y|z), for a target x and its prediction y.
    """

    accepts: ClassVar[Accepted] = NUMERIC
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    estimand: ClassVar[str] = "cs_divergence"
    of_dependence: ClassVar[bool] = False
    family: ClassVar[str] = "kernel"
    cost: ClassVar[str] = "time n² d, memory n"
    bibtex: ClassVar[str] = (
        "@article{jenssen2006cauchy, title={The Cauchy-Schwarz divergence and Parzen windowing: "
        "Connections to graph theory and Mercer kernels}, author={Jenssen, Robert and Principe, "
        "Jose C. and Erdogmus, Deniz and Eltoft, Torbj{\\o}rn}, journal={Journal of the Franklin "
        "Institute}, volume={343}, year={2006}}"
    )

    bandwidth: float | Rule = field(
        default="median",
        metadata={"help": "kernel width of both together: a number, median or silverman"},
    )

    def __post_init__(self) -> None:
        check(self.bandwidth)

    def join(self, x: Variable, y: Variable) -> Value:
        """The divergence of two samples, which may differ in size."""
        pooled = self._pooled(x, y)
        p, q = pooled.restrict(pooled.index[: len(x)]), pooled.restrict(pooled.index[len(x) :])
        shares = p.counts / len(x), q.counts / len(y)
        own_p, own_q = (
            float(share @ row_sums(c, share)) for c, share in zip((p, q), shares, strict=True)
        )
        cross = float(shares[0] @ cross_sums(p, q, shares[1]))
        if cross <= 0:
            raise MitoolError(
                f"{x.name!r} and {y.name!r} lie so far apart for bandwidth {pooled.bandwidth:g} "
                "that the divergence is infinite; take a wider one with -p bandwidth=…"
            )
        return Value(log(own_p) + log(own_q) - 2.0 * log(cross), facts=_width(pooled))

    def join_given(self, x: Variable, y: Variable, z: Variable) -> Value:
        """Σ over rows, with k = K1 for z: log Σ (K∘L)1/k² twice, minus 2 log of the cross one."""
        n, pooled, given = len(x), self._pooled(x, y), cloud(z, self.bandwidth)
        first = together(_half(pooled, slice(0, n)), given)
        second = together(_half(pooled, slice(n, 2 * n)), given)
        k = row_sums(given, given.counts)[given.index]
        own = [row_sums(c, c.counts)[c.index] for c in (first, second)]
        cross = cross_sums(second, first, first.counts)[second.index]
        terms = [_log_sum(sums / k**2) for sums in (*own, cross)]
        facts = _width(pooled)
        if given.bandwidth is not None:
            facts["bandwidth_given"] = given.bandwidth
        return Value(terms[0] + terms[1] - 2.0 * terms[2], facts=facts)

    def _pooled(self, x: Variable, y: Variable) -> Cloud:
        """Both samples in one cloud: one centre, one bandwidth."""
        if x.n_dims != y.n_dims:
            raise MitoolError(
                f"a divergence compares variables of as many columns; {x.name!r} has {x.n_dims} "
                f"and {y.name!r} has {y.n_dims}"
            )
        values = np.ascontiguousarray(np.vstack((x.values, y.values)))
        return cloud(Variable(x.names, values, x.kinds), self.bandwidth)


def _half(pooled: Cloud, rows: slice) -> Cloud:
    return pooled.restrict(pooled.index[rows])


def _log_sum(values: Vector) -> float:
    return float(np.log(np.sum(values)))


def _width(pooled: Cloud) -> dict[str, float]:
    return {} if pooled.bandwidth is None else {"bandwidth": pooled.bandwidth}
