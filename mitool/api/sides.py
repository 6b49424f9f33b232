"""Arguments beside a table: they name some of its columns, or hold values of the same rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mitool.api.entering import (
    NAMING,
    Columns,
    Decided,
    chosen,
    columns_of,
    decided_among,
)
from mitool.errors import MitoolError, UsageError
from mitool.tables import Column, Table
from mitool.variables import Variable, gather_each
from mitool.variables.identifiers import refuse_identifiers


@dataclass(frozen=True, eq=False)
class Sides:
    """The columns of each argument that is given; ``taken`` are those of the table's own."""

    table: Table
    columns: Mapping[str, Sequence[Column]]
    taken: frozenset[str]

    @classmethod
    def of(cls, table: Table, arguments: Mapping[str, Any]) -> Sides:
        """Read arguments that name columns of a table, or hold values of their own."""
        columns: dict[str, list[Column]] = {}
        taken: set[str] = set()
        for name, value in arguments.items():
            if names_columns(value, table):
                names = chosen(table, value, name)
                if not names:
                    raise UsageError(
                        f"{name} names no column; name one of the data, or leave it out"
                    )
                taken.update(names)
                columns[name] = table.read(names)
            elif value is not None:
                columns[name] = columns_of(value, name)
                _require_rows(name, len(columns[name][0]), table)
        return cls(table, columns, frozenset(taken))

    def decided(self, discrete: Columns, continuous: Columns) -> Decided:
        """Find the columns whose kind is decided among those of the table and of the arguments."""
        names = {name: [column.name for column in some] for name, some in self.columns.items()}
        known = [*self.table.names, *(name for some in names.values() for name in some)]
        groups = {**self.table.groups, **names}
        return decided_among(list(dict.fromkeys(known)), groups, discrete, continuous)

    def joint(self, decided: Decided) -> dict[str, Variable]:
        """Make each argument one variable."""
        for name, some in self.columns.items():
            if name not in NAMING:
                refuse_identifiers(some, decided[0])
        variables = gather_each(list(self.columns.values()), *decided)
        return dict(zip(self.columns, variables, strict=True))


def names_columns(value: Any, table: Table) -> bool:
    """Whether columns of a table are meant, by a text or a list of texts.

    A list of texts that has a text for each row, and none that is a column, is labels.
    """
    if not isinstance(value, list | tuple):
        return isinstance(value, str)
    is_labels = len(value) == table.n_rows and not any(name in table.names for name in value)
    return not is_labels and all(isinstance(name, str) for name in value)


def _require_rows(name: str, n_rows: int, table: Table) -> None:
    if n_rows != table.n_rows:
        raise MitoolError(f"{name} has {n_rows} rows, but the data have {table.n_rows}")
