"""Entropies of token distributions along a sequence, as adaptive decoding watches them.

Simonds (2025), arXiv:2502.06833: a rolling mean of entropies, held against a threshold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.models.classes.shannon import entropy, x_log_x
from mitool.variables import Matrix, Vector


@dataclass(frozen=True)
class Runs:
    """How often, and how long at a stretch, numbers lie above a threshold."""

    share: float
    n_runs: int
    longest: int


def entropies(probs: Matrix) -> Vector:
    """Give the entropy of each distribution (T, V), in nats, (T,).

    Where the probabilities do not sum to 1, what they lack is one more cell: cells that are taken
    together lose entropy, so this is a lower bound.
    """
    lacking = np.clip(1.0 - probs.sum(axis=1), 0.0, None)
    lacking[lacking < 1e-12] = 0.0
    values: Vector = entropy(probs) - x_log_x(lacking)
    return values


def rolling_mean(values: Vector, window: int) -> Vector:
    """Give the mean of each value and those before it, at most ``window`` of them, (T,)."""
    sums = np.concatenate(([0.0], np.cumsum(values)))
    last = np.arange(1, len(values) + 1)
    first = np.maximum(last - window, 0)
    means: Vector = (sums[last] - sums[first]) / (last - first)
    return means


def runs_above(values: Vector, threshold: float) -> Runs:
    """Count the values above a threshold, and the stretches that they form."""
    above = values > threshold
    steps = np.diff(np.concatenate(([0], above.astype(np.int8), [0])))
    lengths = np.flatnonzero(steps < 0) - np.flatnonzero(steps > 0)
    return Runs(float(above.mean()), len(lengths), int(lengths.max(initial=0)))
