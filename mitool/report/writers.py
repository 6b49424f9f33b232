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
from mitool.report.templates import Texts
from mitool.result.alike import AlikeRow
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

    def write_alike(self, row: AlikeRow) -> None:
        """Write a row that is like others: the same as if it were not."""
        self.write(self.cells(row.cells()))

    def cells(self, row: Row) -> dict[str, Any]:
        """Give the cells of the fields; those that a row lacks are null."""
        return {field.name: row.get(field.name) for field in self.fields}

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


_encoded = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def compact(value: Any) -> str:
    """Give strict JSON on one line."""
    return _encoded(value)


class JsonLines(Writer):
    """One object a line."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self._texts = Texts(lambda row: compact(self.cells(row)), compact)

    def write_alike(self, row: AlikeRow) -> None:
        """Write the line of a row that is like others."""
        self.put(f"{self._texts.of(row)}\n")

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
        self._texts = Texts(lambda row: compact(self.cells(row)), compact)

    def write_alike(self, row: AlikeRow) -> None:
        """Write the object of a row that is like others."""
        self.put(f"{self._separator}{self._texts.of(row)}")
        self._separator = ",\n"

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
        self._texts = Texts(lambda row: self._line_of(self.cells(row)), self._cell)
        self.put(self._text([field.name for field in fields]))

    def _text(self, cells: list[Any]) -> str:
        self._line.seek(0)
        self._line.truncate()
        self._csv.writerow(cells)
        return self._line.getvalue()

    def _cell(self, text: str) -> str:
        """Give the text of a cell beside others: one that is alone is quoted where it is empty."""
        return self._text([text, None])[: -len(self.delimiter) - 1]

    def _line_of(self, row: Row) -> str:
        return self._text([compact(v) if isinstance(v, (dict, list)) else v for v in row.values()])

    def write(self, row: Row) -> None:
        """Write a line."""
        self.put(self._line_of(row))

    def write_alike(self, row: AlikeRow) -> None:
        """Write the line of a row that is like others."""
        self.put(self._texts.of(row))


class Tsv(Csv):
    """The same with tabs between the fields."""

    delimiter = "\t"


class SpreadsheetCsv(Csv):
    """CSV whose text no spreadsheet takes for a formula: an apostrophe stands before such text.

    Names are then not those of the input any more, byte for byte, as joins need them.
    """

    def _text(self, cells: list[Any]) -> str:
        return super()._text([_inert(cell) if isinstance(cell, str) else cell for cell in cells])


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
