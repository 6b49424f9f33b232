"""Tables of counts, also within the levels of a condition, and their plug-in MI."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.once import once
from mitool.variables import Codes, Rows, Vector


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

    def n_expecting_fewer(self, n_rows: float) -> tuple[int, int]:
        """Give in how many cells independence expects fewer rows, and how many cells there are."""
        n_few = n_cells = 0
        owners = [_owner(margin, self.z) for margin in (self.xz, self.yz)]
        for level, n_level in enumerate(self.n_z):
            x, y = self.n_xz[owners[0] == level], np.sort(self.n_yz[owners[1] == level])
            n_few += int(np.searchsorted(y, n_rows * n_level / x).sum())
            n_cells += len(x) * len(y)
        return n_few, n_cells

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


def xlogx(counts: Vector | Rows) -> Vector:
    """Give n log n, 0 for no rows."""
    counts = np.asarray(counts, dtype=np.float64)
    return counts * np.log(np.where(counts > 0, counts, 1.0))


def total(table: Table) -> float:
    """Plug-in MI times the number of rows; never below 0, where rounding would take it."""
    cells, z = np.sum(xlogx(table.counts)), np.sum(xlogx(table.n_z))
    return max(float(cells + z - np.sum(xlogx(table.n_xz)) - np.sum(xlogx(table.n_yz))), 0.0)


def plugin_mi(table: Table) -> float:
    """Plug-in MI of a table in nats, within the levels of z: Σ n log n over cells and margins."""
    return total(table) / table.n
