"""What a user should be told about these data and this estimate.

The cheap checks run inside every estimate. Each has a stable code, a threshold with its reason,
and one sentence that needs no statistics to be understood.
"""

from __future__ import annotations

from collections.abc import Iterator

from mitool.diagnostics.column_notes import constant, scale_notes, variable_notes
from mitool.diagnostics.estimate_notes import (
    entropy_of_labels,
    neighbour_notes,
    numbers_are_plain,
    resolution_notes,
    table_notes,
)
from mitool.diagnostics.row_notes import autocorrelation, duplicates, size_notes
from mitool.result import Note
from mitool.variables import Variable

__all__ = [
    "constant",
    "data_notes",
    "entropy_of_labels",
    "neighbour_notes",
    "numbers_are_plain",
    "resolution_notes",
    "scale_notes",
    "size_notes",
    "table_notes",
    "variable_notes",
]


def data_notes(x: Variable, y: Variable, given: Variable | None, n_used: int) -> Iterator[Note]:
    """What the variables themselves show; the number rests on ``n_used`` of their rows."""
    variables = (x, y) if given is None else (x, y, given)
    for variable in variables:
        yield from variable_notes(variable)
    yield from size_notes(n_used)
    yield from duplicates(x, y)
    yield from autocorrelation(x, y)
