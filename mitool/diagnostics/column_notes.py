"""What columns show, each by itself: repeated values, tails, one value alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable, Vector
from mitool.variables.magnitudes import centred, exponents, lines_near_one

SPREAD_RATIO = 10.0
HEAVY_KURTOSIS = 20.0
CLEARLY_LIGHT = 0.99 * HEAVY_KURTOSIS
"""Variances: where no square is larger, the kurtosis, their mean square, is no larger either."""


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
    around = centred(lines_near_one(variable))
    squares = np.square(around)
    variances = np.add.reduce(squares, axis=1) / len(variable)
    if len(numeric) > 1:
        spread = np.ldexp(np.sqrt(variances), exponents(variable))[numeric]
        yield from _unlike(variable, float(spread.min()), float(spread.max()))
    may_be_heavy = np.maximum.reduce(squares, axis=1) > CLEARLY_LIGHT * variances
    for j in numeric:
        if may_be_heavy[j] and _kurtosis(around[j], variances[j]) > HEAVY_KURTOSIS:
            name = variable.names[j]
            yield note_of("heavy_tails", (name,), name=name)


def _unlike(variable: Variable, least: float, most: float) -> Iterator[Note]:
    """Say where the columns of a variable are spread over scales that are far apart."""
    if least > 0 and most > SPREAD_RATIO * least:
        yield note_of("scale", variable.names, name=variable.name, ratio=most / least)


def _kurtosis(around: Vector, variance: float) -> float:
    """Give the kurtosis of values less their mean, 0 of a constant."""
    squares = np.square(around / np.sqrt(variance)) if variance > 0 else np.zeros(1)
    return float(np.mean(np.square(squares)))
