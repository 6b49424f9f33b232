"""Where a report goes and in which form: the output options, checked before the work begins."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from mitool.choices import Format, Unit
from mitool.errors import UsageError
from mitool.report.kept import Companion
from mitool.report.places import check_writable

SUFFIXES: dict[str, Format] = {
    ".txt": "table",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".tsv": "tsv",
    ".md": "md",
    ".tex": "tex",
    ".parquet": "parquet",
    ".pq": "parquet",
}


WITH_FIELDS: tuple[Format, ...] = ("table", "csv", "tsv", "md", "tex")
"""Formats whose fields may be chosen; programs read the others by their schema."""


@dataclass(frozen=True)
class Output:
    """A resolved destination: ``path`` is None for standard output.

    ``spreadsheet_safe`` keeps a spreadsheet that opens CSV from taking names for formulas;
    ``chosen`` are the names of the fields to write, all of them if there are none; ``companions``
    are written beside it.
    """

    path: Path | None
    format: Format
    unit: Unit = "nats"
    meta: Path | None = None
    spreadsheet_safe: bool = False
    chosen: tuple[str, ...] = ()
    companions: tuple[Companion, ...] = ()

    @staticmethod
    def checked(
        path: Path | None,
        format: str = "auto",  # noqa: A002
        unit: Unit = "nats",
        meta: Path | None = None,
        *,
        on_terminal: bool = False,
        spreadsheet_safe: bool = False,
        chosen: tuple[str, ...] = (),
        companions: tuple[Companion, ...] = (),
    ) -> Output:
        """Resolve ``auto`` and refuse what could not be written in the end."""
        path = None if path == Path("-") else path
        form = _resolved(path, format, on_terminal)
        if form == "parquet" and path is None and on_terminal:
            raise UsageError("parquet is binary; write it to a file with -o FILE.parquet")
        if meta is not None and form == "json":
            raise UsageError("a JSON report holds its provenance; --meta is for the other formats")
        if spreadsheet_safe and form != "csv":
            raise UsageError(f"--spreadsheet-safe is for CSV, not for {form}; add --format csv")
        if chosen and form not in WITH_FIELDS and not companions:
            raise UsageError(
                f"--fields is for {', '.join(WITH_FIELDS)}, not for {form}, which holds all fields"
            )
        for file in filter(None, (path, meta)):
            check_writable(file)
        return Output(path, form, unit, meta, spreadsheet_safe, chosen, companions)

    def showing(self, illustrate: Any) -> Output:
        """Give the same whose pictures are drawn by an illustrator that knows more than rows."""
        companions = (companion.showing(illustrate) for companion in self.companions)
        return replace(self, companions=tuple(companions))


def _resolved(path: Path | None, name: str, on_terminal: bool) -> Format:
    if name != "auto":
        if name not in get_args(Format):
            raise UsageError(f"no format {name!r}; there are: auto, {', '.join(get_args(Format))}")
        return name  # type: ignore[return-value]
    if path is None or not path.suffix:
        return "table" if on_terminal and path is None else "json"
    if path.suffix not in SUFFIXES:
        raise UsageError(
            f"no format goes by the suffix {path.suffix!r} of {path}; name one with --format, "
            f"or use one of {', '.join(SUFFIXES)}"
        )
    return SUFFIXES[path.suffix]
