"""Numbers that repeat: how many of a column differ, in the rows that have a value."""

from __future__ import annotations

from collections.abc import Iterator

from mitool.result import Note
from mitool.result.codes import note_of, softened

DISTINCT_SHARE = 0.95
MANY_TIES = 0.5
FEW_DISTINCT = 0.05


def repeat_notes(name: str, n_distinct: int, n_present: int) -> Iterator[Note]:
    """Say what repeated values of a numeric column show; of a constant nothing.

    All rows that have a value count, whatever a pair loses to its other column: so a stream sees
    the same.
    """
    if not 1 < n_distinct < DISTINCT_SHARE * n_present:
        return
    words = {"name": name, "n_distinct": n_distinct}
    note = note_of("ties", (name,), n_rows=n_present, **words)
    yield note if n_distinct < MANY_TIES * n_present else softened(note)
    if n_distinct < FEW_DISTINCT * n_present:
        yield note_of("discrete_as_continuous", (name,), **words)
