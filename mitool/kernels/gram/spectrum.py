"""Eigenvalues of S K S, S = diag(s) and K a Gram matrix, and entropies of such a spectrum."""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np

from mitool.kernels.gram.clouds import Cloud
from mitool.kernels.gram.lowrank import MOST_LANDMARKS, factor
from mitool.kernels.gram.refining import refined
from mitool.kernels.gram.sums import dense
from mitool.variables import Vector

ALWAYS_EXACT = 64  # so few points that a certificate is worth nothing


@dataclass(frozen=True, eq=False)
class Spectrum:
    """Eigenvalues, and by how much at most all of them together are too small.

    Of low rank, each eigenvalue is at most the true one, and Σ (true - given) = ``missing``;
    ``n_points`` is the number of true ones.
    """

    values: Vector
    missing: float
    n_points: int

    @property
    def is_exact(self) -> bool:
        """Whether all eigenvalues were computed."""
        return self.missing == 0.0


def spectrum(points: Cloud, squares: Vector, missing: float | None) -> Spectrum:
    """Find the eigenvalues of diag(√squares) K diag(√squares), to a sum of ``missing`` if given.

    Low rank is tried up to half the size; where that is not enough, all eigenvalues.
    """
    m = len(points)
    if missing is not None and m > ALWAYS_EXACT:
        limit = min(m // 2, MOST_LANDMARKS)
        low_rank = factor(points, squares, lambda w, r: float(w @ r) / missing, limit)
        if low_rank is not None:
            low_rank = refined(low_rank, squares, missing, limit)
        if low_rank is not None and squares @ low_rank.residual <= missing:
            values = np.linalg.eigvalsh(low_rank.gram(squares)).astype(np.float64)
            return Spectrum(values, float(squares @ low_rank.residual), m)
    return Spectrum(_all(points, squares), 0.0, m)


def _all(points: Cloud, squares: Vector) -> Vector:
    """All eigenvalues, in one (m, m) array that LAPACK overwrites."""
    gram = dense(points)
    scale = np.sqrt(squares)
    gram *= scale[:, None]
    gram *= scale
    if len(points) <= 500:  # so small that the copy costs less than importing scipy
        return np.linalg.eigvalsh(gram).astype(np.float64)
    from mitool.kernels.gram.eigenvalues import eigenvalues

    return eigenvalues(gram)


def entropy(eigenvalues: Spectrum, t: float = 1.0) -> float:
    """H = -Σ p log p with p ∝ λ^t, in nats; eigenvalues that are rounding of 0 are left out."""
    kept = eigenvalues.values[eigenvalues.values > eigenvalues.n_points * np.finfo(float).eps]
    exponents = t * np.log(kept)
    exponents -= exponents.max()
    p = np.exp(exponents)
    total = p.sum()
    return float(np.log(total) - (p @ exponents) / total)


def fannes(distance: float, n: int) -> float:
    """Bound |H(p) - H(q)| by their trace distance T: T log(n-1) + h(T) (Audenaert 2007)."""
    if n < 2:
        return 0.0
    t = min(distance, 1.0 - 1.0 / n)
    h = -t * log(t) - (1.0 - t) * log(1.0 - t) if 0.0 < t < 1.0 else 0.0
    return t * log(max(n - 1, 1)) + h


def distance_for(tolerance: float, n: int) -> float:
    """Give a trace distance whose ``fannes`` bound is within the tolerance, in nats."""
    low, high = 0.0, 1.0 - 1.0 / n
    for _ in range(60):
        middle = (low * high) ** 0.5 if low > 1e-300 else high * 1e-3
        if fannes(middle, n) <= tolerance:
            low = middle
        else:
            high = middle
        if low and high / low < 1.01:
            break
    return low


def entropy_error(eigenvalues: Spectrum, t: float = 1.0) -> float:
    """Certify ``entropy(eigenvalues, t)`` for t ≥ 1: the exact value lies within this, in nats.

    Σ (λ^t - λ̃^t) ≤ t·missing for eigenvalues up to 1, so the trace distance of the normalised
    spectra is at most t·missing / Z̃.
    """
    if eigenvalues.is_exact:
        return 0.0
    total = float(np.power(np.clip(eigenvalues.values, 0.0, None), t).sum())
    return fannes(t * eigenvalues.missing / total, eigenvalues.n_points)
