"""The options of input: how the input is laid out, and what its columns are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import Missing
from mitool.cli.options import option
from mitool.errors import MitoolError, UsageError
from mitool.tables.formats import listed

if TYPE_CHECKING:
    from mitool.streaming.census import Survey
    from mitool.tables import Column, Table
    from mitool.variables import Variable


@dataclass(frozen=True)
class InputOptions:
    """How the input is laid out, and what its columns are."""

    input_format: Annotated[
        str | None,
        option(
            "--input-format",
            metavar="FORMAT",
            help=f"{listed('or')}, if not found by itself.",
        ),
    ] = None
    delimiter: Annotated[
        str | None,
        option(
            "--delimiter",
            metavar="CHAR",
            help="Separator of a text table: one character, or tab, space, comma, semicolon, pipe.",
        ),
    ] = None
    decimal: Annotated[
        str | None, option("--decimal", metavar="CHAR", help="Decimal mark of a text table.")
    ] = None
    encoding: Annotated[
        str | None, option("--encoding", metavar="NAME", help="Encoding of a text table.")
    ] = None
    comment: Annotated[
        str | None,
        option("--comment", metavar="TEXT", help="Lines that begin with TEXT are left out."),
    ] = None
    skip_rows: Annotated[
        int,
        option("--skip-rows", metavar="N", min=0, help="Lines before the header to leave out."),
    ] = 0
    no_header: Annotated[
        bool, option("--no-header", help="The first row is data; columns are c1, c2, …")
    ] = False
    na: Annotated[
        list[str],
        option("--na", metavar="TEXT", help="A further mark of a missing value; repeatable."),
    ] = field(default_factory=list)
    no_default_na: Annotated[
        bool, option("--no-default-na", help="Only the marks of --na stand for missing values.")
    ] = False
    missing: Annotated[
        Missing,
        typer.Option(
            "--missing", help="Leave rows with missing values out of their pair, or refuse them."
        ),
    ] = "drop"
    discrete: Annotated[
        list[str],
        option(
            "--discrete", metavar="COLS", help="Columns to take as labels, as they are written."
        ),
    ] = field(default_factory=list)
    continuous: Annotated[
        list[str],
        option("--continuous", metavar="COLS", help="Columns to take as numbers, however few."),
    ] = field(default_factory=list)
    rows: Annotated[
        str | None,
        option("--rows", metavar="A:B", help="Only rows A to B-1, counted from 0."),
    ] = None
    sample: Annotated[
        int | None,
        option("--sample", metavar="N", min=1, help="Only N rows, drawn at random by the seed."),
    ] = None

    allow_expansion: Annotated[
        bool,
        option(
            "--allow-expansion",
            help="Read packed input even if it grows more than 1000-fold, beyond 1 GB.",
        ),
    ] = False

    def open(self, files: Sequence[str], seed: int = 0) -> Table:
        """Open files as one table."""
        from mitool.tables import ReadOptions, open_table, parse_rows

        options = ReadOptions(
            format=self.input_format,
            delimiter=self.delimiter,
            decimal=self.decimal,
            encoding=self.encoding,
            comment=self.comment,
            skip_rows=self.skip_rows,
            header=not self.no_header,
            na=tuple(self.na),
            default_na=not self.no_default_na,
            rows=parse_rows(self.rows) if self.rows else None,
            sample=self.sample,
            seed=seed,
            discrete=tuple(self.discrete),
            continuous=tuple(self.continuous),
            allow_expansion=self.allow_expansion,
        )
        return open_table(list(files), options)

    @property
    def first_row(self) -> int:
        """The number of the first row that is read."""
        from mitool.tables import parse_rows

        return (parse_rows(self.rows)[0] or 0) if self.rows else 0

    def check_order(self, order: str) -> None:
        """Refuse a random sample of rows that are times: it would change their distances."""
        if self.sample is not None and order == "time":
            raise UsageError(
                "--sample leaves gaps between rows that are times; use --rows A:B for a stretch"
            )

    def gather(self, columns: Sequence[Column], known: Sequence[str]) -> Variable:
        """Make one variable of columns; ``known`` are all names that the input has.

        Columns that name rows are refused when it is estimated: others may be asked for beside it.
        """
        from mitool.variables import gather
        from mitool.variables.identifiers import refusal_of

        declared = self.declared(known)
        refusal = refusal_of(columns, declared[0])
        return replace(gather(columns, *declared), refusal=str(refusal) if refusal else None)

    def read_jointly(self, table: Table, spec: str | None) -> Variable | None:
        """Read the columns of ``spec`` as one variable; None where there is no ``spec``."""
        if spec is None:
            return None
        return self.gather(table.read(table.select(spec)), table.names)

    def declared(self, known: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Give the columns whose kind the user decides: the discrete, and the continuous."""
        from mitool.tables.readoptions import declared

        return declared(self.discrete, self.continuous, known)

    def refuse_identifiers(self, columns: Sequence[Column], known: Sequence[str]) -> None:
        """Refuse columns of text that name rows, unless declared discrete."""
        from mitool.variables.identifiers import refuse_identifiers

        refuse_identifiers(columns, self.declared(known)[0])

    def refusal_of(self, surveys: Iterable[Survey], known: Sequence[str]) -> MitoolError | None:
        """Give the error that columns of a stream are refused by, if one names rows.

        All or nearly, and unless declared discrete.
        """
        from mitool.variables.identifiers import identifier

        labels = self.declared(known)[0]
        named = ((survey.name, survey.naming) for survey in surveys if survey.name not in labels)
        return next((identifier(name, naming) for name, naming in named if naming), None)
