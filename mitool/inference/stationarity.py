"""Whether a series stays about one level: a test for a trend, and one for a unit root.

Two series that drift are alike by their drift alone, and moving one of them on a circle breaks
what the drift makes of it: neither an interval nor a test of their dependence is then right.
"""

from __future__ import annotations

from math import log, sqrt
from typing import Literal

import numpy as np

from mitool.variables import Matrix, Vector
from mitool.variables.magnitudes import near_one

Drift = Literal["trend", "unit root"]

FEWEST_ROWS = 40
"""Fewer make blocks of less than four rows."""

N_BLOCKS = 10
BENT_TREND = 4.737
"""The 0.95 quantile of F with 2 and ``N_BLOCKS`` - 3 degrees of freedom."""

LEVEL_ALONE = (-2.86154, -2.8903, -4.234, -40.040)
WITH_A_TREND = (-3.41049, -4.3904, -9.036, -45.374)
"""The 0.05 quantile of the Dickey-Fuller statistic, a polynomial in 1/n: table 2 of MacKinnon
(2010), Queen's Economics Department working paper 1227."""

TINY = float(np.finfo(float).tiny)

LAGS_OF_100 = 12
"""The most lags of 100 rows, growing as the fourth root (Schwert 1989,
doi:10.1080/07350015.1989.10509723)."""


def drift_of(values: Vector) -> Drift | None:
    """Tell what a series (n,) drifts by: a trend, or a unit root, if it does.

    A series for which neither statistic rejects a unit root at 0.05 has one.
    """
    if len(values) < FEWEST_ROWS or np.ptp(values) == 0.0:
        return None
    series = near_one(values)
    if _has_unit_root(series, LEVEL_ALONE) and _has_unit_root(series, WITH_A_TREND):
        return "unit root"
    return "trend" if trend_statistic(series) > BENT_TREND else None


def trend_statistic(values: Vector) -> float:
    """The F statistic, 2 and 7 degrees of freedom, of a parabola in time through block means.

    Means of a few long blocks are nearly independent and normal whatever goes on inside a block,
    so that no spectrum at zero has to be estimated: Ibragimov & Müller (2010),
    doi:10.1198/jbes.2009.08046, for the means; a bend is looked for because a trend need not be
    straight.
    """
    means = np.array([block.mean() for block in np.array_split(values, N_BLOCKS)])
    time = np.linspace(-1.0, 1.0, N_BLOCKS)
    left = _residuals(np.vander(time, 3), means)
    within, total = float(left @ left), float(np.sum((means - means.mean()) ** 2))
    if within <= 1e-20 * total:
        return np.inf if total > 0.0 else 0.0
    return (total - within) / 2.0 / (within / (N_BLOCKS - 3))


def dickey_fuller(values: Vector, *, with_trend: bool = False) -> float:
    """The augmented Dickey-Fuller statistic: t of the level in a regression of the step.

    Said & Dickey (1984), doi:10.1093/biomet/71.3.599. Of the numbers of lagged steps up to
    12 (n/100)^¼ the one with the least BIC is taken, where all are fitted to the same rows; the
    statistic is then of all rows that have so many before them.
    """
    n_most = min(int(LAGS_OF_100 * (len(values) / 100.0) ** 0.25), len(values) // 4)
    design, outcome = _regression(values, n_most, with_trend)
    n_fixed = design.shape[1] - n_most
    scores = [_bic(design[:, : n_fixed + lags], outcome) for lags in range(n_most + 1)]
    return _t_of_first(*_regression(values, int(np.argmin(scores)), with_trend))


def _regression(values: Vector, n_lags: int, with_trend: bool) -> tuple[Matrix, Vector]:
    """Each step that has ``n_lags`` before it, on the level, what is fixed, and those steps."""
    steps = np.diff(values)
    outcome = steps[n_lags:]
    n = len(outcome)
    fixed = [np.ones(n), np.linspace(-1.0, 1.0, n)] if with_trend else [np.ones(n)]
    lagged = [steps[n_lags - lag : len(steps) - lag] for lag in range(1, n_lags + 1)]
    return np.column_stack((values[n_lags:-1], *fixed, *lagged)), outcome


def _has_unit_root(values: Vector, quantile: tuple[float, ...]) -> bool:
    inverse = 1.0 / len(values)
    critical = sum(c * inverse**power for power, c in enumerate(quantile))
    return dickey_fuller(values, with_trend=quantile is WITH_A_TREND) > critical


def _residuals(design: Matrix, outcome: Vector) -> Vector:
    return np.asarray(outcome - design @ np.linalg.lstsq(design, outcome, rcond=None)[0])


def _bic(design: Matrix, outcome: Vector) -> float:
    n, left = len(outcome), _residuals(design, outcome)
    return n * log(max(float(left @ left), TINY)) + int(design.shape[1]) * log(n)


def _t_of_first(design: Matrix, outcome: Vector) -> float:
    """The t statistic of the first column in a regression."""
    others = design[:, 1:]
    first, left = _residuals(others, design[:, 0]), _residuals(others, outcome)
    power = float(first @ first)
    if power <= 1e-20 * float(design[:, 0] @ design[:, 0]):
        return -np.inf  # nothing of the level is left to go back to: it stays where it is
    slope = float(first @ left) / power
    error = left - slope * first
    variance = float(error @ error) / (len(outcome) - design.shape[1])
    return slope * sqrt(power / variance) if variance > 0.0 else -np.inf
