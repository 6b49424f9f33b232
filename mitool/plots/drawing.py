"""A picture beside a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Self

from mitool.plots.figure import check_drawable, kind_of, save
from mitool.plots.of_rows import compared_in, pictures_of
from mitool.plots.picture import Picture, Row
from mitool.report import Field

Illustrator = Callable[[Sequence[Row]], list[Picture]]
"""Gives the pictures of a report; it may know more than its rows, as the columns themselves."""


@dataclass(frozen=True)
class Illustrated:
    """What stands beside a report with pictures; without an illustrator, rows are all they show."""

    path: Path
    illustrate: Illustrator | None = None

    def showing(self, illustrate: Illustrator) -> Self:
        """Give the same with pictures by another illustrator."""
        return replace(self, illustrate=illustrate)

    def pictures(self, rows: Sequence[Row], record: Mapping[str, Any]) -> list[Picture]:
        """Give the pictures of the rows of a report, whose record says what made them."""
        if self.illustrate:
            return self.illustrate(rows)
        return pictures_of(record["tool"]["command"], rows, compared_in(record["warnings"]))


@dataclass(frozen=True)
class Drawing(Illustrated):
    """The file of ``--plot``."""

    @staticmethod
    def checked(path: Path) -> Drawing:
        """Refuse a file into which no picture could be drawn in the end."""
        check_drawable(path)
        return Drawing(path)

    def write(
        self,
        file: IO[bytes],
        rows: Sequence[Row],
        fields: Sequence[Field],
        record: Mapping[str, Any],
    ) -> None:
        """Draw all pictures of the report, one below the other."""
        save(self.pictures(rows, record), file, kind_of(self.path))
