"""Some rows of a table, drawn from its batches: whole columns are never held."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from mitool.tables.column import Column, stack
from mitool.tables.part import Part, Text


def drawn(
    parts: Sequence[Part],
    names: Sequence[str],
    choose: Callable[[], NDArray[np.int64] | None],
    n_rows: int,
) -> list[list[Column]]:
    """Read columns in batches of ``n_rows`` and keep the rows chosen, ascending, of each part.

    ``choose`` is asked once the parts know how many rows they have. Parts of which none is chosen
    are left out; text is what the rows that are chosen say it is.
    """
    for part in parts:
        if isinstance(part, Text):
            part.settle(names)
    rows, start, found = choose(), 0, []
    assert rows is not None  # as there is a sample
    for part in parts:
        kept: list[list[Column]] = []
        for batch in part.batches(names, n_rows):
            pieces = batch()
            first, last = np.searchsorted(rows, [start, start + len(pieces[0])])
            if first < last:
                kept.append([piece.take(rows[first:last] - start).column() for piece in pieces])
            start += len(pieces[0])
        if kept:
            columns = [stack(same) for same in zip(*kept, strict=True)]
            found.append([part.tidied(c) if isinstance(part, Text) else c for c in columns])
    return found
