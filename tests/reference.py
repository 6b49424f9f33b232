"""Kernels again, obvious and slow, in plain numpy."""

from __future__ import annotations

import numpy as np


def gaussian_gram(a: np.ndarray, b: np.ndarray, bandwidth: float) -> np.ndarray:
    """exp(-|a_i - b_j|²/2σ²), one pair at a time; shape (len(a), len(b))."""
    return np.array([[np.exp(-np.sum((u - v) ** 2) / (2 * bandwidth**2)) for v in b] for u in a])


def median_bandwidth(x: np.ndarray) -> float:
    """√(median squared distance of different rows / 2)."""
    squares = np.square(x[:, None] - x[None]).sum(axis=2)[np.triu_indices(len(x), 1)]
    return float(np.sqrt(np.median(squares[squares > 0]) / 2))
