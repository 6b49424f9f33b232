"""``estimate --compare``: the difference between two groups of rows, two files or two targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.codes import note_of
from mitool.errors import MitoolError, UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.result import Estimate
    from mitool.tables import Table
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Variable


@dataclass(frozen=True)
class Comparing:
    """Whether two numbers are compared, and which."""

    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            show_default=False,
            help="The difference of two groups of rows by --by, else of two files, else of two "
            "-y, with an interval and a test.",
        ),
    ] = False
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="COL",
            show_default=False,
            help="Column of two values whose rows --compare compares, over all files.",
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.by and not self.compare:
            raise UsageError("--by is for --compare; add it")

    def groups(
        self, tables: Sequence[Table], by: Variable | None, n_targets: int
    ) -> tuple[Variable, tuple[str, ...]] | None:
        """Give the two groups of rows to compare and their names; None where targets are.

        Two files are compared for each -y: two -y ask for no more than one or three do.
        """
        table = tables[0]
        if not self.compare:
            return None
        if by is not None and self.by is not None:
            return by, _levels(table, self.by)
        n_files = len(table.inputs)
        if len(tables) > 1 or n_files != 2:
            if n_targets == 2:
                return None
            raise UsageError(
                "--compare compares two -y, two groups of rows with --by, or two files of the "
                f"same columns; got {n_targets} -y{f' and {n_files} files' if n_files > 1 else ''}"
            )
        from mitool.variables import gather

        paths = tuple(entry.path for entry in table.inputs)
        numbers = table.file_numbers()
        for number, path in enumerate(paths):
            if number not in numbers.values:
                raise MitoolError(
                    f"none of the rows taken is in {path}: --rows and --sample go through both "
                    "files as one table; change them, or leave them out"
                )
        return gather([numbers], discrete=["file"]), paths

    def differences(
        self,
        xs: Sequence[Variable],
        ys: Sequence[Variable],
        groups: tuple[Variable, tuple[str, ...]] | None,
        settings: Sequence[Settings],
        asked: Uncertainty,
        n_jobs: int,
    ) -> Iterator[Estimate]:
        """Compare for every x: groups of rows for each y, or the two y."""
        from mitool.uncertainty.comparison import between_groups, between_targets

        for x, each in product(xs, settings):
            if groups is None:
                found = between_targets(x, ys[0], ys[1], each, asked, n_jobs)
                yield _named(found, [y.name for y in ys])
                continue
            by, names = groups
            for y in ys:
                yield _named(between_groups(x, y, by, each, asked, n_jobs), names)


def _levels(table: Table, by: str) -> tuple[str, ...]:
    """Name the groups by what the column holds; several columns together have no names."""
    columns = table.read(table.select(by))
    if len(columns) > 1:
        return ()
    (column,) = columns
    present = sorted(set(column.values[column.values == column.values].tolist()))
    return tuple(column.labels[int(v)] if column.labels else f"{v:g}" for v in present)


def _named(found: Estimate, names: Sequence[str]) -> Estimate:
    """Say which is the first and which the second."""
    if len(names) != 2:
        return found
    first, second = names
    quantity = found.estimand.removesuffix("_difference")
    note = note_of("compared", quantity=quantity, first=first, second=second)
    return replace(found, notes=(*found.notes, note))
