"""What a reader is to be told of an estimate: by its variables, its method, its value."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from mitool.diagnostics import (
    data_notes,
    neighbour_notes,
    resolution_notes,
    scale_notes,
    table_notes,
)
from mitool.diagnostics.drift_notes import unsteadied_notes
from mitool.estimators.base import Value
from mitool.measure.causes import cause_notes, unused_notes
from mitool.measure.method import Method
from mitool.parallel import map_over_rows
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable


def remarks(
    method: Method, pair: tuple[Variable, Variable], given: Variable | None, value: Value
) -> Iterator[Note]:
    """Give the notes on a value, of x and y as they were before anything was taken off."""
    x, y = pair
    yield from method.notes()
    yield from data_notes(x, y, given, len(x) - value.n_left)
    if method.steadied:
        yield from unsteadied_notes(x, y, given, method.steadied)
    if method.keeps_ties(x, y):
        yield note_of("ties_kept", (*x.names, *y.names), x=x.name, y=y.name)
    yield from cause_notes(method.estimator, x, y, given)
    if method.reason is None:
        yield from unused_notes(method.estimator, x, y, given)
    if method.estimator.family == "neighbours":
        yield from neighbour_notes(x, y, value.mi, value.facts)
        yield from resolution_notes(x, y, value.extras)
        if method.transform == "none":
            yield from chain(*map_over_rows(scale_notes, pair, len(x)))
    if method.estimator.family == "counts":
        yield from table_notes(x, y, len(x), value.facts)
    yield from value.notes
