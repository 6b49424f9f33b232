"""Parquet, Feather and Arrow files: only the columns asked for are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from mitool.errors import MitoolError
from mitool.tables.arrowtypes import is_text, unusable
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow
from mitool.tables.options import ReadOptions
from mitool.tables.part import Reason
from mitool.tables.piece import Batch
from mitool.tables.pieces import Cutter, slices
from mitool.tables.source import Source, damage

BUFFER = 1 << 20
PANDAS_INDEX = re.compile(r"__index_level_\d+__")


class ParquetPart:
    """One Parquet file."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        import pyarrow.parquet

        self.source = source
        with damage(source):
            schema = pyarrow.parquet.read_schema(source.mapped())
            self._text = [name for name in schema.names if is_text(schema.field(name).type)]
            self._file = pyarrow.parquet.ParquetFile(source.mapped(), read_dictionary=self._text)
        self.names = visible(schema.names)
        self.aside: Mapping[str, Reason] = unusable(schema)
        self.n_rows = int(self._file.metadata.num_rows)
        self.groups: dict[str, tuple[str, ...]] = {}
        require_rows(self.n_rows, source)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read the columns of these names."""
        with damage(self.source):
            table = self._file.read(columns=list(names))
        return [from_arrow(name, table.column(name), self.source.name) for name in names]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Read the columns of these names, page by page.

        Not through a memory map, whose pages would count as memory of this process.
        """
        import pyarrow
        import pyarrow.parquet

        source, cutter = self.source, Cutter.of(names, self.source.name)
        with damage(source):
            file = pyarrow.parquet.ParquetFile(
                pyarrow.OSFile(source.file) if source.is_plain_file else source.mapped(),
                read_dictionary=self._text,
                buffer_size=BUFFER,
                pre_buffer=False,
            )
            for batch in file.iter_batches(n_rows, columns=list(cutter.places)):
                yield partial(cutter.pieces, batch)


class ArrowPart:
    """One Feather or Arrow file, or an Arrow stream."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        self.n_rows = 0
        self.groups: dict[str, tuple[str, ...]] = {}
        with damage(source):
            schema = self._reader().schema
            names = schema.names
            self.n_rows = sum(batch.num_rows for batch in self._stored(names[:1]))
        self.names = visible(names)
        self.aside: Mapping[str, Reason] = unusable(schema)
        require_rows(self.n_rows, source)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Convert the columns of these names."""
        import pyarrow

        with damage(self.source):
            table = pyarrow.Table.from_batches(list(self._stored(names)))
        return [from_arrow(name, table.column(name), self.source.name) for name in names]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Convert the columns of these names, one stored batch after another."""
        cutter = Cutter.of(names, self.source.name)
        with damage(self.source):
            for stored in self._stored(names):
                for part in slices(stored, n_rows):
                    yield partial(cutter.pieces, part)

    def _reader(self, names: Sequence[str] | None = None) -> Any:
        """Open the file for some of its columns; those of the first Feather format are a table."""
        import pyarrow.ipc

        source = self.source
        if source.head.startswith(b"FEA1"):
            import pyarrow.feather

            return pyarrow.feather.read_table(source.mapped(), columns=names and list(set(names)))
        known = self._reader().schema.names if names else []
        wanted = [i for i, name in enumerate(known) if name in (names or ())]
        how = pyarrow.ipc.IpcReadOptions(included_fields=wanted or None)
        is_file = source.head.startswith(b"ARROW1")
        opener = pyarrow.ipc.open_file if is_file else pyarrow.ipc.open_stream
        return opener(source.mapped(), options=how)

    def _stored(self, names: Sequence[str]) -> Iterator[Any]:
        """Yield the batches as they are stored, with these columns."""
        reader = self._reader(names)
        if hasattr(reader, "get_batch"):
            yield from (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            yield from reader if hasattr(reader, "read_next_batch") else reader.to_batches()


def visible(names: Sequence[str]) -> tuple[str, ...]:
    """Leave out the nameless index that pandas stores as a column."""
    return tuple(name for name in names if not PANDAS_INDEX.fullmatch(name))


def require_rows(n_rows: int, source: Source) -> None:
    """Refuse a table without rows."""
    if not n_rows:
        raise MitoolError(f"{source.name} has columns but no rows")
