"""The columns of a table beside those asked for: what may group its rows, and names of levels."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mitool.errors import MitoolError, MitoolWarning

if TYPE_CHECKING:
    from mitool.diagnostics.panel import Grouping
    from mitool.tables import Table
    from mitool.tables.column import Column

MOST_COLUMNS = 200
"""Columns that are looked at: groups stand among the first of a table."""


class Panels:
    """Finds the columns of one table that may be groups, and keeps them; knows all by name."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = tables
        self._table = tables[0] if len(tables) == 1 else None
        self._kept: list[Grouping] | None = None

    def column(self, name: str) -> Column | None:
        """Give a column that was read before, None where no table has one of the name."""
        held = [table for table in self._tables if name in table.names]
        return held[0].read([name])[0] if held else None

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
