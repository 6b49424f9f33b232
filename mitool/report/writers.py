"""The forms a report takes. Each writer is given a binary file, the fields and the run."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import StringIO
from typing import IO, Any

from mitool.choices import Format
from mitool.report.run import Run
from mitool.result.fields import Field

Row = Mapping[str, Any]

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes text a formula for a spreadsheet, or is left out before one."""


class Writer:
    """Takes rows one by one, each with every field, and leaves its file open."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        self.file, self.fields, self.run = file, tuple(fields), run

    def put(self, text: str) -> None:
        """Write text."""
        self.file.write(text.encode())

    def write(self, row: Row) -> None:
        """Write a row."""
        raise NotImplementedError

    def close(self) -> None:
        """Write what follows the last row."""

    def abandon(self) -> None:
        """Drop what is not written yet."""


class Gathering(Writer):
    """Keeps all rows until the end, because what is drawn of one depends on the others."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self.rows: list[Row] = []

    def write(self, row: Row) -> None:
        """Keep a row."""
        self.rows.append(row)


def compact(value: Any) -> str:
    """Give strict JSON on one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


class JsonLines(Writer):
    """One object a line."""

    def write(self, row: Row) -> None:
        """Write a line."""
        self.put(f"{compact(row)}\n")


class Json(Writer):
    """One document, its results one a line, so that it reads and streams alike."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        head = "".join(f"{compact(k)}: {compact(v)},\n" for k, v in run.head().items())
        self.put(f'{{\n{head}"results": [')
        self._separator = "\n"

    def write(self, row: Row) -> None:
        """Write one object of the list."""
        self.put(f"{self._separator}{compact(row)}")
        self._separator = ",\n"

    def close(self) -> None:
        """Write the warnings and what the run took."""
        tail = ",\n".join(f"{compact(k)}: {compact(v)}" for k, v in self.run.tail().items())
        self.put(f"\n],\n{tail}\n}}\n")


class Csv(Writer):
    """RFC 4180 with plain line ends; null is empty, nested fields are compact JSON."""

    delimiter = ","

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self._line = StringIO()
        self._csv = csv.writer(self._line, delimiter=self.delimiter, lineterminator="\n")
        self._put_line([field.name for field in fields])

    def _put_line(self, cells: list[Any]) -> None:
        self._csv.writerow(cells)
        self.put(self._line.getvalue())
        self._line.seek(0)
        self._line.truncate()

    def write(self, row: Row) -> None:
        """Write a line."""
        self._put_line([compact(v) if isinstance(v, (dict, list)) else v for v in row.values()])


class Tsv(Csv):
    """The same with tabs between the fields."""

    delimiter = "\t"


class SpreadsheetCsv(Csv):
    """CSV whose text no spreadsheet takes for a formula: an apostrophe stands before such text.

    Names are then not those of the input any more, byte for byte, as joins need them.
    """

    def _put_line(self, cells: list[Any]) -> None:
        super()._put_line([_inert(cell) if isinstance(cell, str) else cell for cell in cells])


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class Value(Writer):
    """The bare number, one a line, for the shell; nan where there is none."""

    def write(self, row: Row) -> None:
        """Write a line."""
        self.put(f"{'nan' if row['mi'] is None else repr(row['mi'])}\n")


WRITERS: dict[Format, str] = {  # by name, because some of them import pyarrow, rich or pandas
    "csv": "mitool.report.writers:Csv",
    "json": "mitool.report.writers:Json",
    "jsonl": "mitool.report.writers:JsonLines",
    "md": "mitool.report.papers:Markdown",
    "parquet": "mitool.report.parquet:Parquet",
    "table": "mitool.report.terminal:TerminalTable",
    "tex": "mitool.report.papers:Latex",
    "tsv": "mitool.report.writers:Tsv",
    "value": "mitool.report.writers:Value",
}


def writer_of(format: Format, *, spreadsheet_safe: bool = False) -> type[Writer]:  # noqa: A002
    """Give the writer of a format, imported when it is asked for."""
    if spreadsheet_safe:
        return SpreadsheetCsv
    module, _, name = WRITERS[format].partition(":")
    writer: type[Writer] = getattr(import_module(module), name)
    return writer
