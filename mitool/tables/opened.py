"""The inputs of a table, opened, and what they must have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mitool.errors import MitoolError
from mitool.tables.column import Column
from mitool.tables.digits import name_among
from mitool.tables.reader import Reader, UncountedText


@dataclass(frozen=True)
class Input:
    """What the report says about one input; the fields are those of its ``input`` entries."""

    path: str
    format: str
    bytes: int
    rows: int
    columns: int


@dataclass(frozen=True, eq=False)
class Opened:
    """One opened input and where it comes from; ``n_bytes`` as stored."""

    reader: Reader
    path: str
    format: str
    n_bytes: int

    @property
    def entry(self) -> Input:
        """What the report says about it."""
        n_columns = len(self.reader.names)
        return Input(self.path, self.format, self.n_bytes, self.reader.n_rows, n_columns)

    @property
    def about_n_rows(self) -> int:
        """How many rows there are, guessed where counting them takes a pass over the file."""
        reader = self.reader
        if isinstance(reader, UncountedText):
            return int(reader.about_n_rows(self.n_bytes))
        return reader.n_rows

    def interpreted(self, column: Column) -> Column:
        """Turn a column of words into what they mean, where only the whole column says it."""
        reader = self.reader
        return reader.interpreted(column) if isinstance(reader, UncountedText) else column


def require_same_columns(first: Opened, other: Opened) -> None:
    """Refuse an input whose columns are not those of the first."""
    names, expected = other.reader.names, first.reader.names
    if names == expected:
        return
    if sorted(names) == sorted(expected):
        what = "has the same columns in another order"
    else:
        lacks = [repr(n) for n in expected if n not in names][:5]
        extra = [repr(n) for n in names if n not in expected][:5]
        words = [f"lacks {', '.join(lacks)}"] * bool(lacks)
        words += [f"has {', '.join(extra)} besides"] * bool(extra)
        what = " and ".join(words)
    raise MitoolError(f"{other.path} is not a part of the same table as {first.path}: it {what}")


def require_one_origin(columns: Sequence[Column], inputs: Sequence[Opened]) -> None:
    """Refuse inputs that disagree on what a column holds; one that is all missing agrees."""
    paths: dict[str, str] = {}
    for column, opened in zip(columns, inputs, strict=True):
        if not np.isnan(column.values).all():
            paths.setdefault(column.origin, opened.path)
    if len(paths) > 1:
        (kind, path), (other, other_path) = list(paths.items())[:2]
        words = any(column.labels and name_among(column.labels) for column in columns)
        remedy = f"; --discrete {columns[0].name} takes it as labels in all" if words else ""
        raise MitoolError(
            f"column {columns[0].name!r} holds {kind} values in {path} but {other} values in "
            f"{other_path}; the parts of one table must agree{remedy}"
        )
