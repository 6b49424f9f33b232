"""From the columns of a table to the variables of a matrix: what tells nothing is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables import Table
from mitool.tables.column import Column
from mitool.variables import Variable, gather, is_identifier
from mitool.variables.kinds import skip_note


def usable(table: Table) -> tuple[list[str], list[Note]]:
    """Give the columns that are meant where all are, and say which are not."""
    notes = [
        note_of(code, (name,), name=name, what=what) for name, (code, what) in table.aside.items()
    ]
    return [name for name in table.names if name not in table.aside], notes


def variables_of(
    columns: Iterable[Column],
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
) -> tuple[list[Variable], list[Note]]:
    """Gather each column by itself; identifiers, constants and empty columns go, with a note."""
    variables: list[Variable] = []
    notes: list[Note] = []
    for column in columns:
        note = reason_to_skip(column, column.name in discrete)
        if note:
            notes.append(note)
        else:
            variables.append(gather([column], discrete, continuous))
    return variables, notes


def candidates(
    table: Table,
    chosen: Sequence[str] | None,
    taken: Collection[str],
    decided: tuple[Collection[str], Collection[str]] = ((), ()),
) -> tuple[list[Variable], list[Note]]:
    """Gather every column that may be ranked, each by itself: of those chosen, or of all (None).

    Not those that are ``taken`` for something else; ``decided`` holds the columns whose kind the
    user has decided: the discrete, the continuous.
    """
    readable, notes = usable(table) if chosen is None else (chosen, [])
    wanted = [name for name in dict.fromkeys(readable) if name not in taken]
    variables, more = variables_of(table.read(wanted), *decided)
    return variables, [*notes, *more]


def reason_to_skip(column: Column, holds_labels: bool = False) -> Note | None:
    """Say why a column has no mutual information worth estimating, if so."""
    present = column.values[~np.isnan(column.values)]
    n_distinct = len(present[:1]) if bool((present == present[:1]).all()) else None
    named = not holds_labels and is_identifier(column)
    return skip_note(column.name, n_distinct, is_identifier=named)
