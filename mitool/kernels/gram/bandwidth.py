"""How wide a Gaussian kernel should be, from the data: the median rule and Silverman's rule."""

from __future__ import annotations

from math import sqrt
from typing import Literal

import numpy as np

from mitool.errors import MitoolError
from mitool.variables import Matrix, Vector

Rule = Literal["median", "silverman"]

MOST_ROWS = 2048  # all pairs up to here; beyond, of rows evenly spaced in lexicographic order


def check(rule: float | Rule) -> None:
    """Refuse a bandwidth that is no width."""
    if not isinstance(rule, str) and not 0 < rule < float("inf"):
        raise MitoolError(f"bandwidth must be positive, got {rule!r}; or say median or silverman")


def check_tolerance(tolerance: float) -> None:
    """Refuse a tolerance that is not positive."""
    if not tolerance > 0:
        raise MitoolError(f"tolerance must be positive, got {tolerance!r}")


def choose(points: Matrix, counts: Vector, rule: float | Rule) -> float:
    """Give the kernel width σ in exp(-|u - v|²/2σ²) for sorted points with multiplicities.

    The median rule is σ² = median of the positive squared distances / 2; Silverman (1986, eq.
    4.14) is s (4 / (n (d + 2)))^(1 / (d + 4)) with s² the mean variance of the columns.
    """
    if not isinstance(rule, str):
        return float(rule)
    width = _median(points, counts) if rule == "median" else _silverman(points, counts)
    return width if width > 0 else 1.0  # one point only: any width gives the same kernel


def _median(points: Matrix, counts: Vector) -> float:
    rows = np.repeat(np.arange(len(points)), counts.astype(np.int64))
    if len(rows) > MOST_ROWS:
        rows = rows[np.linspace(0, len(rows) - 1, MOST_ROWS).astype(np.int64)]
    some = points[rows] - points.mean(axis=0)
    squares = np.concatenate(
        [np.square(some[i + 1 :] - some[i]).sum(axis=1) for i in range(len(some) - 1)]
        or [np.empty(0)]
    )
    squares = squares[squares > 0]
    return sqrt(float(np.median(squares)) / 2.0) if len(squares) else 0.0


def _silverman(points: Matrix, counts: Vector) -> float:
    n, d = counts.sum(), points.shape[1]
    centred = points - counts @ points / n
    spread = sqrt(float((counts @ np.square(centred)).mean()) / max(n - 1.0, 1.0))
    return float(spread * (4.0 / (n * (d + 2.0))) ** (1.0 / (d + 4.0)))
