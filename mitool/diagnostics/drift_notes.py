"""What rows in time show: series that drift, whose likeness is their drift."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mitool.inference.stationarity import Drift, drift_of
from mitool.result import Note
from mitool.result.codes import note_of, softened
from mitool.variables import Variable

CODES: dict[Drift, str] = {"trend": "trend", "unit root": "unit_root"}


def drift_notes(x: Variable, y: Variable) -> Iterator[Note]:
    """Say which columns drift: a warning where x and y both do, else a note.

    Where one of them stays about its level the other may do as it likes: the rows of the first
    can be moved in time as if they were any others.
    """
    notes = [list(_notes(variable)) for variable in (x, y)]
    for note in (note for side in notes for note in side):
        yield note if all(notes) else softened(note)


def unsteadied_notes(x: Variable, y: Variable, given: Variable | None, how: str) -> Iterator[Note]:
    """Say where differences or a trend (``how``) are taken of labels alone, which have neither."""
    sides = (x, y) if given is None else (x, y, given)
    if all(set(side.kinds) == {"discrete"} for side in sides):
        option = "--difference" if how.startswith("difference") else "--detrend"
        words = {"x": x.name, "y": y.name, "option": option}
        yield note_of("nothing_steadied", (*x.names, *y.names), **words)


def both_drift(notes: Iterable[Note]) -> bool:
    """Whether notes say that no series stays, so that no shift in time is valid."""
    return any(note.code in CODES.values() and note.level == "warning" for note in notes)


def _notes(variable: Variable) -> Iterator[Note]:
    for column, (name, kind) in enumerate(zip(variable.names, variable.kinds, strict=True)):
        drift = None if kind == "discrete" else _kept(variable, column)
        if drift is not None:
            yield note_of(CODES[drift], (name,), name=name)


def _kept(variable: Variable, column: int) -> Drift | None:
    """What a column drifts by, kept with the variable: many pairs ask."""
    drift: Drift | None = variable.remember(
        ("drift", column), lambda: drift_of(variable.values[:, column])
    )
    return drift
