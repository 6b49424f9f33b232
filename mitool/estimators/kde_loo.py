"""Hall & Morton (1993), doi:10.1007/BF00773669: entropy by a kernel density without the row itself.

The bandwidth by the likelihood of each row under all others: Duin (1976),
doi:10.1109/TC.1976.1674577.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import log, pi
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.densities import OfDensity
from mitool.kernels.gram.withoutself import log_means
from mitool.variables import Matrix, Vector

NARROWEST, WIDEST = 0.02, 2.0
"""The bandwidths that are tried, in those of Silverman's rule: far clusters need narrow ones."""
TRIED = 15
ROUNDS = 3
"""Each narrows the range to a seventh: the last step is within 1 % of the best bandwidth."""

BIBTEX = """\
@article{hall1993,
  author = {Hall, Peter and Morton, Sally C.},
  title = {On the Estimation of Entropy},
  journal = {Annals of the Institute of Statistical Mathematics},
  volume = {45},
  number = {1},
  pages = {69--88},
  year = {1993},
  doi = {10.1007/BF00773669}
}"""


@dataclass(frozen=True)
class LeaveOneOutKDE(OfDensity):
    """Entropies from a Gaussian kernel density at each row, without the row itself.

    Of numbers with numbers the bandwidth is that of both together, and serves either alone, so
    that the bias of smoothing is about the same in all three. It smooths: what is finer than the
    bandwidth is not seen.
    """

    bandwidth: float | None = field(
        default=None,
        metadata={"help": "kernel width after whitening; None: that of the largest likelihood"},
    )
    whiten: bool = field(
        default=True,
        metadata={"help": "turn columns to the identity covariance first, and add that back"},
    )

    family: ClassVar[str] = "kernel"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n² d) time, O(n) memory"

    def __post_init__(self) -> None:
        if self.bandwidth is not None and not 0 < self.bandwidth < float("inf"):
            raise MitoolError(f"bandwidth must be positive, got {self.bandwidth!r}")

    def surprises(self, points: Matrix, name: str) -> Vector:
        """Give -log of the density of the others at each point, in nats."""
        if len(points) < 2:
            raise MitoolError(f"kde-loo needs two rows or more in {name}, got {len(points)}")
        width = self.bandwidth or best_width(points)
        negative: Vector = -_log_density(points, [width])[0]
        return negative

    def joined(self, x: Matrix, y: Matrix, name: str) -> Vector:
        """Give the terms of the information, all by one bandwidth."""
        if self.bandwidth is not None:
            return super().joined(x, y, name)
        both, _ = self.scaled(np.hstack((x, y)), name)
        width = best_width(both)
        return LeaveOneOutKDE(width, self.whiten).joined(x, y, name)


def best_width(points: Matrix) -> float:
    """Find the width of the largest likelihood of each point under the others."""
    n, d = points.shape
    rule = (4.0 / (n * (d + 2.0))) ** (1.0 / (d + 4.0)) * float(points.std(axis=0).mean())
    low, high = log(NARROWEST * rule), log(WIDEST * rule)
    for _ in range(ROUNDS):
        tried = np.linspace(low, high, TRIED)
        likelihood = np.sort(_log_density(points, np.exp(tried).tolist()), axis=1).mean(axis=1)
        best, step = tried[int(np.argmax(likelihood))], tried[1] - tried[0]
        low, high = best - step, best + step
    return float(np.exp(best))


def _log_density(points: Matrix, widths: list[float]) -> Matrix:
    """Give the log density of the others at each point for each width, (widths, n)."""
    h = np.array(widths)
    floor = points.shape[1] * (0.5 * log(2.0 * pi) + np.log(h))
    return np.asarray(log_means(points, 0.5 / h**2) - floor[:, None])
