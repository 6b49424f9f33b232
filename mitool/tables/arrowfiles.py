"""Feather and Arrow files, and Arrow streams: only the columns asked for are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mitool.tables.arrowbatches import Cutter, slices
from mitool.tables.arrowchecks import require_plausible, require_plausible_buffers, validated
from mitool.tables.arrowtypes import require_rows, unusable, without_pandas_index
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow
from mitool.tables.piece import Batch
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage


class ArrowReader:
    """One Feather or Arrow file, or an Arrow stream."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        self.n_rows = 0
        self.groups: dict[str, tuple[str, ...]] = {}
        with damage(source):
            require_plausible_buffers(source)
            schema = self._reader().schema
            names = schema.names
            self.n_rows = sum(batch.num_rows for batch in self._stored(names[:1]))
            require_plausible(source, self.n_rows)
        self.names = without_pandas_index(names)
        self.aside: Mapping[str, Reason] = unusable(self.names, schema)
        require_rows(self.n_rows, source.name)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Convert the columns of these names."""
        import pyarrow

        with damage(self.source):
            table = pyarrow.Table.from_batches(list(self._stored(self.names.stored_as(names))))
            places = zip(names, self.names.places(names, table.column_names), strict=True)
            return [from_arrow(name, table.column(i), self.source.name) for name, i in places]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Convert the columns of these names, one stored batch after another."""
        cutter = Cutter.of(names, self.names, self.source.name)
        with damage(self.source):
            for stored in self._stored(self.names.stored_as(names)):
                for rows in slices(stored, n_rows):
                    yield cutter.later(rows)

    def _reader(self, names: Sequence[str] | None = None) -> Any:
        """Open the file for some of its columns; those of the first Feather format are a table."""
        import pyarrow.ipc

        source = self.source
        if source.head.startswith(b"FEA1"):
            import pyarrow.feather

            return pyarrow.feather.read_table(
                source.random_access(), columns=names and list(set(names))
            )
        known = self._reader().schema.names if names else []
        wanted = [i for i, name in enumerate(known) if name in (names or ())]
        how = pyarrow.ipc.IpcReadOptions(included_fields=wanted or None)
        is_file = source.head.startswith(b"ARROW1")
        opener = pyarrow.ipc.open_file if is_file else pyarrow.ipc.open_stream
        return opener(source.random_access(), options=how)

    def _stored(self, names: Sequence[str]) -> Iterator[Any]:
        """Yield the batches as they are stored, with these columns, once they are found valid."""
        reader = self._reader(names)
        if hasattr(reader, "get_batch"):
            stored = (reader.get_batch(i) for i in range(reader.num_record_batches))
        else:
            stored = reader if hasattr(reader, "read_next_batch") else reader.to_batches()
        return map(validated, stored)
