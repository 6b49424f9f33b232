"""What results look like: a picture, and a table in a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mitool.api.door import door
from mitool.report import Run
from mitool.result.fields import Field

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mitool.plots import Picture
    from mitool.tasks.matrix import MatrixOutline

SHOWN = 20
"""Results of which a line is shown."""


@dataclass(frozen=True, eq=False)
class Origin:
    """What a function knows of its results besides them, for the files and squares they make."""

    run: Run
    fields: Sequence[Field]
    outline: MatrixOutline | None = None


class Pictured:
    """Rows that can be looked at."""

    _origin: Origin

    def rows(self) -> list[dict[str, Any]]:
        """Give a mapping for each result, as a JSON report has it."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        """Show the same in a notebook."""
        from mitool.pages.notebook import notebook_table

        rows = self.rows()
        head = f"{type(self).__name__} of {len(rows)}"
        return notebook_table(head, rows[:SHOWN], self._origin.fields, len(rows) - SHOWN)

    @door
    def plot(self, path: str | PathLike[str] | None = None) -> list[Axes]:
        """Draw the results as the command line does with ``--plot``; needs matplotlib.

        Parameters
        ----------
        path
            A file to draw into as well; its suffix (``.png``, ``.svg``, ``.pdf``) is its format.

        Returns
        -------
        list of matplotlib.axes.Axes
            What was drawn: a heat map of a matrix, a ranking of a screen, dots with intervals, a
            curve over lags, the sweeps of a diagnosis. ``axes[0].figure`` is the whole.

        Raises
        ------
        MitoolError
            Without matplotlib, or if the file cannot be written.
        """
        from mitool.plots import painted, written_to

        pictures = self._pictures()
        if path is not None:
            written_to(Path(path), pictures)
        axes: list[Axes] = painted(pictures).axes
        return axes

    def _pictures(self) -> list[Picture]:
        """Give the pictures of the rows."""
        raise NotImplementedError
