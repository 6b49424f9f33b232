"""The forms a report takes. Each writer is given a binary file, the fields and the run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import IO, Any

from mitool.choices import Format
from mitool.report.run import Run
from mitool.report.templates import Texts
from mitool.result.alike import AlikeRow
from mitool.result.blocks import RowBlock
from mitool.result.fields import Field

Row = Mapping[str, Any]


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

    def write_together(self, rows: RowBlock) -> None:
        """Write rows that are told together: the same as if they were not."""
        for row in rows:
            self.write(self.cells(row))

    def cells(self, row: Row) -> dict[str, Any]:
        """Give the cells of the fields; those that a row lacks are null."""
        if isinstance(row, AlikeRow):
            row = row.cells()
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
        self._texts = Texts(self._object, compact)

    def _object(self, row: Row) -> str:
        return compact(self.cells(row))

    def write_together(self, rows: RowBlock) -> None:
        """Write a line for each."""
        self.put("\n".join([*rows.made(self._texts.of, self._object), ""]))

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
        self._texts = Texts(self._object, compact)

    def _object(self, row: Row) -> str:
        return compact(self.cells(row))

    def write_together(self, rows: RowBlock) -> None:
        """Write an object of the list for each."""
        objects = ",\n".join(rows.made(self._texts.of, self._object))
        self.put(f"{self._separator}{objects}")
        self._separator = ",\n"

    def write(self, row: Row) -> None:
        """Write one object of the list."""
        self.put(f"{self._separator}{compact(row)}")
        self._separator = ",\n"

    def close(self) -> None:
        """Write the warnings and what the run took."""
        tail = ",\n".join(f"{compact(k)}: {compact(v)}" for k, v in self.run.tail().items())
        self.put(f"\n],\n{tail}\n}}\n")


class Value(Writer):
    """The bare number, one a line, for the shell; nan where there is none."""

    def write(self, row: Row) -> None:
        """Write a line."""
        self.put(f"{'nan' if row['mi'] is None else repr(row['mi'])}\n")


WRITERS: dict[Format, str] = {  # by name, because some of them import pyarrow, rich or pandas
    "csv": "mitool.report.separated:Csv",
    "json": "mitool.report.writers:Json",
    "jsonl": "mitool.report.writers:JsonLines",
    "md": "mitool.report.papers:Markdown",
    "parquet": "mitool.report.parquet:Parquet",
    "table": "mitool.report.terminal:TerminalTable",
    "tex": "mitool.report.papers:Latex",
    "tsv": "mitool.report.separated:Tsv",
    "value": "mitool.report.writers:Value",
}
SPREADSHEET_SAFE = "mitool.report.separated:SpreadsheetCsv"


def writer_of(format: Format, *, spreadsheet_safe: bool = False) -> type[Writer]:  # noqa: A002
    """Give the writer of a format, imported when it is asked for."""
    place = SPREADSHEET_SAFE if spreadsheet_safe else WRITERS[format]
    module, _, name = place.partition(":")
    writer: type[Writer] = getattr(import_module(module), name)
    return writer
