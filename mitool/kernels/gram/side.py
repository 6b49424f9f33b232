"""One variable under its kernel: what is known of it alone, kept when its rows permute."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from mitool.kernels.gram.bandwidth import Rule
from mitool.kernels.gram.clouds import Cloud, block, cloud
from mitool.kernels.gram.lowrank import CANDIDATES, Factor, factor
from mitool.kernels.gram.sums import own_sums
from mitool.variables import Rows, Variable, Vector

SAMPLE = 256  # points from which the mean of a kernel is guessed, to set the rank


@dataclass(frozen=True, eq=False)
class Side:
    """One variable under its kernel; what is known of it stays when its rows permute."""

    variable: Variable
    rule: float | Rule
    points: Cloud
    memory: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, variable: Variable, rule: float | Rule) -> Side:
        """Choose the bandwidth and merge equal rows."""
        return cls(variable, rule, cloud(variable, rule))

    def __len__(self) -> int:
        return len(self.variable)

    def take(self, rows: Rows) -> Side:
        """Give the same of some rows; the bandwidth is chosen again."""
        return Side.of(self.variable.take(rows), self.rule)

    def permute(self, rows: Rows) -> Side:
        """Give the same with the rows in another order."""
        return replace(self, variable=self.variable.permute(rows), points=self.points.permute(rows))

    def widened(self, factor: float) -> Side:
        """Give the same with the bandwidth times a factor."""
        points = self.points.sharpened(factor**-2)
        width = points.bandwidth
        wider = replace(points, bandwidth=None if width is None else width * factor)
        return replace(self, points=wider, memory={})

    @property
    def level(self) -> float:
        """The mean of the kernel over some pairs of points, evenly spaced."""
        if "level" not in self.memory:
            m = len(self.points)
            places = np.linspace(0, m - 1, min(m, SAMPLE)).astype(np.int64)
            some = self.points.at(places)
            everything = slice(0, len(places))
            self.memory["level"] = float(block(some, everything, some, everything).mean())
        return float(self.memory["level"])

    @property
    def weights(self) -> Vector:
        """The share of the rows on each point."""
        return self.points.counts / len(self)

    @property
    def means(self) -> tuple[Vector, float]:
        """The mean kernel between each point and all rows, and the mean square over all pairs."""
        if "means" not in self.memory:
            self.memory["means"] = own_sums(self.points, self.weights)
        means: tuple[Vector, float] = self.memory["means"]
        return means

    def factored(self, tolerance: float) -> Factor | None:
        """Factor the kernel so that log of its mean is known to ``tolerance``, if worth it."""
        known = self.memory.get("factor")
        if known is None or known[0] > tolerance:
            error = tolerance * self.level
            made = factor(
                self.points,
                self.weights,
                lambda w, r: float(w @ np.sqrt(r)) ** 2 / error,
                _worthwhile_rank(len(self.points)),
            )
            known = self.memory["factor"] = (tolerance, made)
        kept: Factor | None = known[1]
        return kept


def _worthwhile_rank(m: int) -> int:
    """The rank up to which a factor costs less than a quarter of the exact sums."""
    return int(min(max(m * (7.5 / min(m, CANDIDATES)) ** 0.5, 16), 1024))


def widths(*sides: Side) -> dict[str, float]:
    """Name the bandwidths that were used: a reader must always see them."""
    named = zip(("bandwidth_x", "bandwidth_y", "bandwidth_given"), sides, strict=False)
    return {name: s.points.bandwidth for name, s in named if s.points.bandwidth is not None}
