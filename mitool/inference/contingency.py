"""Intervals of the plug-in MI of a table of counts, in closed form or from multinomial draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mitool.errors import MitoolError
from mitool.inference.intervals import growing, quantile
from mitool.once import once
from mitool.result import Interval
from mitool.seeds import stream
from mitool.variables import Codes, Rows, Vector

STUDENTISED_RESAMPLES = 999


@dataclass(frozen=True, eq=False)
class Table:
    """The occupied cells of a table of x by y, or of x by y by z; all shapes (n_cells,).

    ``xz``, ``yz`` and ``z`` number the margin that each cell belongs to; without a condition z
    has one level, so that (xz, yz) are row and column.
    """

    counts: Rows
    xz: Rows
    yz: Rows
    z: Rows

    @property
    def n(self) -> int:
        """The sum of all counts."""
        return int(self.counts.sum())

    @once
    def n_xz(self) -> Rows:
        """Counts of the levels of x (within those of z)."""
        return _sums(self.xz, self.counts)

    @once
    def n_yz(self) -> Rows:
        """Counts of the levels of y (within those of z)."""
        return _sums(self.yz, self.counts)

    @once
    def n_z(self) -> Rows:
        """Counts of the levels of z."""
        return _sums(self.z, self.counts)

    @property
    def degrees(self) -> int:
        """Degrees of freedom of independence, summed over the levels of z."""
        levels = (np.bincount(_owner(margin, self.z)) - 1 for margin in (self.xz, self.yz))
        first, second = levels
        return int(first @ second)

    def with_counts(self, counts: Rows) -> Table:
        """Give a table of other counts in the same cells; cells without a count go."""
        kept = counts > 0
        return Table(counts[kept], self.xz[kept], self.yz[kept], self.z[kept])


def _sums(margin: Rows, counts: Rows) -> Rows:
    return np.bincount(margin, counts).astype(np.int64)


def _owner(margin: Rows, z: Rows) -> Rows:
    """Give the level of z that each level of a margin lies in."""
    _, first = np.unique(margin, return_index=True)
    return z[first]


def table_of(x: Codes, y: Codes, z: Codes | None = None) -> Table:
    """Count how often each combination of codes occurs; codes have shape (n,)."""
    given = np.zeros(len(x), np.int64) if z is None else _dense(z)
    xz = _dense(_pairs(given, _dense(x)))
    yz = _dense(_pairs(given, _dense(y)))
    _, first, counts = np.unique(_pairs(xz, yz), return_index=True, return_counts=True)
    return Table(counts, xz[first], yz[first], given[first])


def _pairs(first: Codes, second: Codes) -> Codes:
    return first * (int(second.max()) + 1) + second


def _dense(codes: Codes) -> Codes:
    return np.unique(codes, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _xlogx(counts: Vector | Rows) -> Vector:
    counts = np.asarray(counts, dtype=np.float64)
    return counts * np.log(np.where(counts > 0, counts, 1.0))


def _total(table: Table) -> float:
    cells, z = np.sum(_xlogx(table.counts)), np.sum(_xlogx(table.n_z))
    return float(cells + z - np.sum(_xlogx(table.n_xz)) - np.sum(_xlogx(table.n_yz)))


def plugin_mi(table: Table) -> float:
    """Plug-in MI of a table in nats, within the levels of z: Σ n log n over cells and margins."""
    return _total(table) / table.n


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
    without: Vector = (_total(table) - lost) / (table.n - 1)
    return without


def _tukey(estimate: float, without: Vector, counts: Rows) -> tuple[float, float]:
    """Bias-corrected value and standard error from the estimates without one row of a cell."""
    n = int(counts.sum())
    mean = float(counts @ without) / n
    variance = (n - 1) / n * float(counts @ (without - mean) ** 2)
    return n * estimate - (n - 1) * mean, float(np.sqrt(variance))


def _lost(counts: Rows) -> Vector:
    return _xlogx(counts) - _xlogx(counts - 1)


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
    found = growing(center, se, width, level, "jackknife", n)
    return replace(found, low=center - width * se, center=center)


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


def studentised(table: Table, level: float, n_resamples: int, seed: int, task: str) -> Interval:
    """Bootstrap-t: multinomial tables, each with its own jackknife centre and standard error."""
    _require(table, "studentised")
    center, se = jackknifed(table)
    shares = table.counts / table.n
    rng = stream(seed, f"{task} studentised")
    ratios = []
    for _ in range(n_resamples):
        drawn = table.with_counts(rng.multinomial(table.n, shares))
        drawn_center, drawn_se = jackknifed(drawn)
        if drawn_se > 0:
            ratios.append((drawn_center - plugin_mi(table)) / drawn_se)
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
