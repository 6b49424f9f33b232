"""What a report takes: any record that says which columns it fills, and with what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, Self

from mitool.choices import Unit
from mitool.result import Note
from mitool.result.fields import Field


class Reportable(Protocol):
    """One row to be: an estimate, or an estimate and what a command adds to it."""

    @property
    def fields(self) -> Sequence[Field]:
        """The columns of its report, in order."""
        ...

    @property
    def remarks(self) -> Sequence[Note]:
        """What its reader is to be told."""
        ...

    def to(self, unit: Unit) -> Self:
        """Give the same in another unit."""
        ...

    def row(self) -> dict[str, Any]:
        """Give the cells by the names of the columns, as strict JSON; what is missing is null."""
        ...
