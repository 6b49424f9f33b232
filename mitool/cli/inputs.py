"""The variables that -x, -y and -z name: columns of one table, or two array files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mitool.cli.reading import Reading
from mitool.errors import UsageError
from mitool.parallel import map_over_rows

if TYPE_CHECKING:
    from mitool.tables import Table
    from mitool.variables import Variable


@dataclass(frozen=True)
class Sides:
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
        self, files: Sequence[str], reading: Reading, seed: int, run: Any
    ) -> tuple[list[Variable], list[Variable], Variable | None]:
        """Read the variables of x, those of y and the condition; ``run`` learns of the input."""
        x, y, z, _ = self.gathered_with({}, self.opened(files, reading, seed), reading, run)
        return x, y, z

    def gathered_with(
        self, options: Mapping[str, str | None], tables: Sequence[Table], reading: Reading, run: Any
    ) -> tuple[list[Variable], list[Variable], Variable | None, dict[str, Variable]]:
        """Read the same, and of each of ``options`` that is given the columns that it names.

        These say what the rows of the table are, and come back by the name of their option.
        """
        run.inputs = [asdict(entry) for table in tables for entry in table.inputs]
        if len(tables) == 2:
            given = [name for name, spec in {"-z": self.given, **options}.items() if spec]
            if given:
                names = " and ".join(given)
                raise UsageError(
                    f"{names} names columns of a table; two array files have only x and y"
                )
            first, second = _arrays(tables, reading)
            return [first], [second], None, {}
        x, y, z = self._of_table(tables[0], reading)
        (table,) = tables
        named = {
            name: reading.gather(table.read(table.select(spec)), table.names)
            for name, spec in options.items()
            if spec
        }
        return x, y, z, named

    def opened(self, files: Sequence[str], reading: Reading, seed: int) -> list[Table]:
        """Open the files as one table, or as two where each is a variable."""
        if self.x or self.y or len(files) != 2:
            return [reading.open(files, seed)]
        tables = [reading.open([file], seed) for file in files]
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
        self, table: Table, reading: Reading
    ) -> tuple[list[Variable], list[Variable], Variable | None]:
        groups = self.named(table)
        read = table.read([name for group in groups for names in group for name in names])
        reading.refuse_identifiers(read, table.names)
        columns = [table.read(names) for group in groups for names in group]
        gathered = map_over_rows(
            lambda column: reading.gather(column, table.names), columns, table.n_rows
        )
        x, y, z = ([next(gathered) for _ in group] for group in groups)
        return x, y, z[0] if z else None


def _arrays(tables: Sequence[Table], reading: Reading) -> list[Variable]:
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
    return [reading.gather(columns, known) for columns in found]
