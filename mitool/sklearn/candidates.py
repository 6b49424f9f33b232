"""The columns of X that can be compared with y, and what is to be said of the others."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

import numpy as np

from mitool.choices import TargetKind
from mitool.errors import MitoolError, MitoolWarning, UsageError, attempt
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.result.wording import warnings_among
from mitool.tables import Table, from_python
from mitool.tables.column import Column
from mitool.tables.columnnames import ColumnNames
from mitool.tables.columnspecs import absent
from mitool.variables import Variable, Vector, gather, is_identifier
from mitool.variables.tablecolumns import usable, variables_of

Chosen = str | Sequence[str] | Sequence[int] | Sequence[bool] | None
"""Some columns: by their names, by their places, or by a mask; auto or None are none of them."""


@dataclass(frozen=True)
class Candidates:
    """The columns of a table that can be estimated; ``names`` are those of all."""

    names: ColumnNames
    n_rows: int
    variables: list[Variable]
    notes: list[Note]

    @classmethod
    def among(cls, data: Any, discrete: Chosen, continuous: Chosen, estimator: str) -> Candidates:
        """Take the columns of an array or a frame, each by itself; one that is bad harms no other.

        Identifiers, constants and empty columns are left out, as in a matrix.
        """
        table = from_python(data)
        declared = chosen(discrete, table, "discrete"), chosen(continuous, table, "continuous")
        for name in sorted(frozenset.intersection(*declared)):
            raise UsageError(f"column {name!r} cannot be both discrete and continuous")
        names, notes = usable(table)
        variables: list[Variable] = []
        for column in table.read(names):
            made, more = attempt(
                partial(variables_of, [column], *declared),
                partial(_without, column.name, estimator),
            )
            variables += made
            notes += more
        return cls(table.names, table.n_rows, variables, notes)

    def require_rows_of(self, target: Variable) -> None:
        """Refuse a target of other rows."""
        if len(target) != self.n_rows:
            raise MitoolError(f"X has {self.n_rows} rows, but y has {len(target)}")

    def spread(self, values: Iterable[float | None]) -> Vector:
        """Put values, one for each column that can be estimated, in their places; NaN elsewhere."""
        whole = np.full(len(self.names), np.nan)
        whole[self.places] = np.array(list(values), dtype=float)
        return whole

    @property
    def places(self) -> list[int]:
        """Where each column that can be estimated stands among all, from 0."""
        place = {name: number for number, name in enumerate(self.names)}
        return [place[variable.name] for variable in self.variables]


def _without(name: str, estimator: str, error: MitoolError) -> tuple[list[Variable], list[Note]]:
    return [], [note_of("failed", (name,), what=f"{name}, {estimator}", reason=error)]


def chosen(some: Any, table: Table, option: str) -> frozenset[str]:
    """Give the names of the columns that an argument of this name chooses."""
    if some is None or (isinstance(some, str) and some == "auto"):
        return frozenset()
    names, marks = table.names, np.atleast_1d(np.asarray(some))
    if marks.dtype.kind == "b":
        if marks.shape != (len(names),):
            raise UsageError(
                f"{option} is a mask of shape {marks.shape}, but there are {len(names)} columns"
            )
        return frozenset(name for name, mark in zip(names, marks, strict=True) if mark)
    if marks.dtype.kind in "iu":
        if marks.size and not 0 <= marks.min() <= marks.max() < len(names):
            raise UsageError(f"{option} has places beyond those of {len(names)} columns from 0")
        return frozenset(names[place] for place in marks)
    for name in marks.tolist():
        if name not in names:
            raise absent(str(name), names, "X")
    return frozenset(marks.tolist())


def target_of(y: Any, kind: TargetKind) -> Variable:
    """Take the target, its columns jointly; ``kind`` is auto, discrete or continuous."""
    if kind not in get_args(TargetKind):
        raise UsageError(f"target must be one of {', '.join(get_args(TargetKind))}, got {kind!r}")
    table = from_python(y, "y")
    columns = table.read(table.names)
    if kind == "auto":
        refuse_identifier(columns)
    decided = {kind: frozenset(table.names)}
    return gather(columns, decided.get("discrete", ()), decided.get("continuous", ()))


def refuse_identifier(columns: Sequence[Column]) -> None:
    """Refuse a target of text that names every row differently."""
    for column in columns:
        if is_identifier(column):
            raise MitoolError(
                f"the target {column.name!r} names every row differently, so it tells nothing of "
                "another column; if it holds labels all the same, say target='discrete'"
            )


def warn_of(notes: Iterable[Note], stacklevel: int) -> None:
    """Raise the warnings among some notes, so many calls above."""
    for note in warnings_among(notes):
        warnings.warn(MitoolWarning(note.code, note.message), stacklevel=stacklevel + 1)
