"""Raw columns in, typed variables out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables.column import Column, merged_values
from mitool.variables.kinds import (
    NO_LEVELS,
    Kind,
    decided_kind,
    levels_of,
    refuse_infinite,
)
from mitool.variables.repeats import repeat_notes
from mitool.variables.sentinels import sentinel_notes
from mitool.variables.sorting import Order, ascending
from mitool.variables.variable import Matrix, Variable


def gather(
    columns: Sequence[Column],
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
) -> Variable:
    """Join columns of the same rows into one variable; infinite values are refused.

    ``discrete`` and ``continuous`` name the columns whose kind the user has decided.
    """
    typed = [_typed(column, discrete, continuous) for column in columns]
    values = _side_by_side([one.column for one in typed])
    missing = np.asarray(np.isnan(values).any(axis=1))
    names, kinds = tuple(column.name for column in columns), tuple(one.kind for one in typed)
    notes = tuple(note for one in typed for note in one.notes)
    if missing.any():
        return Variable(names, values, kinds, missing, notes)
    orders = {number: one.order for number, one in enumerate(typed)}
    variable = Variable(names, values, kinds, None, notes, orders)
    for number, one in enumerate(typed):
        if one.n_distinct is not None:
            variable.know_distinct(number, one.n_distinct)
    return variable


class _Typed(NamedTuple):
    """A column, with labels told apart, and what its values in ascending order show."""

    column: Column
    kind: Kind
    notes: Sequence[Note]
    order: Order
    n_distinct: int | None = None


def _typed(column: Column, discrete: Collection[str], continuous: Collection[str]) -> _Typed:
    order = ascending(column.values)
    ordered, holds_labels = column.values[order], column.labels is not None
    refuse_infinite(column, ordered)
    levels, counts = NO_LEVELS if holds_labels else levels_of(ordered)
    kind, note = decided_kind(column, (levels, counts), discrete, continuous)
    notes = [note] if note else []
    if column.ranks is not None and kind != "discrete":
        notes.append(note_of("rounded", (column.name,), **merged_values(column)))
    if not holds_labels and column.origin == "number" and column.name not in discrete:
        notes += sentinel_notes(column.name, ordered)
    if kind != "discrete":
        notes += repeat_notes(column.name, len(counts), int(counts.sum()))
    if column.ranks is not None and kind == "discrete":
        told_apart = _by_ranks(column)
        return _Typed(told_apart, kind, notes, ascending(told_apart.values))
    return _Typed(column, kind, notes, order, None if holds_labels else len(levels))


def _by_ranks(column: Column) -> Column:
    """Give labels that floats do not tell apart by the ranks that do."""
    ranks = np.where(np.isnan(column.values), np.nan, np.asarray(column.ranks, dtype=np.float64))
    return replace(column, values=ranks, ranks=None)


def _side_by_side(columns: Sequence[Column]) -> Matrix:
    """Join columns; a single one is not copied.

    One that may not be written to is: compiled loops would be compiled for it anew.
    """
    if len(columns) == 1 and columns[0].values.flags.writeable:
        return np.ascontiguousarray(columns[0].values)[:, None]
    return np.ascontiguousarray(np.column_stack([column.values for column in columns]))
