"""Where a report goes and in which form: the output options, checked before the work begins."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from mitool.choices import Format, Unit
from mitool.errors import UsageError
from mitool.report.places import check_writable

SUFFIXES: dict[str, Format] = {
    ".txt": "table",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
}


@dataclass(frozen=True)
class Output:
    """A resolved destination: ``path`` is None for standard output.

    ``spreadsheet_safe`` keeps a spreadsheet that opens CSV from taking names for formulas.
    """

    path: Path | None
    format: Format
    unit: Unit = "nats"
    meta: Path | None = None
    spreadsheet_safe: bool = False

    @staticmethod
    def checked(
        path: Path | None,
        format: str = "auto",  # noqa: A002
        unit: Unit = "nats",
        meta: Path | None = None,
        *,
        on_terminal: bool = False,
        spreadsheet_safe: bool = False,
    ) -> Output:
        """Resolve ``auto`` and refuse what could not be written in the end."""
        path = None if path == Path("-") else path
        chosen = _resolved(path, format, on_terminal)
        if chosen == "parquet" and path is None and on_terminal:
            raise UsageError("parquet is binary; write it to a file with -o FILE.parquet")
        if meta is not None and chosen == "json":
            raise UsageError("a JSON report holds its provenance; --meta is for the other formats")
        if spreadsheet_safe and chosen != "csv":
            raise UsageError(f"--spreadsheet-safe is for CSV, not for {chosen}; add --format csv")
        for file in filter(None, (path, meta)):
            check_writable(file)
        return Output(path, chosen, unit, meta, spreadsheet_safe)


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
