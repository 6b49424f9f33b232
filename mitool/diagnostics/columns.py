"""What columns show, each by itself: repeated values, tails, one value alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mitool.result import Note
from mitool.variables import Variable
from mitool.variables.magnitudes import deviation, near_one

DISTINCT_SHARE = 0.95
MANY_TIES = 0.5
FEW_DISTINCT = 0.05
SPREAD_RATIO = 10.0
HEAVY_KURTOSIS = 20.0


def variable_notes(variable: Variable) -> tuple[Note, ...]:
    """What one variable shows: its kind, constant columns, repeated values (kept)."""
    found: tuple[Note, ...] = variable.remember("notes", lambda: tuple(_notes(variable)))
    return found


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
    return Note("constant", f"column {name!r} has one value in all rows used", (name,))


def ties(name: str, n_distinct: int, n_samples: int) -> Iterator[Note]:
    """What repeated values of a numeric column show."""
    if n_distinct >= DISTINCT_SHARE * n_samples:
        return
    message = f"column {name!r} has {n_distinct} different values in {n_samples} rows"
    many = n_distinct < MANY_TIES * n_samples
    yield Note("ties", message, (name,), "warning" if many else "note")
    if n_distinct < FEW_DISTINCT * n_samples:
        yield Note(
            "discrete_as_continuous",
            f"column {name!r} is taken as a number although it repeats {n_distinct} values; if "
            f"they are classes or counts, --discrete {name} is the better choice",
            (name,),
        )


def scale_notes(variable: Variable) -> tuple[Note, ...]:
    """What to know of numeric columns taken as they are, without a transform (kept)."""
    found: tuple[Note, ...] = variable.remember("scale", lambda: tuple(_scale_notes(variable)))
    return found


def _scale_notes(variable: Variable) -> Iterator[Note]:
    numeric = [j for j, kind in enumerate(variable.kinds) if kind != "discrete"]
    values = variable.values[:, numeric]
    spread = np.array([deviation(column) for column in values.T])
    if len(numeric) > 1 and spread.min() > 0 and spread.max() > SPREAD_RATIO * spread.min():
        yield Note(
            "scale",
            f"the columns of {variable.name!r} differ {spread.max() / spread.min():.0f}-fold in "
            "spread, so distances see only the widest; --transform normal makes them equal",
            variable.names,
        )
    for j, column in zip(numeric, map(near_one, values.T), strict=True):
        name, sd = variable.names[j], column.std()
        squares = np.square((column - column.mean()) / sd) if sd > 0 else column
        if sd > 0 and np.mean(np.square(squares)) > HEAVY_KURTOSIS:
            yield Note(
                "heavy_tails",
                f"column {name!r} has a few values far from all others, which blur distances "
                "among the rest; --transform normal tames them",
                (name,),
            )
