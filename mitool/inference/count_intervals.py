"""Intervals of the MI of a table of counts, in closed form or from multinomial draws."""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference.bounds import growing, quantile
from mitool.inference.contingency import Table, plugin_mi, total, xlogx
from mitool.result import Interval
from mitool.seeds import stream
from mitool.variables import Rows, Vector

STUDENTISED_RESAMPLES = 999


def jackknifed(table: Table) -> tuple[float, float]:
    """Delete-one jackknife of the plug-in MI: bias-corrected value and standard error.

    Every row of a cell leaves the same table behind, so there are as many different leave-one-out
    values as occupied cells: O(cells).
    """
    return _tukey(plugin_mi(table), _without_one(table), table.counts)


def _without_one(table: Table) -> Vector:
    """The plug-in MI when one row of a cell goes, for each cell."""
    lost = _lost(table.counts) + _lost(table.n_z)[table.z]
    lost -= _lost(table.n_xz)[table.xz] + _lost(table.n_yz)[table.yz]
    without: Vector = (total(table) - lost) / (table.n - 1)
    return without


def _tukey(estimate: float, without: Vector, counts: Rows) -> tuple[float, float]:
    """Bias-corrected value and standard error from the estimates without one row of a cell."""
    n = int(counts.sum())
    mean = float(counts @ without) / n
    variance = (n - 1) / n * float(counts @ (without - mean) ** 2)
    return n * estimate - (n - 1) * mean, float(np.sqrt(variance))


def _lost(counts: Rows) -> Vector:
    return xlogx(counts) - xlogx(counts - 1)


def _require(table: Table, method: str) -> None:
    if table.degrees == 0:
        raise MitoolError(
            f"an interval by {method} needs a table of at least 2 × 2 levels, "
            f"got {len(table.n_xz)} × {len(table.n_yz)}"
        )


def jackknife(table: Table, level: float) -> Interval:
    """Bias-corrected centre and standard error of the delete-one jackknife (Quenouille, Tukey)."""
    _require(table, "jackknife")
    return _around(*jackknifed(table), table.n, level)


def jackknife_of(estimate: float, without: Vector, counts: Rows, level: float) -> Interval:
    """Give the same for any estimate from counts.

    ``without`` holds its value when one row of each occupied cell goes, shape (n_cells,). What is
    left of the bias of a corrected estimator is corrected once more: on a table of 20 × 20 levels
    with n = 200 the interval around NSB covered 0.96, around the plug-in 0.24. An end that grows
    with the MI raised 0.90 to 0.98 on a table of 2 × 2 (n = 200).
    """
    return _around(*_tukey(estimate, without, counts), int(counts.sum()), level)


def _around(center: float, se: float, n: int, level: float) -> Interval:
    """Let the upper end grow with the MI; the lower one keeps the error that the table shows.

    Near 0 that error is itself too uncertain to be carried further down.
    """
    width = quantile(level)
    interval = growing(center, se, width, level, "jackknife", n)
    return replace(interval, low=center - width * se, center=center)


def chi2(table: Table, level: float) -> Interval:
    """Invert the non-central χ² distribution of 2 n I: the noncentrality is 2 n times the MI.

    Close to nominal under independence, over-wide for strong dependence.
    """
    from scipy.special import chndtr, chndtrinc

    _require(table, "chi2")
    n, degrees = table.n, table.degrees
    statistic = 2.0 * n * plugin_mi(table)
    tail = (1.0 - level) / 2.0
    ends = []
    for probability in (1.0 - tail, tail):
        reachable = statistic > 0 and chndtr(statistic, degrees, 0.0) > probability
        ends.append(float(chndtrinc(statistic, degrees, probability)) if reachable else 0.0)
    low, high = (end / (2.0 * n) for end in ends)
    center = max(statistic - degrees, 0.0) / (2.0 * n)
    return Interval(low, high, level, "chi2", (high - low) / (2.0 * quantile(level)), center)


def fewest_resamples(level: float) -> int:
    """How many resamples have quantiles of this level besides their extremes."""
    return ceil(2.0 / (1.0 - level) - 1.0 - 1e-9)


def _ratios(table: Table, n_resamples: int, rng: np.random.Generator) -> list[float]:
    """Errors of tables drawn from this one, in their own standard errors, where these are not 0."""
    shares, truth = table.counts / table.n, plugin_mi(table)
    ratios = []
    for _ in range(n_resamples):
        center, se = jackknifed(table.with_counts(rng.multinomial(table.n, shares)))
        if se > 0:
            ratios.append((center - truth) / se)
    return ratios


def studentised(table: Table, level: float, n_resamples: int, seed: int, task: str) -> Interval:
    """Bootstrap-t: multinomial tables, each with its own jackknife centre and standard error."""
    _require(table, "studentised")
    if n_resamples < (fewest := fewest_resamples(level)):
        raise UsageError(
            f"a studentised interval of level {level:g} ends at quantiles of its resamples, which "
            f"takes {fewest} or more, got {n_resamples}; raise --bootstrap"
        )
    center, se = jackknifed(table)
    ratios = _ratios(table, n_resamples, stream(seed, f"{task} studentised"))
    if len(ratios) < n_resamples / 2:
        raise MitoolError(
            f"an interval by studentised found no spread in {n_resamples - len(ratios)} of "
            f"{n_resamples} resamples; use --ci-method jackknife"
        )
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(ratios, [1.0 - tail, tail])
    return Interval(
        center - float(low) * se,
        center - float(high) * se,
        level,
        "studentised",
        se,
        center,
        n_resamples,
    )
