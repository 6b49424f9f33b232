"""The complete rows of two variables of a stream, as an estimator counts them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mitool.choices import Missing
from mitool.estimators.streamed import Counted
from mitool.kernels.batches.cells import Cells
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

    @property
    def n_dropped(self) -> int:
        """How many rows have a value missing."""
        return self.stream.n_rows - self.n_used

    @property
    def cells(self) -> Cells:
        """The joint rows of x and y, both labels, and how often each occurs."""
        cells = self.stream.cells((*self.x.names, *self.y.names)).complete()
        self.note_used(cells.n)
        return cells

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
        return total

    def note_used(self, n_used: int) -> None:
        """Note how many rows are complete, and refuse too few."""
        self.n_used = n_used
        if self.n_dropped and self.missing == "error":
            raise incomplete(self.n_dropped, self.stream.n_rows, (self.x, self.y))
        require_rows(n_used, self.n_dropped, (self.x, self.y))
