"""What columns show, each by itself: repeated values, tails, one value alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of, softened
from mitool.variables import Variable
from mitool.variables.magnitudes import deviation, near_one

DISTINCT_SHARE = 0.95
MANY_TIES = 0.5
FEW_DISTINCT = 0.05
SPREAD_RATIO = 10.0
HEAVY_KURTOSIS = 20.0


def variable_notes(variable: Variable) -> tuple[Note, ...]:
    """What one variable shows: its kind, constant columns, repeated values (kept)."""
    notes: tuple[Note, ...] = variable.remember("notes", lambda: tuple(_notes(variable)))
    return notes


def _notes(variable: Variable) -> Iterator[Note]:
    yield from variable.notes
    n_samples = len(variable)
    for column, (name, kind) in enumerate(zip(variable.names, variable.kinds, strict=True)):
        n_distinct = variable.n_distinct(column)
        if n_distinct == 1:
            yield constant(name)
        elif kind != "discrete":
            yield from ties(name, n_distinct, n_samples)


def constant(name: str) -> Note:
    """Say that a column does not vary."""
    return note_of("constant", (name,), name=name, where=" used")


def ties(name: str, n_distinct: int, n_samples: int) -> Iterator[Note]:
    """What repeated values of a numeric column show."""
    if n_distinct >= DISTINCT_SHARE * n_samples:
        return
    words = {"name": name, "n_distinct": n_distinct}
    note = note_of("ties", (name,), n_rows=n_samples, **words)
    yield note if n_distinct < MANY_TIES * n_samples else softened(note)
    if n_distinct < FEW_DISTINCT * n_samples:
        yield note_of("discrete_as_continuous", (name,), **words)


def scale_notes(variable: Variable) -> tuple[Note, ...]:
    """What to know of numeric columns taken as they are, without a transform (kept)."""
    notes: tuple[Note, ...] = variable.remember("scale", lambda: tuple(_scale_notes(variable)))
    return notes


def _scale_notes(variable: Variable) -> Iterator[Note]:
    numeric = [j for j, kind in enumerate(variable.kinds) if kind != "discrete"]
    values = variable.values[:, numeric]
    spread = np.array([deviation(column) for column in values.T])
    if len(numeric) > 1 and spread.min() > 0 and spread.max() > SPREAD_RATIO * spread.min():
        ratio = spread.max() / spread.min()
        yield note_of("scale", variable.names, name=variable.name, ratio=ratio)
    for j, column in zip(numeric, map(near_one, values.T), strict=True):
        name, sd = variable.names[j], column.std()
        squares = np.square((column - column.mean()) / sd) if sd > 0 else column
        if sd > 0 and np.mean(np.square(squares)) > HEAVY_KURTOSIS:
            yield note_of("heavy_tails", (name,), name=name)
