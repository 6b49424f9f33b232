"""The complete rows of two variables of a stream, as an estimator counts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mitool.choices import Missing
from mitool.errors import attempt
from mitool.estimators.streamed import Counted
from mitool.kernels.batches.cells import Cells
from mitool.kernels.batches.draws import Drawn, Extremes
from mitool.kernels.batches.looking import Seen
from mitool.kernels.counts.coded import code_rows
from mitool.measure.support import require_rows
from mitool.streaming.passes import Stream
from mitool.streaming.runningsum import RunningSum
from mitool.variables import Variable, Vector, incomplete


@dataclass(eq=False)
class Pair:
    """Two variables of a stream; see ``mitool.estimators.streamed.Batches``."""

    stream: Stream
    x: Variable
    y: Variable
    missing: Missing
    n_used: int = 0
    _extremes: Extremes | None = None

    @property
    def n_dropped(self) -> int:
        """How many rows have a value missing."""
        return self.stream.n_rows - self.n_used

    @property
    def cells(self) -> Cells:
        """The joint rows of x and y, both labels, and how often each occurs."""
        return self._complete(self.stream.cells(self._row))

    @property
    def counted(self) -> Cells | None:
        """The same if the first pass has counted them; None of numbers, and where they are many."""
        if {self.x.kind, self.y.kind} != {"discrete"}:
            return None
        cells = attempt(lambda: self.stream.cells(self._row), lambda _: None)
        return None if cells is None else self._complete(cells)

    def _complete(self, cells: Cells) -> Cells:
        complete = cells.complete()
        self.note_used(complete.n)
        self._extremes = Extremes(complete.n, complete.rows.min(axis=0), complete.rows.max(axis=0))
        return complete

    @property
    def _row(self) -> tuple[str, ...]:
        return (*self.x.names, *self.y.names)

    @property
    def drawn(self) -> Drawn:
        """Rows of x and y, drawn evenly from those that are complete."""
        sums = self.stream.drawn(self.x, self.y)
        drawn = sums.total()
        if drawn is None or drawn.is_exact:
            self.note_used(sums.n_rows)
        assert drawn is not None  # ensured by the number of rows
        if drawn.is_exact:
            self._extremes = drawn.extremes
        return drawn

    @property
    def extremes(self) -> Extremes:
        """The ends of all columns, as they are known by now, or by a pass of its own."""
        return self._extremes or self.total(Extremes.of)

    def margins(self) -> tuple[Vector, Vector]:
        """Give the shares of the levels of x and of y, both labels."""
        cells = self.cells
        sides = np.hsplit(cells.rows, [self.x.n_dims])
        codes = (code_rows(np.ascontiguousarray(side)).codes for side in sides)
        x, y = (np.bincount(code, weights=cells.counts) / cells.n for code in codes)
        return x, y

    def total(self, count: Callable[[Variable, Variable], Counted]) -> Counted:
        """Count every batch, on several threads, and add up in the order of the rows."""
        sums: RunningSum[Counted] = self.stream.summed(self.x, self.y, count)
        self.note_used(sums.n_rows)
        total = sums.total()
        assert total is not None  # ensured by the number of rows
        if isinstance(total, Seen):
            self._extremes = total.extremes
        return total

    def note_used(self, n_used: int) -> None:
        """Note how many rows are complete, and refuse too few."""
        self.n_used = n_used
        if self.n_dropped and self.missing == "error":
            raise incomplete(self.n_dropped, self.stream.n_rows, (self.x, self.y))
        require_rows(n_used, self.n_dropped, (self.x, self.y))
