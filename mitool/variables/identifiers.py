"""Columns of text that name rows: what is named as no other tells nothing of another column."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

from mitool.errors import MitoolError
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables.column import Column, Origin
from mitool.variables.kinds import Counts, levels_of

USABLE_SHARE = 0.05
"""Of the rows, those that a number must rest on at least.

A label that occurs once has no other row to be compared with. Where fewer than one row in twenty
has one, the number speaks for these few alone, halves of the rows (of which intervals are made)
have next to none of them, and columns win rankings by it: a title of which 4958 of 5000 are alone.
"""


class Naming(NamedTuple):
    """How many of the rows that have a label have one of their own."""

    n_alone: int
    n_rows: int

    @property
    def words(self) -> str:
        """Say what the column names, after "names"."""
        if self.n_alone == self.n_rows:
            return "every row differently"
        return f"{self.n_alone} of {self.n_rows} rows as it names no other"


def naming(origin: Origin | None, counts: Counts) -> Naming | None:
    """Give what text names, if too few rows share their label; ``counts`` are those of labels."""
    if origin != "text" or len(counts) < 2:
        return None
    names = Naming(int(np.count_nonzero(counts == 1)), int(counts.sum()))
    return names if names.n_rows - names.n_alone < USABLE_SHARE * names.n_rows else None


def naming_of(column: Column) -> Naming | None:
    """Give what a column names, if it is text of which too few rows share their label."""
    if column.origin != "text":
        return None
    return naming("text", levels_of(np.sort(column.values))[1])


def is_identifier(column: Column) -> bool:
    """Whether a column of text names rows, all or nearly, and so tells nothing of any other."""
    return naming_of(column) is not None


def refuse_identifiers(columns: Sequence[Column], labels: Collection[str] = ()) -> None:
    """Refuse columns of text that name rows, all or nearly, unless declared as labels."""
    refusal = refusal_of(columns, labels)
    if refusal is not None:
        raise refusal


def refusal_of(columns: Sequence[Column], labels: Collection[str] = ()) -> MitoolError | None:
    """Give the error that the first column of text that names rows is refused by, if there is one.

    All rows or nearly; those declared as labels are none.
    """
    for column in columns:
        named = None if column.name in labels else naming_of(column)
        if named is not None:
            return identifier(column.name, named)
    return None


def identifier(name: str, named: Naming) -> MitoolError:
    """Say that a column names rows."""
    return MitoolError(
        f"column {name!r} names {named.words}, so it tells nothing of another; if it holds labels "
        f"all the same, use --discrete {name}"
    )


def skip_note(name: str, n_distinct: int | None, named: Naming | None) -> Note | None:
    """Say why a column has no mutual information worth estimating, if so.

    ``n_distinct`` is how many different values it has, None where these are many.
    """
    if n_distinct == 0:
        return left_out("empty", name)
    if n_distinct == 1:
        return left_out("constant", name)
    if named is None:
        return None
    return note_of("identifier", (name,), name=name, what=named.words)


def left_out(code: str, name: str) -> Note:
    """Say that a column is left out."""
    return note_of(code, (name,), name=name, where=": left out")
