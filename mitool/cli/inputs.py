"""The variables that -x, -y and -z name: columns of one table, or two array files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitool.cli.reading import InputOptions
from mitool.errors import UsageError
from mitool.parallel import map_over_rows

if TYPE_CHECKING:
    from mitool.tables import Table
    from mitool.variables import Variable


@dataclass(frozen=True)
class VariableOptions:
    """Which columns are the variables."""

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

    def gathered(
        self, files: Sequence[str], inputs: InputOptions, seed: int, run: Any
    ) -> tuple[list[Variable], list[Variable], Variable | None]:
        """Read the variables of x, those of y and the condition; ``run`` learns of the input."""
        x, y, z, _ = self.gathered_with((), self.opened(files, inputs, seed), inputs, run)
        return x, y, z

    def gathered_with(
        self, more: Sequence[str], tables: Sequence[Table], inputs: InputOptions, run: Any
    ) -> tuple[list[Variable], list[Variable], Variable | None, list[Variable]]:
        """Read the same, and ``more`` columns of the table that say what its rows are."""
        run.inputs = [asdict(entry) for table in tables for entry in table.inputs]
        if len(tables) == 2:
            if self.given or more:
                names = " and ".join(["-z"] * bool(self.given) + ["--groups or --by"] * bool(more))
                raise UsageError(
                    f"{names} names columns of a table; two array files have only x and y"
                )
            first, second = _arrays(tables, inputs)
            return [first], [second], None, []
        x, y, z = self._of_table(tables[0], inputs)
        others = [
            inputs.gather(tables[0].read(tables[0].select(spec)), tables[0].names) for spec in more
        ]
        return x, y, z, others

    def opened(self, files: Sequence[str], inputs: InputOptions, seed: int) -> list[Table]:
        """Open the files as one table, or as two where each is a variable."""
        if self.x or self.y or len(files) != 2:
            return [inputs.open(files, seed)]
        tables = [inputs.open([file], seed) for file in files]
        if any(entry.format != "npy" for table in tables for entry in table.inputs):
            raise UsageError("name columns with -x and -y; only two .npy files can do without")
        return tables

    def named(self, table: Table) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
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
        groups = self.named(table)
        read = table.read([name for group in groups for names in group for name in names])
        inputs.refuse_identifiers(read, table.names)
        columns = [table.read(names) for group in groups for names in group]
        gathered = map_over_rows(
            lambda column: inputs.gather(column, table.names), columns, table.n_rows
        )
        x, y, z = ([next(gathered) for _ in group] for group in groups)
        return x, y, z[0] if z else None


def _arrays(tables: Sequence[Table], inputs: InputOptions) -> list[Variable]:
    """Take each array as one variable, its columns named after its file."""
    paths = [Path(table.inputs[0].path) for table in tables]
    by_stem = paths[0].stem != paths[1].stem
    found = []
    for path, table in zip(paths, tables, strict=True):
        name = path.stem if by_stem else str(path)
        names = [f"{name}_{i + 1}" for i in range(len(table.names))]
        if len(names) == 1:
            names = [name]
        columns = zip(table.read(table.names), names, strict=True)
        found.append([replace(column, name=new) for column, new in columns])
    known = [column.name for columns in found for column in columns]
    return [inputs.gather(columns, known) for columns in found]
