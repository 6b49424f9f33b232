"""Equally full bins counted on the pass that finds their edges.

Once the ranks of marks are known, so is the bin of every row but those between marks around an
edge. The first are counted by their bins, the others kept as they are until their edges are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitool.kernels.batches.cutting import Bins, crossing, never
from mitool.kernels.batches.draws import Spans, columns_of
from mitool.kernels.batches.grid import CellCounts, Cut, Table, by_levels, tabled
from mitool.kernels.batches.looking import MOST_NUMBERS
from mitool.kernels.batches.ranks import Matters, Ranked, Total, n_open, narrowed, within
from mitool.variables import Matrix, Variable


@dataclass(frozen=True, eq=False)
class Settled:
    """The cells of rows whose bins are known, and the other rows, (m, d)."""

    table: Table
    rows: Matrix

    def merged(self, other: Settled) -> Settled:
        """Add what was counted of other rows."""
        table: Any = self.table  # both are of one kind: cuts are the same
        return Settled(table.merged(other.table), np.vstack((self.rows, other.rows)))


@dataclass(frozen=True, eq=False)
class Settling:
    """Counts rows by their bins that lie in none of the open intervals of a column."""

    cuts: Sequence[Cut]
    spans: Spans

    def __call__(self, x: Variable, y: Variable) -> Settled:
        """Count the rows of two variables."""
        columns = columns_of(x, y)
        pairs = zip(columns, self.spans, strict=True)
        is_open = np.logical_or.reduce([within(column, *ends) for column, ends in pairs])
        table = tabled(self.cuts, [column[~is_open] for column in columns], x.n_dims)
        return Settled(table, np.column_stack([column[is_open] for column in columns]))


def equally_full_cells(
    total: Total,
    known: Sequence[Ranked],
    n_bins: Sequence[int],
    of_labels: Sequence[Cut],
    n_x: int,
) -> CellCounts:
    """Count all rows by bins of equally many, and by the cuts of labels where there are 0 bins.

    By one pass where the rows between marks around the edges fit in memory, as they mostly do; two
    more draw nearer to the edges.
    """
    matters: list[Matters] = [crossing(n, known[0].n) if n else never for n in n_bins]

    def cuts_by(ranks: Sequence[Ranked]) -> list[Cut]:
        trios = zip(ranks, n_bins, of_labels, strict=True)
        return [Bins.of(known, n) if n else labels for known, n, labels in trios]

    while n_open(known, matters) * len(known) > MOST_NUMBERS:
        known = narrowed(total, known, matters)
    spans = [column.open(matter) for column, matter in zip(known, matters, strict=True)]
    settled: Settled = total(Settling(cuts_by(known), spans))
    found = zip(known, settled.rows.T, matters, strict=True)
    cuts = cuts_by([column.filled(values, matter) for column, values, matter in found])
    rest: Any = tabled(cuts, list(settled.rows.T), n_x)
    return by_levels(rest.merged(settled.table), cuts, n_x)
