"""Reports as Parquet: typed columns, and the record of the run in the file's metadata."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from mitool.report.run import Run
from mitool.report.writers import Row, Writer, compact
from mitool.result.fields import Field

ROWS_A_GROUP = 65_536
TYPES = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "json": pa.string()}


class Parquet(Writer):
    """Writes a group of rows whenever one is full."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self._schema = pa.schema([(field.name, TYPES[field.type]) for field in fields])
        self._nested = [field.name for field in fields if field.type == "json"]
        self._parquet = pq.ParquetWriter(file, self._schema)
        self._rows: list[dict[str, Any]] = []

    def write(self, row: Row) -> None:
        """Keep a row until its group is full."""
        self._rows.append({**row, **{name: compact(row[name]) for name in self._nested}})
        if len(self._rows) == ROWS_A_GROUP:
            self._write_group()

    def _write_group(self) -> None:
        self._parquet.write_table(pa.Table.from_pylist(self._rows, schema=self._schema))
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
