"""Reports as text between separators: CSV and its kin."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from typing import IO, Any

from mitool.report.run import Run
from mitool.report.templates import Texts
from mitool.report.writers import Row, Writer, compact
from mitool.result.blocks import RowBlock
from mitool.result.fields import Field

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
"""What makes text a formula for a spreadsheet, or is left out before one."""


class Csv(Writer):
    """RFC 4180 with plain line ends; null is empty, nested fields are compact JSON."""

    delimiter = ","

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self._line = StringIO()
        self._csv = csv.writer(self._line, delimiter=self.delimiter, lineterminator="\n")
        self._texts = Texts(self._line_of_any, self._cell)
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

    def _line_of_any(self, row: Row) -> str:
        return self._line_of(self.cells(row))

    def write_together(self, rows: RowBlock) -> None:
        """Write a line for each."""
        self.put("".join(rows.made(self._texts.of, self._line_of_any)))


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
