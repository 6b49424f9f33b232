"""Equally full bins counted on the pass that finds their edges.

Once the ranks of marks are known, so is the bin of every row but those between marks around an
edge. The first are counted by their bins, the others kept as they are until their edges are known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.cutting import Bins, crossing, never
from mitool.kernels.batches.grid import (
    CellCounts,
    Cut,
    Grid,
    by_levels,
    cell_counts,
    fit_numbers,
)
from mitool.kernels.batches.ranks import (
    Marks,
    Matters,
    Ranked,
    Spans,
    Total,
    columns_of,
    first_ranked,
    n_open,
    narrowed,
)
from mitool.variables import Matrix, Variable, Vector

FEW = 1 << 14
"""Rows of each column that are to be kept, where marks enough were drawn."""
MOST_NUMBERS = 1 << 20
"""Of rows that are kept: 8 MB."""


@dataclass(frozen=True, eq=False)
class Settled:
    """The cells of rows whose bins are known, and the other rows, (m, d)."""

    grid: Grid
    rows: Matrix

    @classmethod
    def of(cls, cuts: Sequence[Cut], spans: Spans, x: Variable, y: Variable) -> Settled:
        """Count the rows of two variables that lie in none of the open intervals of a column."""
        columns = columns_of(x, y)
        pairs = zip(columns, spans, strict=True)
        is_open = np.logical_or.reduce([within(column, *ends) for column, ends in pairs])
        grid = Grid.of_columns(cuts, [column[~is_open] for column in columns], x.n_dims)
        return cls(grid, np.column_stack([column[is_open] for column in columns]))

    def merged(self, other: Settled) -> Settled:
        """Add what was counted of other rows."""
        return Settled(self.grid.merged(other.grid), np.vstack((self.rows, other.rows)))


def within(values: Vector, low: Vector, high: Vector) -> NDArray[np.bool_]:
    """Tell which values lie in one of the open intervals, which ascend and do not overlap."""
    if not len(low):
        return np.zeros(len(values), dtype=np.bool_)
    span = np.searchsorted(low, values) - 1
    return np.asarray((span >= 0) & (values < high[span]))


def filled(known: Ranked, values: Vector, matters: Matters) -> Ranked:
    """Add the ranks of values, which hold all that are within the open intervals."""
    low, high = known.open(matters)
    first = known.first[known.is_open(matters)]
    inside = np.sort(values[within(values, low, high)])
    more, at, counts = np.unique(inside, return_index=True, return_counts=True)
    span = np.searchsorted(low, more) - 1
    below = first[span] + at - np.searchsorted(inside, low, side="right")[span]
    marks = np.append(known.marks, more)
    order = np.argsort(marks)
    ranks = np.append(known.below, below), np.append(known.upto, below + counts)
    return Ranked(marks[order], ranks[0][order], ranks[1][order], known.n)


def equally_full_cells(
    total: Total, drawn: Marks, n_bins: Sequence[int], of_labels: Sequence[Cut], n_x: int
) -> CellCounts:
    """Count all rows by bins of equally many, and by the cuts of labels where there are 0 bins.

    By two passes where the rows around the edges fit in memory, as they mostly do; two more draw
    nearer to the edges.
    """
    matters = [crossing(n, drawn.n) if n else never for n in n_bins]

    def cuts_by(ranks: Sequence[Ranked]) -> list[Cut]:
        trios = zip(ranks, n_bins, of_labels, strict=True)
        return [Bins.of(known, n) if n else labels for known, n, labels in trios]

    known = first_ranked(total, drawn, matters, FEW)
    can_settle = fit_numbers(cuts_by(known))
    while (n := n_open(known, matters)) and not (can_settle and n * len(known) <= MOST_NUMBERS):
        known = narrowed(total, known, matters)
    cuts = cuts_by(known)
    if not can_settle:
        return cell_counts(total, cuts, n_x)
    spans = [column.open(matter) for column, matter in zip(known, matters, strict=True)]
    settled: Settled = total(partial(Settled.of, cuts, spans))
    found = zip(known, settled.rows.T, matters, strict=True)
    cuts = cuts_by([filled(*column) for column in found])
    rest = Grid.of_columns(cuts, list(settled.rows.T), n_x)
    return by_levels(settled.grid.merged(rest), cuts, n_x)
