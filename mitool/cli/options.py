"""The options that more than one command takes, and the groups they come in.

A command names a group in its signature (``read: Reading``) and gets all its options; see
``mitool.cli.groups``. Only what works is listed here: no option is accepted and ignored.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mitool.errors import MitoolError, UsageError
from mitool.selection import select

if TYPE_CHECKING:
    from mitool.measurement import Settings
    from mitool.report import Output
    from mitool.tables import Column, Table
    from mitool.variables import Variable

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Table or array file; several are row-wise parts of one table; - is standard input.",
        show_default=False,
    ),
]
GroupColumns = Annotated[
    str | None,
    typer.Option(
        "--groups",
        metavar="COLS",
        show_default=False,
        help="Rows of one value belong together (subjects, batches): they are resampled, permuted "
        "and kept aside whole.",
    ),
]
Seed = Annotated[
    int, typer.Option("-s", "--seed", metavar="N", min=0, help="Seed of every random choice.")
]

Normalize = Annotated[
    Literal["none", "min", "max", "sqrt", "joint", "r"],
    typer.Option(
        "--normalize",
        help="Add the share of an entropy (of labels or bins: the smaller, the larger, their "
        "geometric mean, or that of both together), or r, the correlation of Gaussian variables "
        "of this information.",
    ),
]
Threads = Annotated[
    str | None,
    typer.Option(
        "-j",
        "--threads",
        metavar="N",
        show_default=False,
        help="Threads, or auto: as many as affinity, control group and batch system grant; "
        "MITOOL_THREADS sets another default.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _option(*names: str, **more: Any) -> Any:
    return typer.Option(*names, show_default=more.pop("show_default", False), **more)


@dataclass(frozen=True)
class Reading:
    """How the input is read and what its columns are."""

    input_format: Annotated[
        str | None,
        _option(
            "--input-format",
            metavar="FORMAT",
            help="csv, tsv, parquet, feather, arrow, npy, npz or jsonl, if not found by itself.",
        ),
    ] = None
    delimiter: Annotated[
        str | None,
        _option(
            "--delimiter",
            metavar="CHAR",
            help="Separator of a text table: one character, or tab, space, comma, semicolon, pipe.",
        ),
    ] = None
    decimal: Annotated[
        str | None, _option("--decimal", metavar="CHAR", help="Decimal mark of a text table.")
    ] = None
    encoding: Annotated[
        str | None, _option("--encoding", metavar="NAME", help="Encoding of a text table.")
    ] = None
    comment: Annotated[
        str | None,
        _option("--comment", metavar="TEXT", help="Lines that begin with TEXT are left out."),
    ] = None
    skip_rows: Annotated[
        int,
        _option("--skip-rows", metavar="N", min=0, help="Lines before the header to leave out."),
    ] = 0
    no_header: Annotated[
        bool, _option("--no-header", help="The first row is data; columns are c1, c2, …")
    ] = False
    na: Annotated[
        list[str],
        _option("--na", metavar="TEXT", help="A further mark of a missing value; repeatable."),
    ] = field(default_factory=list)
    no_default_na: Annotated[
        bool, _option("--no-default-na", help="Only the marks of --na stand for missing values.")
    ] = False
    missing: Annotated[
        Literal["drop", "error"],
        typer.Option(
            "--missing", help="Leave rows with missing values out of their pair, or refuse them."
        ),
    ] = "drop"
    discrete: Annotated[
        list[str],
        _option(
            "--discrete", metavar="COLS", help="Columns to take as labels, whatever they hold."
        ),
    ] = field(default_factory=list)
    continuous: Annotated[
        list[str],
        _option("--continuous", metavar="COLS", help="Columns to take as numbers, however few."),
    ] = field(default_factory=list)
    rows: Annotated[
        str | None,
        _option("--rows", metavar="A:B", help="Only rows A to B-1, counted from 0."),
    ] = None
    sample: Annotated[
        int | None,
        _option("--sample", metavar="N", min=1, help="Only N rows, drawn at random by the seed."),
    ] = None

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
        )
        return open_table(list(files), options)

    def gather(self, columns: Sequence[Column], known: Sequence[str]) -> Variable:
        """Make one variable of columns; ``known`` are all names that the input has."""
        from mitool.variables import gather

        return gather(columns, *self.declared(known))

    def declared(self, known: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
        """Give the columns whose kind the user decides: the discrete, and the continuous."""
        discrete, continuous = (
            frozenset(name for spec in specs for name in select(spec, known, "the input"))
            for specs in (self.discrete, self.continuous)
        )
        for name in sorted(discrete & continuous):
            raise UsageError(f"column {name!r} cannot be both --discrete and --continuous")
        return discrete, continuous

    def refuse_identifiers(self, columns: Sequence[Column], known: Sequence[str]) -> None:
        """Refuse columns of text that name every row differently, unless declared discrete."""
        from mitool.variables import is_identifier

        for column in columns:
            if is_identifier(column) and column.name not in self.declared(known)[0]:
                raise MitoolError(
                    f"column {column.name!r} names every row differently, so it tells nothing of "
                    f"another; if it holds labels all the same, use --discrete {column.name}"
                )


@dataclass(frozen=True)
class Choosing:
    """Which estimator, with which parameters."""

    estimator: Annotated[
        list[str],
        _option(
            "-e",
            "--estimator",
            metavar="NAME",
            help="Estimator, or auto; repeatable. See mitool estimators.",
            show_default="auto",
        ),
    ] = field(default_factory=list)
    param: Annotated[
        list[str],
        _option(
            "-p",
            "--param",
            metavar="KEY=VALUE",
            help="Parameter of the estimator; ksg.KEY=VALUE sets it for one of several.",
        ),
    ] = field(default_factory=list)
    transform: Annotated[
        Literal["none", "standard", "rank", "normal"] | None,
        _option(
            "--transform",
            help="What to do to numeric columns first.",
            show_default="what the estimator declares",
        ),
    ] = None
    seed: Seed = 0

    def settings(self, missing: Literal["drop", "error"] = "drop") -> list[Settings]:
        """Give the settings of each estimator asked for, checked."""
        from mitool.estimators.parameters import shared_out
        from mitool.measurement import Settings

        names = list(dict.fromkeys(self.estimator)) or ["auto"]
        return [
            Settings(name, params, self.transform, missing, self.seed)
            for name, params in shared_out(self.param, names).items()
        ]


@dataclass(frozen=True)
class Writing:
    """Where the report goes and what it looks like."""

    output: Annotated[
        Path | None,
        _option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output."),
    ] = None
    format: Annotated[
        Literal["auto", "table", "json", "jsonl", "csv", "parquet"] | None,
        _option(
            "--format",
            help="auto is by the suffix of FILE, else a table on a terminal and JSON in a pipe; "
            "MITOOL_FORMAT sets another default.",
            show_default="auto",
        ),
    ] = None
    json: Annotated[bool, _option("--json", help="Short for --format json.")] = False
    value: Annotated[
        bool, _option("--value", help="Print the bare numbers, one a line, for the shell.")
    ] = False
    meta: Annotated[
        Path | None,
        _option("--meta", metavar="FILE", help="Write the record of the run to FILE, as JSON."),
    ] = None
    units: Annotated[
        Literal["nats", "bits"],
        typer.Option("-u", "--units", envvar="MITOOL_UNITS", help="Unit of information."),
    ] = "nats"
    quiet: Annotated[
        bool, _option("-q", "--quiet", help="Say nothing but errors on standard error.")
    ] = False
    verbose: Annotated[
        bool, _option("-v", "--verbose", help="Tell also what was decided for you, and why.")
    ] = False

    def checked(self) -> Output:
        """Resolve the format and refuse what could not be written in the end."""
        from mitool.report import Output

        if self.quiet and self.verbose:
            raise UsageError("--quiet and --verbose cannot both be meant")
        return Output.checked(
            self.output, self._format(), self.units, self.meta, on_terminal=sys.stdout.isatty()
        )

    @property
    def names_a_format(self) -> bool:
        """Whether an option says what the output is to look like."""
        return bool(self.format or self.json or self.value or self.meta)

    def _format(self) -> str:
        asked = {"--format": self.format, "--json": self.json, "--value": self.value}
        given = [name for name, wish in asked.items() if wish]
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} cannot both be meant")
        if self.json:
            return "json"
        if self.value:
            return "value"
        machine = os.environ.get("MITOOL_FORMAT", "auto")
        suffix = self.output is not None and self.output.suffix
        return self.format or ("auto" if suffix else machine)


def recorded(*groups: Any, **more: Any) -> dict[str, Any]:
    """Give the settings of a report: all that decides the numbers, nothing of the machine."""
    return {name: value for group in groups for name, value in asdict(group).items()} | more
