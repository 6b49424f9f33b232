"""The options of output: where the report goes, and what it looks like."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, get_args

import typer

from mitool.choices import Format, FormatOption, Unit
from mitool.cli.named_files import Role
from mitool.cli.options import option
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.report import Output
    from mitool.report.kept import Companion


@dataclass(frozen=True)
class OutputOptions:
    """Where the report goes and what it looks like."""

    output: Annotated[
        Path | None,
        option("-o", "--output", metavar="FILE", help="Write to FILE instead of standard output."),
        Role.WRITTEN,
    ] = None
    format: Annotated[
        FormatOption | None,
        option(
            "--format",
            help="auto is by the suffix of FILE, else a table on a terminal and JSON in a pipe; "
            "MITOOL_FORMAT sets another default.",
            show_default="auto",
        ),
    ] = None
    json: Annotated[bool, option("--json", help="Short for --format json.")] = False
    value: Annotated[
        bool, option("--value", help="Print the bare numbers, one a line, for the shell.")
    ] = False
    fields: Annotated[
        str | None,
        option(
            "--fields",
            metavar="NAMES",
            help="Write these fields, in this order, such as x,y,mi,p_value; for tables and CSV.",
        ),
    ] = None
    spreadsheet_safe: Annotated[
        bool,
        option(
            "--spreadsheet-safe",
            help="In CSV, put ' before names that a spreadsheet would take for formulas.",
        ),
    ] = False
    meta: Annotated[
        Path | None,
        option("--meta", metavar="FILE", help="Write the record of the run to FILE, as JSON."),
        Role.WRITTEN,
    ] = None
    plot: Annotated[
        Path | None,
        option(
            "--plot",
            metavar="FILE",
            help="Draw the results into FILE (.png, .svg or .pdf); needs the extra plot.",
        ),
        Role.WRITTEN,
    ] = None
    html: Annotated[
        Path | None,
        option(
            "--html",
            metavar="FILE",
            help="Write a page to read and to send into FILE: results, pictures, warnings, methods "
            "and citations; needs the extra plot.",
        ),
        Role.WRITTEN,
    ] = None
    units: Annotated[
        Unit,
        typer.Option("-u", "--units", envvar="MITOOL_UNITS", help="Unit of information."),
    ] = "nats"
    quiet: Annotated[
        bool, option("-q", "--quiet", help="Say nothing but errors on standard error.")
    ] = False
    verbose: Annotated[
        bool, option("-v", "--verbose", help="Tell also what was decided for you, and why.")
    ] = False

    def parse(self) -> Output:
        """Resolve the format; refuse a destination that could not be written in the end."""
        from mitool.report import Output

        if self.quiet and self.verbose:
            raise UsageError("--quiet and --verbose cannot both be meant")
        return Output.checked(
            self.output,
            self._format(),
            self.units,
            self.meta,
            on_terminal=sys.stdout.isatty(),
            spreadsheet_safe=self.spreadsheet_safe,
            chosen=self._chosen(),
            companions=self._companions(),
        )

    def of_the_look(self) -> str | None:
        """Give an option that says what the output is to look like, if there is one."""
        given = {
            "--format": self.format,
            "--json": self.json,
            "--value": self.value,
            "--fields": self.fields,
            "--spreadsheet-safe": self.spreadsheet_safe,
            "--meta": self.meta,
            "--plot": self.plot,
            "--html": self.html,
        }
        return next((name for name, value in given.items() if value), None)

    def _chosen(self) -> tuple[str, ...]:
        names = tuple(name.strip() for name in (self.fields or "").split(",") if name.strip())
        if self.fields is not None and (not names or len(set(names)) < len(names)):
            raise UsageError(f"--fields takes names with commas between, got {self.fields!r}")
        return names

    def _companions(self) -> tuple[Companion, ...]:
        """Give what is written beside the report; refuse it where it could not be, in the end."""
        companions: list[Companion] = []
        if self.plot:
            from mitool.plots import Drawing

            companions.append(Drawing.checked(self.plot))
        if self.html:
            from mitool.pages import Page

            companions.append(Page.checked(self.html, has_details=self.meta is not None))
        return tuple(companions)

    def _format(self) -> str:
        formats = {"--format": self.format, "--json": self.json, "--value": self.value}
        given = [name for name, value in formats.items() if value]
        if len(given) > 1:
            raise UsageError(f"{' and '.join(given)} cannot both be meant")
        if self.json:
            return "json"
        if self.value:
            return "value"
        suffix = self.output is not None and self.output.suffix
        return self.format or ("auto" if suffix else _default_format())


def _default_format() -> str:
    """Give the format of the environment, auto if it names none."""
    default = os.environ.get("MITOOL_FORMAT") or "auto"
    known = ("auto", *get_args(Format))
    if default not in known:
        raise UsageError(f"MITOOL_FORMAT takes one of {', '.join(known)}, but got {default!r}")
    return default
