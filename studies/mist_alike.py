"""Families of normal vectors whose columns are alike: equal canonical pairs, and equal loads."""

from __future__ import annotations

import numpy as np
from scipy.linalg import block_diag

from studies.mist_truths import Case
from studies.mist_vectors import normals


def equal_pairs(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Canonical pairs that are all as strong or nearly so, mostly as many as there can be."""
    most = min(dx, dy)
    n_pairs = most if rng.random() < 0.75 else int(rng.integers(1, most + 1))
    spread = rng.uniform(0.0, 0.5) if rng.random() < 0.5 else 0.0
    rho = rng.uniform(0.05, 0.98)
    each = -0.5 * np.log1p(-rho * rho) if rng.random() < 0.5 else rng.uniform(0.0, 1.7)
    shared = each * np.exp(spread * rng.normal(size=n_pairs))
    covariance, i = np.eye(dx + dy), np.arange(n_pairs)
    covariance[i, dx + i] = covariance[dx + i, i] = np.sqrt(-np.expm1(-2.0 * shared))
    return normals(plain_or_rotated(rng, covariance, dx), dx)


def one_factor(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """One common factor that all columns of a side show equally well."""
    loads = rng.uniform(0.3, 0.98, size=2)
    loads[1] = loads[0] if rng.random() < 0.8 else loads[1]
    each = np.repeat(loads, (dx, dy))
    covariance = np.outer(each, each)
    np.fill_diagonal(covariance, 1.0)
    return normals(plain_or_rotated(rng, covariance, dx), dx)


def plain_or_rotated(rng: np.random.Generator, covariance: np.ndarray, n_x: int) -> np.ndarray:
    """Give the covariance as it is or, less often, with the columns of each side rotated."""
    if rng.random() < 0.7:
        return covariance
    turn = block_diag(
        *(np.linalg.qr(rng.normal(size=(d, d)))[0] for d in (n_x, len(covariance) - n_x))
    )
    return turn @ covariance @ turn.T
