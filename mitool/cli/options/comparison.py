"""``estimate --compare``: the difference between two groups of rows, two files or two targets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mitool.errors import MitoolError, UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.result import Estimate
    from mitool.tables import Table
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Variable


class Compared(NamedTuple):
    """Two groups of rows: ``by`` says which rows are of which; no names where there are none."""

    by: Variable
    names: tuple[str, ...]


@dataclass(frozen=True)
class ComparisonOptions:
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

    def compared(
        self, tables: Sequence[Table], by: Variable | None, n_targets: int
    ) -> Compared | None:
        """Give the two groups of rows to compare; None where two targets are, or nothing is.

        Two files are compared for each -y, also where there are two of them.
        """
        table = tables[0]
        if not self.compare:
            return None
        if by is not None and self.by is not None:
            return _parted(table, by, self.by)
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
        return Compared(gather([numbers], discrete=["file"]), paths)

    def differences(
        self,
        xs: Sequence[Variable],
        ys: Sequence[Variable],
        groups: Compared | None,
        settings: Sequence[Settings],
        uncertainty: Uncertainty,
        n_jobs: int,
    ) -> Iterator[Estimate]:
        """Yield, for every x and estimator, the difference of groups for each y, or of two y.

        One of many that cannot be made is a failed one, which says why.
        """
        from mitool.uncertainty.comparison import between_groups, between_targets, one_of_many
        from mitool.uncertainty.naming import named

        targets = ys if groups else ys[:1]
        act, second, names = (
            (between_groups, groups.by, groups.names)
            if groups
            else (between_targets, ys[1], [y.name for y in ys])
        )
        work = list(product(xs, settings, targets))
        for x, method, y in work:
            make = partial(act, x, y, second, method, uncertainty, n_jobs)
            difference = make() if len(work) == 1 else one_of_many(make, x, y, method)
            yield named(difference, names)


def _parted(table: Table, by: Variable, spec: str) -> Compared:
    from mitool.uncertainty.naming import level_names

    return Compared(by, level_names(table.read(table.select(spec))))
