"""What a table is made of: one opened input, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from mitool.tables.column import Column
from mitool.tables.piece import Batch

Reason = tuple[str, str]
"""A code, and words that go on after the name of a column."""


class Part(Protocol):
    """One opened input."""

    names: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    in_pieces: bool
    """Whether it can be read in pieces, in ``batches``."""
    aside: Mapping[str, Reason]
    """The columns that are not meant where all are, and why."""

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
class Text(Protocol):
    """A part whose labels mean something only as a whole column, and whose rows are not counted."""

    def about_n_rows(self, n_bytes: int) -> float:
        """Guess the number of rows from the number of bytes as stored."""
        ...

    def settle(self, names: Sequence[str]) -> None:
        """Count the rows on the way of what ``batches`` of these columns needs to know first."""
        ...

    def tidied(self, column: Column) -> Column:
        """Turn a column of all its different words into what they mean."""
        ...
