"""Some rows of a table, drawn from its batches: whole columns are never held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mitool.tables.column import Column, stack
from mitool.tables.opened import Opened
from mitool.tables.reader import UncountedText


def sampled_columns(
    inputs: Sequence[Opened],
    names: Sequence[str],
    choose: Callable[[], NDArray[np.int64] | None],
    n_rows: int,
) -> dict[Opened, list[Column]]:
    """Read columns in batches of ``n_rows`` and keep the rows chosen, ascending, of each input.

    ``choose`` is called once the inputs know how many rows they have. Inputs of which no row is
    chosen are left out; text is what the rows that are chosen say it is.
    """
    for opened in inputs:
        if isinstance(opened.reader, UncountedText):
            opened.reader.find_types(names)
    rows, start, result = choose(), 0, {}
    assert rows is not None  # as there is a sample
    for opened in inputs:
        kept: list[list[Column]] = []
        for batch in opened.reader.batches(names, n_rows):
            pieces = batch()
            first, last = np.searchsorted(rows, [start, start + len(pieces[0])])
            if first < last:
                kept.append([piece.take(rows[first:last] - start).column() for piece in pieces])
            start += len(pieces[0])
        if kept:
            columns = [stack(same) for same in zip(*kept, strict=True)]
            result[opened] = [opened.interpreted(column) for column in columns]
    return result
