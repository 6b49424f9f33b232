"""The frame of those that count labels as they are, and may know how many there could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mitool.errors import MitoolError
from mitool.estimators.base import Value
from mitool.estimators.counted import Counted
from mitool.estimators.countedsides import refuse_distinct
from mitool.estimators.parameters import check_at_least
from mitool.estimators.streamed import Batches, Count
from mitool.kernels.batches.cells import Cells
from mitool.kernels.counts.coded import Coded
from mitool.variables import Variable

KNOWN = {"help": "levels that each column could have, seen or not; None: those seen"}
"""What to say of a parameter ``n_levels``."""


@dataclass(frozen=True)
class OfLabels(Counted):
    """Those that count labels as they are, and so need no look at all rows before they count."""

    def first_counts(self) -> tuple[Count, ...]:
        """Give what the first pass counts of numbers: labels are counted in any case."""
        return ()

    def streamed(self, batches: Batches) -> Value:
        """Estimate from the counts of joint rows, which add up."""
        return self.of_cells(batches.cells, batches.x, batches.y)

    def known_levels(self) -> int | None:
        """Give how many levels each column could have, where the user knows."""
        return None

    def n_cells(self, column_levels: Sequence[int]) -> int:
        """Give how many cells a table could have whose columns have so many levels each."""
        known = self.known_levels()
        return super().n_cells(column_levels if known is None else [known] * len(column_levels))

    def prepare(self, x: Variable) -> Coded:
        """Code the rows of a variable, its columns taken jointly."""
        coded = super().prepare(x)
        refuse_unknown(x, coded.column_levels, self.known_levels())
        return coded

    def of_cells(self, cells: Cells, x: Variable, y: Variable) -> Value:
        """Estimate from different joint rows and how often each occurs; x and y need no rows."""
        sides, first = [], 0
        for variable in (x, y):
            last = first + variable.n_dims
            counts, levels = cells.margin(first, last), cells.column_levels(first, last)
            refuse_distinct(variable.name, len(counts), cells.n)
            refuse_unknown(variable, levels, self.known_levels())
            sides.append(self.side_of(counts, levels))
            first = last
        if min(side.n_seen for side in sides) < 2:
            return Value(0.0)
        return self._joined(cells.counts, *sides)


def check_known(n_levels: int | None) -> None:
    """Raise where no column can have so many levels."""
    if n_levels is not None:
        check_at_least("n_levels", n_levels, 1)


def refuse_unknown(x: Variable, column_levels: Sequence[int], known: int | None) -> None:
    """Raise where a column has more levels than it is said to have."""
    for name, n_levels in zip(x.names, column_levels, strict=True):
        if known is not None and n_levels > known:
            raise MitoolError(
                f"column {name!r} has {n_levels} levels, more than n_levels={known}; raise "
                "n_levels, or leave it out to take the levels that occur"
            )
