"""Which rows of a table are read: all, a range of them, or some drawn at random."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.piece import Batch, Piece
from mitool.tables.readoptions import ReadOptions


@dataclass(frozen=True)
class RowChoice:
    """The choice that ``options`` state by ``rows`` and ``sample``; ``label`` names the table."""

    label: str
    options: ReadOptions

    def numbers(self, n_rows: int) -> NDArray[np.int64] | None:
        """Give the numbers of the rows chosen from so many, ascending; None if that is all."""
        options = self.options
        if options.rows is None and options.sample is None:
            return None
        kept = range(n_rows)[slice(*(options.rows or (None, None)))]
        if not len(kept):
            raise self.none_in_range(n_rows)
        if options.sample is None or options.sample >= len(kept):
            return np.arange(kept.start, kept.stop, dtype=np.int64)
        rng = np.random.default_rng(options.seed)
        return kept.start + np.sort(rng.choice(len(kept), size=options.sample, replace=False))

    def in_range(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        """Keep of batches, in the order of the rows, what lies in the range; no batch is empty."""
        if self.options.rows is None:
            yield from batches
            return
        first, last = self.options.rows
        start = 0
        for batch in batches:
            pieces = batch()
            kept = slice(max((first or 0) - start, 0), None if last is None else last - start)
            start += len(pieces[0])
            if len(pieces[0].stored[kept]):
                yield partial(_rows_of, pieces, kept)
            if last is not None and start >= last:
                return

    def none_in_range(self, n_rows: int) -> MitoolError:
        """Say that none of so many rows is in the range asked for."""
        start, stop = self.options.rows or (None, None)
        return MitoolError(
            f"{self.label} has {n_rows} rows, none of them in the range "
            f"{start or 0}:{'' if stop is None else stop}"
        )


def _rows_of(pieces: Sequence[Piece], rows: slice) -> list[Piece]:
    return [piece.take(rows) for piece in pieces]
