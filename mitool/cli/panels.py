"""The columns of a table that may be groups of its rows, read once a note asks for them."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mitool.errors import MitoolError, MitoolWarning

if TYPE_CHECKING:
    from mitool.diagnostics.panel import Grouping
    from mitool.tables import Table

MOST_COLUMNS = 200
"""Columns that are looked at: groups stand among the first of a table."""


class Panels:
    """Finds the columns of one table that may be groups, and keeps them."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._table = tables[0] if len(tables) == 1 else None
        self._kept: list[Grouping] | None = None

    def __call__(self) -> list[Grouping]:
        """Give them; none where there are two arrays, or the others cannot be read."""
        if self._kept is None:
            self._kept = [] if self._table is None else _groupings(self._table)
        return self._kept


def _groupings(table: Table) -> list[Grouping]:
    from mitool.diagnostics.panel import groupings_among
    from mitool.variables import gather
    from mitool.variables.tablecolumns import usable

    with warnings.catch_warnings():  # of columns that nobody asked for
        warnings.simplefilter("ignore", MitoolWarning)
        try:
            columns = table.read(usable(table)[0][:MOST_COLUMNS])
            return groupings_among([gather([column]) for column in columns])
        except MitoolError:
            return []
