"""The variables that -x, -y and -z name: columns of one table, or two array files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options.input import InputOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.tables import Table
    from mitool.variables import Variable


@dataclass(frozen=True)
class VariableOptions:
    """The columns of x, of y and of the condition."""

    x: Annotated[
        list[str],
        typer.Option(
            "-x",
            metavar="COLS",
            show_default=False,
            help="Columns of the first variable, taken jointly; repeated, each is one more.",
        ),
    ] = field(default_factory=list)
    y: Annotated[
        list[str],
        typer.Option(
            "-y", metavar="COLS", show_default=False, help="Columns of the second variable."
        ),
    ] = field(default_factory=list)
    given: Annotated[
        str | None,
        typer.Option(
            "-z", "--given", metavar="COLS", show_default=False, help="Columns to condition on."
        ),
    ] = None

    def read(
        self, tables: Sequence[Table], inputs: InputOptions
    ) -> tuple[list[Variable], list[Variable], Variable | None]:
        """Read the variables of x, those of y and the condition."""
        if len(tables) == 2:
            self.check_arrays()
            first, second = _arrays(tables, inputs)
            return [first], [second], None
        return self._of_table(tables[0], inputs)

    def check_arrays(self, others: Sequence[str] = ()) -> None:
        """Refuse options that name columns, ``others`` and -z, where two arrays have none."""
        names = [*["-z"] * bool(self.given), *others]
        if names:
            raise UsageError(
                f"{' and '.join(names)} names columns of a table; two array files have only x and y"
            )

    def open(self, files: Sequence[str], inputs: InputOptions, seed: int) -> list[Table]:
        """Open the files as one table, or as two where each is a variable."""
        if self.x or self.y or len(files) != 2:
            return [inputs.open(files, seed)]
        tables = [inputs.open([file], seed) for file in files]
        if any(entry.format != "npy" for table in tables for entry in table.inputs):
            raise UsageError("name columns with -x and -y; only two .npy files can do without")
        return tables

    def column_names(
        self, table: Table
    ) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
        """Give the names of the columns of every x, of every y and of the condition."""
        lacking = [name for name, specs in (("-x", self.x), ("-y", self.y)) if not specs]
        if lacking:
            shown = ", ".join(table.names[:10]) + (", …" if len(table.names) > 10 else "")
            raise UsageError(
                f"name columns with {' and '.join(lacking)}; {table.label} has {shown}"
            )
        specs = (self.x, self.y, [self.given] if self.given else [])
        x, y, z = ([table.select(spec) for spec in group] for group in specs)
        return x, y, z

    def _of_table(
        self, table: Table, inputs: InputOptions
    ) -> tuple[list[Variable], list[Variable], Variable | None]:
        from mitool.parallel import map_over_rows

        groups = self.column_names(table)
        table.read([name for group in groups for names in group for name in names])  # at once
        inputs.refuse_identifiers(
            table.read([name for names in groups[2] for name in names]), table.names
        )
        columns = [table.read(names) for group in groups for names in group]
        variables = map_over_rows(
            lambda parts: inputs.gather(parts, table.names), columns, table.n_rows
        )
        x, y, z = ([next(variables) for _ in group] for group in groups)
        return x, y, z[0] if z else None


def _arrays(tables: Sequence[Table], inputs: InputOptions) -> list[Variable]:
    """Take each array as one variable, its columns named after its file."""
    paths = [Path(table.inputs[0].path) for table in tables]
    by_stem = paths[0].stem != paths[1].stem
    arrays = []
    for path, table in zip(paths, tables, strict=True):
        name = path.stem if by_stem else str(path)
        names = [f"{name}_{i + 1}" for i in range(len(table.names))]
        if len(names) == 1:
            names = [name]
        columns = zip(table.read(table.names), names, strict=True)
        arrays.append([replace(column, name=new) for column, new in columns])
    known = [column.name for columns in arrays for column in columns]
    return [inputs.gather(columns, known) for columns in arrays]
