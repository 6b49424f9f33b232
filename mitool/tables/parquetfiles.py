"""Parquet files: only the columns asked for are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mitool.tables.arrowbatches import Cutter
from mitool.tables.arrowchecks import (
    require_plausible,
    require_plausible_pages,
    validated,
)
from mitool.tables.arrowtypes import is_text, require_rows, unusable, without_pandas_index
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow
from mitool.tables.piece import Batch
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage

BUFFER = 1 << 20


class ParquetReader:
    """One Parquet file."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        import pyarrow.parquet

        self.source = source
        with damage(source):
            schema = pyarrow.parquet.read_schema(source.random_access())
            self._text = [field.name for field in schema if is_text(field.type)]
            self._file = pyarrow.parquet.ParquetFile(
                source.random_access(), read_dictionary=self._text
            )
        self.names = without_pandas_index(schema.names)
        self.aside: Mapping[str, Reason] = unusable(self.names, schema)
        self.n_rows = int(self._file.metadata.num_rows)
        self.groups: dict[str, tuple[str, ...]] = {}
        require_rows(self.n_rows, source.name)
        require_plausible(source, self.n_rows)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read the columns of these names."""
        with damage(self.source):
            stored = self.names.stored_as(names)
            require_plausible_pages(self.source, self._file.metadata, stored)
            table = validated(self._file.read(columns=stored))
            places = zip(names, self.names.places(names, table.column_names), strict=True)
            return [from_arrow(name, table.column(i), self.source.name) for name, i in places]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Read the columns of these names, page by page."""
        import pyarrow
        import pyarrow.parquet

        source, cutter = self.source, Cutter.of(names, self.names, self.source.name)
        with damage(source):
            require_plausible_pages(source, self._file.metadata, names)
            file = pyarrow.parquet.ParquetFile(
                source.random_access(),
                read_dictionary=self._text,
                buffer_size=BUFFER,
                pre_buffer=False,
            )
            for batch in file.iter_batches(n_rows, columns=self.names.stored_as(names)):
                yield cutter.later(validated(batch))
