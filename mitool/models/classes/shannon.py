"""Entropies in nats of probabilities and of counts; 0 log 0 is 0 throughout."""

from __future__ import annotations

from typing import Any

import numpy as np

from mitool.variables import Rows, Vector


def x_log_x(values: Any) -> Any:
    """Give x log x of numbers from 0, which is 0 at 0."""
    positive = values > 0.0
    return np.where(positive, values * np.log(np.where(positive, values, 1.0)), 0.0)


def entropy(probabilities: Any) -> Any:
    """Give the entropy of distributions along the last axis."""
    return -x_log_x(probabilities).sum(axis=-1)


def binary_entropy(rate: Any) -> Any:
    """Give the entropy of an event of this rate."""
    rate = np.asarray(rate, dtype=np.float64)
    return -x_log_x(rate) - x_log_x(1.0 - rate)


def entropy_of_counts(counts: Rows) -> float:
    """Give the plug-in entropy of counts."""
    return float(entropy(counts / counts.sum()))


def entropy_without_one(counts: Rows) -> Vector:
    """Give the plug-in entropy when one row of each level is left out; NaN where there is none."""
    n, sizes = int(counts.sum()), counts.astype(np.float64)
    terms = x_log_x(sizes)
    with np.errstate(invalid="ignore"):
        rest = terms.sum() - terms + x_log_x(np.where(sizes > 0.0, sizes - 1.0, np.nan))
    without: Vector = np.log(n - 1.0) - rest / (n - 1.0)
    return without
