"""Intervals of the plug-in MI of a table of counts, in closed form or from multinomial draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mitool.errors import MitoolError
from mitool.inference.intervals import quantile, symmetric
from mitool.inference.seeds import stream
from mitool.result import Interval
from mitool.variables import Codes, Rows, Vector

STUDENTISED_RESAMPLES = 999


@dataclass(frozen=True, eq=False)
class Table:
    """The occupied cells of a two-way table: their counts and their row and column, (n_cells,)."""

    counts: Rows
    row: Rows
    column: Rows

    @property
    def n(self) -> int:
        """The sum of all counts."""
        return int(self.counts.sum())

    @property
    def shape(self) -> tuple[int, int]:
        """How many levels x and y have."""
        return int(self.row.max()) + 1, int(self.column.max()) + 1

    @property
    def degrees(self) -> int:
        """Degrees of freedom of independence."""
        n_rows, n_columns = self.shape
        return (n_rows - 1) * (n_columns - 1)

    @property
    def n_cells(self) -> int:
        """How many cells there are, occupied or not."""
        n_rows, n_columns = self.shape
        return n_rows * n_columns

    def margins(self) -> tuple[Rows, Rows]:
        """Row and column sums."""
        return (
            np.bincount(self.row, self.counts).astype(np.int64),
            np.bincount(self.column, self.counts).astype(np.int64),
        )

    def with_counts(self, counts: Rows) -> Table:
        """Give a table of other counts in the same cells, levels without a count left out."""
        kept = counts > 0
        _, row = np.unique(self.row[kept], return_inverse=True)
        _, column = np.unique(self.column[kept], return_inverse=True)
        return Table(counts[kept], row, column)


def table_of(x: Codes, y: Codes) -> Table:
    """Count how often each pair of codes occurs; codes are dense, of shape (n,)."""
    width = int(y.max()) + 1
    cells, counts = np.unique(x * width + y, return_counts=True)
    return Table(counts, cells // width, cells % width)


def _xlogx(counts: Vector | Rows) -> Vector:
    counts = np.asarray(counts, dtype=np.float64)
    return counts * np.log(np.where(counts > 0, counts, 1.0))


def plugin_mi(table: Table) -> float:
    """Plug-in mutual information of a table, in nats."""
    n_x, n_y = table.margins()
    n = table.n
    total = np.sum(_xlogx(table.counts)) - np.sum(_xlogx(n_x)) - np.sum(_xlogx(n_y))
    return float(total / n + np.log(n))


def jackknifed(table: Table) -> tuple[float, float]:
    """Delete-one jackknife of the plug-in MI: bias-corrected value and standard error.

    Every row of a cell leaves the same table behind, so there are as many different leave-one-out
    values as occupied cells: O(cells).
    """
    n_x, n_y = table.margins()
    n = table.n
    change = (
        _lost(table.counts) - _lost(n_x)[table.row] - _lost(n_y)[table.column]
    )  # of the sum of n log n, when one row of the cell goes
    total = np.sum(_xlogx(table.counts)) - np.sum(_xlogx(n_x)) - np.sum(_xlogx(n_y))
    without = (total - change) / (n - 1) + np.log(n - 1)
    mean = float(table.counts @ without) / n
    variance = (n - 1) / n * float(table.counts @ (without - mean) ** 2)
    return n * float(total / n + np.log(n)) - (n - 1) * mean, float(np.sqrt(variance))


def _lost(counts: Rows) -> Vector:
    return _xlogx(counts) - _xlogx(counts - 1)


def _require(table: Table, method: str) -> None:
    if table.n < 3 or table.degrees == 0:
        n_rows, n_columns = table.shape
        raise MitoolError(
            f"an interval by {method} needs at least 3 rows and a table of at least 2 × 2 levels, "
            f"got {table.n} rows and {n_rows} × {n_columns}"
        )


def jackknife(table: Table, level: float) -> Interval:
    """Bias-corrected centre and standard error of the delete-one jackknife (Quenouille, Tukey)."""
    _require(table, "jackknife")
    center, se = jackknifed(table)
    found = symmetric(center, se, quantile(level), level, "jackknife")
    return replace(found, center=center)


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
