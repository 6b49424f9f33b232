"""What opens an input of any format must give: a reader of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from mitool.tables.column import Column
from mitool.tables.columnnames import ColumnNames
from mitool.tables.piece import Batch

Reason = tuple[str, str]
"""A code, and words that go on after the name of a column."""


class Reader(Protocol):
    """Reads the columns of one opened input; ``names`` are in file order.

    ``groups`` are names that mean several columns.
    """

    names: ColumnNames
    groups: dict[str, tuple[str, ...]]
    in_pieces: bool
    """Whether it can be read in pieces, in ``batches``."""

    @property
    def aside(self) -> Mapping[str, Reason]:
        """The columns that are left out where all are taken, and why."""
        ...

    @property
    def n_rows(self) -> int:
        """How many rows there are in all."""
        ...

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read the columns of these names, all rows."""
        ...

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Read them in pieces of at most so many rows."""
        ...


@runtime_checkable
class UncountedText(Protocol):
    """A reader of text: what words mean depends on the whole column, and rows are not counted."""

    def about_n_rows(self, n_bytes: int) -> float:
        """Guess the number of rows from the number of bytes as stored."""
        ...

    def find_types(self, names: Sequence[str]) -> None:
        """Find the types of these columns in the whole file, and count its rows on the way."""
        ...

    def interpreted(self, column: Column) -> Column:
        """Turn a column of all its different words into what they mean."""
        ...
