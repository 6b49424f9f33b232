"""The notes on an estimate: of the method, of the data, of the value."""

from __future__ import annotations

from collections.abc import Iterator

from mitool.diagnostics import data_notes, neighbour_notes, scale_notes, table_notes
from mitool.estimators.base import Value
from mitool.measure.method import Method
from mitool.result import Note
from mitool.variables import Variable


def notes_of(
    method: Method, x: Variable, y: Variable, given: Variable | None, value: Value
) -> Iterator[Note]:
    """Yield what a reader is to be told of an estimate."""
    yield from method.notes()
    yield from data_notes(x, y, given, len(x) - value.n_left)
    if method.estimator.family == "neighbours":
        yield from neighbour_notes(x, y, value.mi, value.facts)
        if method.transform == "none":
            yield from scale_notes(x)
            yield from scale_notes(y)
    if method.estimator.family == "counts":
        yield from table_notes(x, y, len(x), value.facts)
    yield from value.notes
