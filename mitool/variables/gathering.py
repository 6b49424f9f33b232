"""Raw columns in, typed variables out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain, groupby, islice
from typing import NamedTuple

import numpy as np

from mitool.parallel import ROWS_PER_SLICE, map_over_rows
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables.column import Column, merged_values
from mitool.variables.kinds import (
    NO_LEVELS,
    Kind,
    Vector,
    decided_kind,
    levels_of,
    refuse_infinite,
)
from mitool.variables.repeats import repeat_notes
from mitool.variables.sentinels import sentinel_notes
from mitool.variables.sorting import Order, ascending
from mitool.variables.variable import Matrix, Variable

VALUES_AT_ONCE = 2 * ROWS_PER_SLICE
"""Of columns that are looked at together: one call for all of few rows; of rows so many that
threads share them, a column each."""

Names = Collection[str]


def gather(columns: Sequence[Column], discrete: Names = (), continuous: Names = ()) -> Variable:
    """Join columns of the same rows into one variable; infinite values are refused.

    ``discrete`` and ``continuous`` name the columns whose kind the user has decided.
    """
    return gather_each([columns], discrete, continuous)[0]


def gather_each(
    groups: Sequence[Sequence[Column]], discrete: Names = (), continuous: Names = ()
) -> list[Variable]:
    """Join the columns of each group into one variable."""
    columns = [column for group in groups for column in group]
    look = partial(_looked_at, discrete=discrete, continuous=continuous)
    most_rows = max(map(len, columns), default=0)
    looks = chain.from_iterable(map_over_rows(look, _batches(columns), most_rows))
    return [_joined(list(islice(looks, len(group)))) for group in groups]


def _batches(columns: Iterable[Column]) -> Iterator[Sequence[Column]]:
    """Give columns of as many rows, some at a time."""
    for n_rows, alike in groupby(columns, len):
        while some := list(islice(alike, max(1, VALUES_AT_ONCE // n_rows))):
            yield some


class _Look(NamedTuple):
    """A column, with labels told apart, and what its values in ascending order show.

    ``ends`` are its lowest value, and its highest or NaN where any is missing.
    """

    column: Column
    kind: Kind
    notes: Sequence[Note]
    order: Order
    ends: Sequence[float]
    n_distinct: int | None = None


def _joined(looks: Sequence[_Look]) -> Variable:
    columns = [look.column for look in looks]
    values, ends = _side_by_side(columns), np.array([look.ends for look in looks])
    names, kinds = tuple(column.name for column in columns), tuple(look.kind for look in looks)
    notes = tuple(note for look in looks for note in look.notes)
    if np.isnan(ends).any():
        missing = np.asarray(np.isnan(values).any(axis=1))
        return Variable(names, values, kinds, missing, notes)
    variable = Variable(
        names, values, kinds, None, notes, {j: a.order for j, a in enumerate(looks)}
    )
    counts = {j: a.n_distinct for j, a in enumerate(looks) if a.n_distinct is not None}
    variable.know((ends[:, 0], ends[:, 1]), counts)
    return variable


def _looked_at(columns: Sequence[Column], discrete: Names, continuous: Names) -> list[_Look]:
    """Look at columns of the same rows.

    Finite numbers that never repeat, as most measurements, are continuous without a word; all
    else is looked at by itself.
    """
    orders = [ascending(column.values) for column in columns]
    ordered = np.empty((len(columns), len(orders[0])))
    for column, order, line in zip(columns, orders, ordered, strict=True):
        column.values.take(order, out=line, mode="clip")  # the other modes take a copy
    ends = ordered[:, [0, -1]]
    is_plain = (ordered[:, 1:] != ordered[:, :-1]).all(axis=1) & np.isfinite(ends).all(axis=1)
    found = zip(columns, orders, ordered, ends.tolist(), is_plain.tolist(), strict=True)
    return [
        _Look(column, "continuous", (), order, its_ends, len(order))
        if plain and column.labels is None is column.ranks and column.name not in discrete
        else _look(column, order, line, discrete, continuous)
        for column, order, line, its_ends, plain in found
    ]


def _look(
    column: Column, order: Order, ordered: Vector, discrete: Names, continuous: Names
) -> _Look:
    """Look at one column, by its values in ascending order, missing ones last."""
    holds_labels = column.labels is not None
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
        column = _by_ranks(column)
        order = ascending(column.values)
        return _Look(column, kind, notes, order, column.values[order[[0, -1]]].tolist())
    n_distinct = None if holds_labels else len(levels)
    return _Look(column, kind, notes, order, ordered[[0, -1]].tolist(), n_distinct)


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
