"""Reports as Parquet: typed columns, and the record of the run in the file's metadata."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from mitool.report.run import Run
from mitool.report.writers import Row, Writer, compact
from mitool.result.fields import Field

ROWS_A_GROUP = 65_536
TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "json": pa.string()}


def arrow_table(rows: Iterable[Row], fields: Sequence[Field]) -> pa.Table:
    """Give rows as an Arrow table of typed columns; nested fields are compact JSON."""
    schema = pa.schema([(field.name, TYPES[field.type]) for field in fields])
    nested = [field.name for field in fields if field.type == "json"]
    flat = [{**row, **{name: compact(row[name]) for name in nested}} for row in rows]
    return pa.Table.from_pylist(flat, schema=schema)


class Parquet(Writer):
    """Writes a group of rows whenever one is full."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self._parquet = pq.ParquetWriter(file, arrow_table([], fields).schema)
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        """Keep a row until its group is full."""
        self._rows.append(row)
        if len(self._rows) == ROWS_A_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        self._parquet.write_table(arrow_table(self._rows, self.fields))
        self._rows.clear()

    def close(self) -> None:
        """Write the last group and the record of the run."""
        self._write_group()
        record = compact(self.run.head() | self.run.tail())
        self._parquet.add_key_value_metadata({"mitool": record})
        self._parquet.close()

    def abandon(self) -> None:
        """Keep pyarrow from completing the file when the writer is collected."""
        self._parquet.is_open = False
