"""Intervals from resamples: an estimate, a function of row numbers, and a level in; one out.

They cover sampling error, and of a bias what subsamples show. None is a percentile interval:
those take the bias of the resamples for a fact about the sample, and cover the truth in 0–55 % of
runs where it matters.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from mitool.errors import MitoolError
from mitool.inference import resampling
from mitool.inference.bounds import (
    growing,
    moved,
    quantile,
    reaching,
    resampled_quantile,
    student_quantile,
    symmetric,
)
from mitool.inference.remaining_bias import bias_left, bias_of_scales
from mitool.inference.sample import Sample
from mitool.inference.sampling_units import Units
from mitool.result import Interval
from mitool.seeds import stream
from mitool.variables import Rows

DEFAULT_RESAMPLES = 50
MIN_UNITS = 16
JACKKNIFE_GROUPS = 20
SUBSAMPLE_POWER, SUBSAMPLE_ROOTS = 0.86, 10
"""A subsample has n to this power rows: 95 of 200; or 10 √n if these are fewer: 316 of 1000, 1000
of 10,000.

The larger the share, the more the error is overstated, because a neighbour that is left out moves
an estimate too: by 1.2 to 1.4 times where x and y are independent and the share is a half, by 1.1
with a quarter. The smaller the subsample, the less it is like the whole: with a quarter of 200
rows of a Cauchy-like pair the intervals covered 0.81 (studies/coverage.md). What is like the whole
has hundreds of rows, of however many, and 50 times more of them would cost more than they tell.
"""
HOLMES_NEMENMAN_PARTS = range(2, 11)
HOLMES_NEMENMAN_SHUFFLES = 5


def _named(method: str, units: Units) -> str:
    return method if units.kind == "rows" else f"{method}-{units.kind}"


ADVICE = {
    "rows": "take more rows",
    "groups": "leave out --groups where rows do not depend on each other",
    "blocks": "use a shorter --block",
}


def _require(sample: Sample, n_units: int, method: str) -> None:
    kind = sample.units.kind
    if len(sample.units) < n_units:
        raise MitoolError(
            f"an interval by {method} needs at least {n_units} {kind}, got {len(sample.units)}; "
            f"{ADVICE[kind]}"
        )


def subsample(sample: Sample, level: float, n_resamples: int) -> Interval:
    """Subsampling: sd over random subsamples of m of n, times √(m / (n - m)), around the estimate.

    They are drawn without replacement, so no row is ever its own neighbour. Politis, Romano & Wolf
    (1999), with the finite-population factor; m by ``SUBSAMPLE_POWER``. One end reaches further by
    the bias that ``remaining_bias`` expects; both move by it where two scales tell it better.
    """
    _require(sample, MIN_UNITS, "subsamples")
    n = len(sample.units)
    m = round(min(n**SUBSAMPLE_POWER, SUBSAMPLE_ROOTS * sqrt(n)))
    draws = (lambda units, rng: resampling.subsample(units, m, rng), n_resamples)
    purpose, shown = f"{sample.task} part", sample.resolution
    if shown is None:
        replicates, gaps = sample.drawn(*draws, purpose), None
    else:
        replicates, gaps = sample.drawn_with_gaps(shown, *draws, purpose)
    sampling = float(replicates.std(ddof=1)) * sqrt(m / (n - m))
    around = (sample.estimate, sampling, resampled_quantile(level, n_resamples), level)
    method, n_rows = _named("subsample", sample.units), sample.units.n_rows
    interval = (
        growing(*around, method, n_rows) if sample.quantity == "mi" else symmetric(*around, method)
    )
    drift = 0.0 if sample.quantity == "measure" else bias_left(sample)
    if shown is None or gaps is None:
        return replace(reaching(interval, drift), n_resamples=n_resamples)
    gap = float(gaps.mean()) * sqrt(m / n)
    growth = (sample.estimate - float(replicates.mean())) / (sqrt(n / m) - 1.0)
    bias = bias_of_scales(gap, growth, shown.unevenness(), n)
    interval = moved(interval, sample.estimate, bias, drift)
    return replace(interval, n_resamples=n_resamples, apart=gap)


def group_jackknife(sample: Sample, level: float, n_resamples: int) -> Interval:
    """Leave out one of 20 parts after the other; contiguous parts where rows are in time.

    ``n_resamples`` is not needed: there are as many replicates as parts. Student quantile with
    g - 1 degrees of freedom. Always a little wide (SE ratio 1.1–1.5), never narrow.
    """
    n_groups = min(JACKKNIFE_GROUPS, len(sample.units))
    _require(sample, 5, "group jackknife")
    rng = stream(sample.seed, f"{sample.task} groups")
    replicates = sample.replicates(resampling.deletions(sample.units, n_groups, rng))
    spread = float(np.sum((replicates - replicates.mean()) ** 2))
    se = sqrt((n_groups - 1) / n_groups * spread)
    width = student_quantile(level, n_groups - 1)
    method = _named("group-jackknife", sample.units)
    if not sample.corrects_bias:
        return _with_count(symmetric(sample.estimate, se, width, level, method), n_groups)
    center = n_groups * sample.estimate - (n_groups - 1) * float(replicates.mean())
    interval = symmetric(center, se, width, level, method)
    return replace(interval, center=center, n_resamples=n_groups)


def holmes_nemenman(sample: Sample, level: float, n_resamples: int) -> Interval:
    """Variance of disjoint parts of the sample, carried to the whole as 1/n.

    Holmes & Nemenman (2019), doi:10.1103/PhysRevE.100.022404: pooled over 2 … 10 parts,
    var(n) = Σₘ ((m - 1) / m) s²ₘ / Σₘ (m - 1), here the mean over several shuffles.
    """
    _require(sample, 10 * HOLMES_NEMENMAN_PARTS[-1], "Holmes-Nemenman parts")
    draws: list[tuple[int, Rows]] = []
    for shuffle in range(HOLMES_NEMENMAN_SHUFFLES):
        rng = stream(sample.seed, f"{sample.task} parts", shuffle)
        for m in HOLMES_NEMENMAN_PARTS:
            draws += [(m, rows) for rows in resampling.parts(sample.units, m, rng)]
    replicates = sample.replicates(rows for _, rows in draws).reshape(HOLMES_NEMENMAN_SHUFFLES, -1)
    edges = np.cumsum([0, *HOLMES_NEMENMAN_PARTS])
    pooled = sum(
        (m - 1) / m * replicates[:, a:b].var(axis=1, ddof=1).mean()
        for m, a, b in zip(HOLMES_NEMENMAN_PARTS, edges[:-1], edges[1:], strict=True)
    )
    se = sqrt(pooled / sum(m - 1 for m in HOLMES_NEMENMAN_PARTS))
    interval = symmetric(sample.estimate, se, quantile(level), level, _named("hn", sample.units))
    return _with_count(interval, len(draws))


def bootstrap(sample: Sample, level: float, n_resamples: int) -> Interval:
    """Estimate ± quantile × sd over resamples drawn with replacement; never for neighbours.

    Rows in time are drawn in moving blocks of the length the user fixed, or else in stationary
    blocks of automatic mean length.
    """
    _require(sample, MIN_UNITS, "bootstrap")
    purpose = f"{sample.task} bootstrap"
    replicates = sample.drawn(resampling.with_replacement, n_resamples, purpose)
    se = float(replicates.std(ddof=1))
    method = _named("bootstrap", sample.units)
    interval = symmetric(sample.estimate, se, resampled_quantile(level, n_resamples), level, method)
    return _with_count(interval, n_resamples)


def _with_count(interval: Interval, n_resamples: int) -> Interval:
    return replace(interval, n_resamples=n_resamples)
