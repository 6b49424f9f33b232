"""What the first pass counts of pairs of variables, added up over the batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mitool.errors import MitoolError
from mitool.estimators.streamed import Count
from mitool.kernels.batches.cells import Cells
from mitool.kernels.batches.draws import Drawn
from mitool.streaming.batchcounts import BatchCounts, Row, renumbered
from mitool.streaming.census import Survey
from mitool.streaming.levels import Declared, may_be_labels
from mitool.streaming.runningsum import RunningSum
from mitool.variables import Vector


@dataclass(eq=False)
class PairCounts:
    """Joint rows of the pairs that are all labels, and what ``counts`` sum up of numbers.

    ``cells`` is None where a pair is not all labels, and an error where its rows are too many;
    ``sums`` is None where a column is labels.
    """

    pairs: Sequence[tuple[Row, Row]] = ()
    counts: Sequence[Count] = ()
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    declared: Declared = ((), ())
    cells: dict[Row, RunningSum[Cells] | MitoolError | None] = field(init=False)
    sums: dict[tuple[Row, Count], RunningSum[Any] | None] = field(init=False)

    def __post_init__(self) -> None:
        rows = [(*x, *y) for x, y in self.pairs]
        self.cells = {row: RunningSum() for row in rows}
        self.sums = {(row, count): RunningSum() for row in rows for count in self.counts}

    def add(self, batch: BatchCounts) -> None:
        """Add the counts of the rows that follow, to those of the columns too."""
        places: dict[str, Vector | None] = {}
        for piece in batch.pieces:
            places[piece.name] = self.surveys[piece.name].add(piece, batch.counts[piece.name])
        for row, cells in batch.cells.items():
            self._add_cells(row, cells, places)
        for key, summed in batch.sums.items():
            sums = self.sums[key]
            if summed is None:
                self.sums[key] = None
            elif sums is not None:
                n_rows, counted = summed
                if isinstance(counted, Drawn):
                    rows = renumbered(counted.rows, [places[name] for name in key[0]])
                    counted = replace(counted, rows=rows)
                sums.add(counted, n_rows)

    def _add_cells(
        self, row: Row, cells: Cells | None, places: Mapping[str, Vector | None]
    ) -> None:
        known = self.cells[row]
        if cells is None or not all(self._may_be_labels(name) for name in row):
            self.cells[row] = None
        elif isinstance(known, RunningSum):
            try:
                rows = renumbered(cells.rows, [places[name] for name in row])
                known.add(Cells(rows, cells.counts).grouped())
            except MitoolError as error:  # too many cells: of this pair alone
                self.cells[row] = error

    def _may_be_labels(self, name: str) -> bool:
        return may_be_labels(name, self.surveys[name].numbers, self.declared)

    def cells_of(self, row: Row) -> Cells:
        """Give the joint rows of columns that are all labels, by the numbers of their words."""
        known = self.cells[row]
        if isinstance(known, MitoolError):
            raise known
        assert known is not None  # only what cannot be labels is given up
        total = known.total()
        assert total is not None  # of no rows there is no survey
        return total
