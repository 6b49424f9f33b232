"""The diffusion operator of a cloud: its spectrum, and entropies at several diffusion times.

With degrees d = G1: M = G / √(d d'), eigenvalues in [0, 1], the largest 1. With ``alpha`` the
kernel is first divided by (d d')^alpha (Coifman & Lafon 2006, doi:10.1016/j.acha.2006.04.006).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mitool.kernels.gram.clouds import Cloud
from mitool.kernels.gram.spectrum import Spectrum, distance_for, entropy, entropy_error, spectrum
from mitool.kernels.gram.sums import row_sums
from mitool.variables import Vector


@dataclass(frozen=True)
class Diffusion:
    """How entropies of a cloud are taken: times t, normalization alpha, exactness."""

    times: Sequence[float]
    alpha: float
    tolerance: float | None

    def spectrum(self, points: Cloud) -> Spectrum:
        """Find the eigenvalues of the diffusion operator; one spectrum serves all times."""
        squares = operator_scale(points, self.alpha)
        if self.tolerance is None or min(self.times) < 1.0:
            return spectrum(points, squares, None)
        missing = distance_for(self.tolerance, len(points)) / max(self.times)
        return spectrum(points, squares, missing)

    def entropies(self, points: Cloud) -> tuple[Vector, float, int]:
        """Give the entropy at each time in nats, a bound on their errors, and the rank."""
        if len(points) == 1:
            return np.zeros(len(self.times)), 0.0, 1
        eigenvalues = self.spectrum(points)
        values = np.array([entropy(eigenvalues, t) for t in self.times])
        error = (
            0.0 if eigenvalues.is_exact else max(entropy_error(eigenvalues, t) for t in self.times)
        )
        return values, error, len(eigenvalues.values)


def operator_scale(points: Cloud, alpha: float) -> Vector:
    """Give s² so that S G S is the operator on distinct points, rows counted by multiplicity."""
    degrees = row_sums(points, points.counts)
    if alpha == 0.0:
        return points.counts / degrees
    shrink = degrees**-alpha
    second = shrink * row_sums(points, points.counts * shrink)
    return points.counts * shrink**2 / second
