"""From the columns of a table to the variables of a matrix: what tells nothing is left out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables import Table
from mitool.tables.column import Column
from mitool.variables import Variable, gather_each
from mitool.variables.identifiers import naming_of, skip_note


def usable(table: Table) -> tuple[list[str], list[Note]]:
    """Give the columns that are meant where all are, and say which are not."""
    notes = [
        note_of(code, (name,), name=name, what=what) for name, (code, what) in table.aside.items()
    ]
    return [name for name in table.names if name not in table.aside], notes


def chosen(table: Table, specs: Sequence[str] | None) -> tuple[list[str], list[Note]]:
    """Give the columns that COLS expressions name, or all that are usable if there are none."""
    return (named(table, specs), []) if specs else usable(table)


def named(table: Table, specs: Iterable[str]) -> list[str]:
    """Give the columns that COLS expressions name, each once."""
    return list(dict.fromkeys(name for spec in specs for name in table.select(spec)))


def variables_of(
    columns: Iterable[Column],
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
) -> tuple[list[Variable], list[Note]]:
    """Gather each column by itself; identifiers, constants and empty columns go, with a note."""
    kept: list[list[Column]] = []
    notes: list[Note] = []
    for column in columns:
        note = reason_to_skip(column, column.name in discrete)
        if note:
            notes.append(note)
        else:
            kept.append([column])
    return gather_each(kept, discrete, continuous), notes


def candidates(
    table: Table,
    columns: Sequence[str] | None,
    taken: Collection[str],
    decided: tuple[Collection[str], Collection[str]] = ((), ()),
) -> tuple[list[Variable], list[Note]]:
    """Gather every column that may be ranked, each by itself: of ``columns``, or of all (None).

    Not those that are ``taken`` for something else; ``decided`` holds the columns whose kind the
    user has decided: the discrete, the continuous.
    """
    readable, notes = usable(table) if columns is None else (columns, [])
    wanted = [name for name in dict.fromkeys(readable) if name not in taken]
    variables, more = variables_of(table.read(wanted), *decided)
    return variables, [*notes, *more]


def reason_to_skip(column: Column, holds_labels: bool = False) -> Note | None:
    """Say why a column has no mutual information worth estimating, if so."""
    present = column.values[~np.isnan(column.values)]
    n_distinct = len(present[:1]) if bool((present == present[:1]).all()) else None
    return skip_note(column.name, n_distinct, None if holds_labels else naming_of(column))
