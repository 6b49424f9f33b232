"""A picture beside a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from mitool.plots.figure import check_drawable, kind_of, save
from mitool.plots.of_rows import pictures_of
from mitool.plots.picture import Picture, Row
from mitool.report import Field

Illustrator = Callable[[Sequence[Row]], list[Picture]]
"""Gives the pictures of a report; it may know more than its rows, as the columns themselves."""


@dataclass(frozen=True)
class Drawing:
    """The file of ``--plot``; without an illustrator, the rows are all that is drawn."""

    path: Path
    illustrate: Illustrator | None = None

    @staticmethod
    def checked(path: Path) -> Drawing:
        """Refuse a file into which no picture could be drawn in the end."""
        check_drawable(path)
        return Drawing(path)

    def showing(self, illustrate: Illustrator) -> Drawing:
        """Give the same with pictures by another illustrator."""
        return replace(self, illustrate=illustrate)

    def write(
        self,
        file: IO[bytes],
        rows: Sequence[Row],
        fields: Sequence[Field],
        record: Mapping[str, Any],
    ) -> None:
        """Draw all pictures of the report, one below the other."""
        act = self.illustrate or partial(pictures_of, record["tool"]["command"])
        save(act(rows), file, kind_of(self.path))
