"""What columns show, each by itself: repeated values, tails, one value alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable
from mitool.variables.magnitudes import deviation, near_one

SPREAD_RATIO = 10.0
HEAVY_KURTOSIS = 20.0


def variable_notes(variable: Variable) -> tuple[Note, ...]:
    """What one variable shows: its kind, constant columns, repeated values (kept)."""
    notes: tuple[Note, ...] | None = variable.known("notes")
    if notes is None:
        notes = variable.remember("notes", lambda: tuple(_notes(variable)))
    return notes


def _notes(variable: Variable) -> Iterator[Note]:
    yield from variable.notes
    for column, name in enumerate(variable.names):
        if variable.n_distinct(column) == 1:
            yield constant(name)


def constant(name: str) -> Note:
    """Say that a column does not vary."""
    return note_of("constant", (name,), name=name, where=" used")


def scale_notes(variable: Variable) -> tuple[Note, ...]:
    """What to know of numeric columns taken as they are, without a transform (kept)."""
    notes: tuple[Note, ...] = variable.remember("scale", lambda: tuple(_scale_notes(variable)))
    return notes


def _scale_notes(variable: Variable) -> Iterator[Note]:
    numeric = [j for j, kind in enumerate(variable.kinds) if kind != "discrete"]
    columns = list(variable.values[:, numeric].T.copy())
    near = [near_one(column) for column in columns]
    deviations = [column.std() for column in near]
    spread = np.array(
        [
            sd if one is column else deviation(column)
            for column, one, sd in zip(columns, near, deviations, strict=True)
        ]
    )
    if len(numeric) > 1 and spread.min() > 0 and spread.max() > SPREAD_RATIO * spread.min():
        ratio = spread.max() / spread.min()
        yield note_of("scale", variable.names, name=variable.name, ratio=ratio)
    for j, column, sd in zip(numeric, near, deviations, strict=True):
        name = variable.names[j]
        squares = np.square((column - column.mean()) / sd) if sd > 0 else column
        if sd > 0 and np.mean(np.square(squares)) > HEAVY_KURTOSIS:
            yield note_of("heavy_tails", (name,), name=name)
