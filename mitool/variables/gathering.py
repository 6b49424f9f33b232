"""Raw columns in, typed variables out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables.column import Column, merged_values
from mitool.variables.kinds import Kind, Vector, decided_kind
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
    kinds: list[Kind] = []
    notes: list[Note] = []
    orders: dict[int, Order] = {}
    told_apart: list[Column] = []
    for number, column in enumerate(columns):
        orders[number] = ascending(column.values)
        ordered = column.values[orders[number]]
        kind, note = decided_kind(column, ordered, discrete, continuous)
        kinds.append(kind)
        notes += [note] if note else []
        if column.ranks is not None and kind == "discrete":
            column = _by_ranks(column)
            orders[number] = ascending(column.values)
        elif column.ranks is not None:
            notes.append(note_of("rounded", (column.name,), **merged_values(column)))
        notes += _numeric_notes(column, ordered, kind, column.name in discrete)
        told_apart.append(column)
    values = _side_by_side(told_apart)
    missing = np.asarray(np.isnan(values).any(axis=1))
    names = tuple(column.name for column in columns)
    if not missing.any():
        return Variable(names, values, tuple(kinds), None, tuple(notes), orders)
    return Variable(names, values, tuple(kinds), missing, tuple(notes))


def _numeric_notes(column: Column, ordered: Vector, kind: Kind, declared: bool) -> Iterator[Note]:
    """Say what numbers show; ``declared`` says that the user calls them labels."""
    if column.labels is None and column.origin == "number" and not declared:
        yield from sentinel_notes(column.name, ordered)
    if kind != "discrete":
        present = ordered[: ordered.searchsorted(np.nan)]
        n_distinct = int(np.count_nonzero(present[1:] != present[:-1])) + len(present[:1])
        yield from repeat_notes(column.name, n_distinct, len(present))


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
