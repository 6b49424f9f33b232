"""Sánchez Giraldo, Rao & Principe (2015), doi:10.1109/TIT.2014.2370058: matrix-based Rényi entropy.

The joint entropy and its use for mutual information: Yu, Sánchez Giraldo, Jenssen & Principe
(2020), doi:10.1109/TPAMI.2019.2932976.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, log1p
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import ANY, Accepted, Estimator, Value
from mitool.kernels.gram.bandwidth import Rule, check, check_tolerance
from mitool.kernels.gram.clouds import Cloud, together
from mitool.kernels.gram.side import Side, widths
from mitool.kernels.gram.spectrum import Spectrum, distance_for, entropy, entropy_error, spectrum
from mitool.kernels.gram.sums import total
from mitool.variables import Kind, Variable

Known = tuple[float, float, int | None]
"""An entropy in nats, a bound on its error, and the eigenvalues computed; None if it needs none."""


@dataclass(frozen=True)
class Renyi(Estimator):
    """Rényi α-entropies of the eigenvalues of A = K / n, and what x and y share of them.

    S = log Σ λ^α / (1 - α); the joint entropy is that of the elementwise product. α = 1 is von
    Neumann's entropy; α = 2 needs no eigenvalues. Not Shannon's MI: it depends on the bandwidth.
    """

    accepts: ClassVar[Accepted] = ANY
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed", "discrete"})
    joint_labels: ClassVar[bool] = True
    default_transform: ClassVar[str] = "standard"
    estimand: ClassVar[str] = "renyi_mi"
    entropy_estimand: ClassVar[str] = "renyi_entropy"
    family: ClassVar[str] = "spectral"
    cost: ClassVar[str] = "time n³ and memory n²; n² d and n for alpha 2; less by low rank"
    bibtex: ClassVar[str] = (
        "@article{sanchezgiraldo2015measures, title={Measures of Entropy From Data Using "
        "Infinitely Divisible Kernels}, author={S{\\'a}nchez Giraldo, Luis Gonzalo and Rao, Murali "
        "and Principe, Jose C.}, journal={IEEE Transactions on Information Theory}, volume={61}, "
        "year={2015}}"
    )

    bandwidth: float | Rule = field(
        default="median",
        metadata={"help": "kernel width after the transform: a number, median or silverman"},
    )
    alpha: float = field(default=1.01, metadata={"help": "order: 1 von Neumann, 2 the fastest"})
    exact: bool = field(default=False, metadata={"help": "all eigenvalues, never low rank"})
    tolerance: float = field(
        default=1e-6,
        metadata={"help": "largest certified error, in nats, of an approximation by low rank"},
    )

    def __post_init__(self) -> None:
        check(self.bandwidth)
        if not 0 < self.alpha < float("inf"):
            raise MitoolError(f"alpha must be positive, got {self.alpha!r}")
        check_tolerance(self.tolerance)

    def prepare(self, x: Variable) -> Side:
        """Choose the bandwidth, merge equal rows."""
        return Side.of(x, self.bandwidth)

    def entropy(self, x: Side) -> Value:
        """Matrix-based entropy of one variable."""
        value, error, rank = self._alone(x)
        facts = widths(x) | _ranks(rank=rank) | {"effective_rank": exp(value)}
        return Value(value, facts=facts, error_bound=error or None)

    def join(self, x: Side, y: Side) -> Value:
        """S(x) + S(y) - S(x,y)."""
        (s_x, error_x, rank_x), (s_y, error_y, rank_y) = self._alone(x), self._alone(y)
        s_xy, error_xy, rank_xy = self._entropy(together(x.points, y.points))
        mi, largest = s_x + s_y - s_xy, max(s_x, s_y)
        facts = widths(x, y) | ({"normalized": mi / largest} if largest > 0 else {})
        facts |= _ranks(rank_x=rank_x, rank_y=rank_y, rank_xy=rank_xy)
        return Value(
            mi,
            extras={"h_x": s_x, "h_y": s_y, "h_xy": s_xy},
            facts=facts,
            error_bound=error_x + error_y + error_xy or None,
        )

    def join_given(self, x: Side, y: Side, z: Side) -> Value:
        """S(x,z) + S(y,z) - S(z) - S(x,y,z)."""
        xz, yz = together(x.points, z.points), together(y.points, z.points)
        found = [self._entropy(c) for c in (xz, yz, z.points, together(x.points, yz))]
        (s_xz, s_yz, s_z, s_xyz), errors, ranks = zip(*found, strict=True)
        named = zip(("rank_xz", "rank_yz", "rank_z", "rank_xyz"), ranks, strict=True)
        facts = widths(x, y, z) | _ranks(**dict(named))
        return Value(s_xz + s_yz - s_z - s_xyz, facts=facts, error_bound=sum(errors) or None)

    def _alone(self, x: Side) -> Known:
        """The entropy of one side; kept, as permuting rows does not change it."""
        if "entropy" not in x.memory:
            x.memory["entropy"] = self._entropy(x.points)
        kept: Known = x.memory["entropy"]
        return kept

    def _entropy(self, points: Cloud) -> Known:
        """The entropy of a cloud."""
        n, alpha = points.n_rows, self.alpha
        if alpha == 2.0:
            return -log(total(points.sharpened(2.0)) / n**2), 0.0, None
        eigenvalues = spectrum(points, points.counts / n, self._missing(len(points)))
        rank = len(eigenvalues.values)
        if alpha == 1.0:
            return entropy(eigenvalues), entropy_error(eigenvalues), rank
        return *_renyi(eigenvalues, alpha), rank

    def _missing(self, m: int) -> float | None:
        """How much of the trace low rank may miss for the tolerance (shared by four entropies)."""
        if self.exact or self.alpha < 1.0:
            return None
        share = self.tolerance / 4.0
        if self.alpha == 1.0:
            return distance_for(share, m)
        return share * (self.alpha - 1.0) * exp((1.0 - self.alpha) * log(m)) / self.alpha


def _ranks(**ranks: int | None) -> dict[str, float]:
    """Name how many eigenvalues were computed, where any were."""
    return {name: float(rank) for name, rank in ranks.items() if rank is not None}


def _renyi(eigenvalues: Spectrum, alpha: float) -> tuple[float, float]:
    """Give log Σ λ^α / (1 - α), and its error: Σ (λ^α - λ̃^α) ≤ α Σ (λ - λ̃) for λ ≤ 1 ≤ α."""
    kept = eigenvalues.values[eigenvalues.values > eigenvalues.n_points * np.finfo(float).eps]
    excess = float(kept @ np.expm1((alpha - 1.0) * np.log(kept))) - eigenvalues.missing
    power = 1.0 + excess  # Σ λ^α, as Σ λ = 1 - missing: exact also near α = 1
    error = (
        0.0 if eigenvalues.is_exact else log1p(alpha * eigenvalues.missing / power) / (alpha - 1.0)
    )
    return log1p(excess) / (1.0 - alpha), error
