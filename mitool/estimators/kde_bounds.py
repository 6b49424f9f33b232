"""Kolchinsky & Tracey (2017), doi:10.3390/e19070361: bounds on the entropy of T' = T + noise.

T' is a mixture of n Gaussians of variance v, one on each row; pairwise distances bound its
entropy from both sides. Used on network layers by Saxe et al. (2019),
doi:10.1088/1742-5468/ab3985.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import e, log, pi, sqrt
from typing import ClassVar, Literal

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import Accepted, Estimator, Value
from mitool.kernels.gram.clouds import Cloud
from mitool.kernels.gram.side import Side
from mitool.kernels.gram.sums import powered_sums
from mitool.variables import Codes, Kind, Variable, Vector
from mitool.variables.magnitudes import require_squares

POWERS = (1.0, 0.25)
"""Of the kernel exp(-D/2v): that of the upper bound, and exp(-D/8v), that of the lower one."""


@dataclass(frozen=True)
class KDEBounds(Estimator):
    """I(T';Y) for T' = T plus Gaussian noise, from pairwise distances; y are labels.

    The value is the difference of two upper bounds, which is no bound itself;
    ``lower_bound`` and ``upper_bound`` are.
    """

    accepts: ClassVar[Accepted] = frozenset({("continuous", "discrete"), ("mixed", "discrete")})
    accepts_alone: ClassVar[frozenset[Kind]] = frozenset({"continuous", "mixed"})
    estimand: ClassVar[str] = "noisy_mi"
    entropy_estimand: ClassVar[str] = "noisy_entropy"
    family: ClassVar[str] = "kernel"
    cost: ClassVar[str] = "time n² d, memory n"
    bibtex: ClassVar[str] = (
        "@article{kolchinsky2017estimating, title={Estimating Mixture Entropy with Pairwise "
        "Distances}, author={Kolchinsky, Artemy and Tracey, Brendan D.}, journal={Entropy}, "
        "volume={19}, number={7}, pages={361}, year={2017}}"
    )

    noise: float = field(
        default=1e-3,
        metadata={"help": "variance of the noise (not its deviation), or the factor of scale"},
    )
    scale: Literal["none", "max", "max-squared", "variance"] = field(
        default="variance",
        metadata={"help": "what the noise is multiplied by, over all columns of x"},
    )

    def __post_init__(self) -> None:
        if not 0 < self.noise < float("inf"):
            raise MitoolError(f"noise must be positive, got {self.noise!r}")

    def prepare(self, x: Variable) -> Side:
        """Choose the noise, whose standard deviation is the kernel's width."""
        if x.kind == "discrete":
            return Side.of(x, 1.0)
        require_squares(x.name, x.values)
        return Side.of(x, sqrt(self.variance(x)))

    def variance(self, x: Variable) -> float:
        """The variance of the noise added to each column of x."""
        largest = float(x.values.max())
        factor = {
            "none": 1.0,
            "max": largest,
            "max-squared": largest**2,
            "variance": float(x.values.var(axis=0).mean()),
        }[self.scale]
        if not factor > 0:
            raise MitoolError(
                f"{self.scale} of {x.name!r} is {factor:g}, which cannot scale a noise variance; "
                "use -p scale=none"
            )
        return self.noise * factor

    def entropy(self, x: Side) -> Value:
        """Upper bound on the differential entropy of T'; the lower one, and I(T;T'), beside it."""
        upper, lower = uncertainty(x.points).tolist()
        variance = _variance(x)
        floor = x.variable.n_dims / 2.0 * log(2.0 * pi * e * variance)
        extras = {
            "lower": floor + lower,
            "information_upper": upper,
            "information_lower": lower,
        }
        return Value(floor + upper, extras, {"noise_variance": variance})

    def join(self, x: Side, y: Side) -> Value:
        """H(T') - H(T'|Y), each by its upper bound, and the bounds that follow."""
        upper, lower = uncertainty(x.points).tolist()
        upper_within, lower_within = uncertainty_within(x.points, y.variable.codes).tolist()
        extras = {
            "lower_type": lower - lower_within,
            "lower_bound": lower - upper_within,
            "upper_bound": upper - lower_within,
            "information_upper": upper,
            "information_lower": lower,
        }
        return Value(upper - upper_within, extras, {"noise_variance": _variance(x)})


def _variance(x: Side) -> float:
    """The noise variance of a side: its kernel's width squared."""
    width = x.points.bandwidth
    assert width is not None  # x is numeric: ``accepts`` says so
    return width**2


def uncertainty(
    points: Cloud, powers: Sequence[float] = POWERS, *, compiled: bool = False
) -> Vector:
    """Give -(1/n) Σ_i log (1/n) Σ_j K_ij^p for each power: how far the bound exceeds the noise.

    Where the rows are a function of X, it bounds I(X;T') by the power 1 from above, by 1/4 from
    below. ``compiled`` as in ``powered_sums``.
    """
    n = points.n_rows
    means = powered_sums(points, powers, compiled=compiled) / n
    return -(np.log(means) @ points.counts) / n


def uncertainty_within(
    points: Cloud, levels: Codes, powers: Sequence[float] = POWERS, *, compiled: bool = False
) -> Vector:
    """Give the same as a mean over the levels of the rows, each within its own rows."""
    within = np.zeros(len(powers))
    for level in range(int(levels.max(initial=-1)) + 1):
        index = points.index[levels == level]
        if len(index):
            part = uncertainty(points.restrict(index), powers, compiled=compiled)
            within += len(index) / points.n_rows * part
    return within
