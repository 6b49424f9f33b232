"""Parquet, Feather and Arrow files: only the columns asked for are read."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mitool.errors import MitoolError
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow, is_text
from mitool.tables.options import ReadOptions
from mitool.tables.source import Source, damage

PANDAS_INDEX = re.compile(r"__index_level_\d+__")


class ParquetPart:
    """One Parquet file."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        import pyarrow.parquet

        self.source = source
        with damage(source):
            schema = pyarrow.parquet.read_schema(source.mapped())
            text = [name for name in schema.names if is_text(schema.field(name).type)]
            self._file = pyarrow.parquet.ParquetFile(source.mapped(), read_dictionary=text)
        self.names = visible(schema.names)
        self.n_rows = int(self._file.metadata.num_rows)
        self.groups: dict[str, tuple[str, ...]] = {}
        require_rows(self.n_rows, source)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read the columns of these names."""
        with damage(self.source):
            table = self._file.read(columns=list(names))
        return [from_arrow(name, table.column(name), self.source.name) for name in names]


class ArrowPart:
    """One Feather or Arrow file, or an Arrow stream."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        import pyarrow.ipc

        self.source = source
        with damage(source):
            if source.head.startswith(b"FEA1"):
                import pyarrow.feather

                self._table = pyarrow.feather.read_table(source.mapped())
            elif source.head.startswith(b"ARROW1"):
                self._table = pyarrow.ipc.open_file(source.mapped()).read_all()
            else:
                self._table = pyarrow.ipc.open_stream(source.mapped()).read_all()
        self.names = visible(self._table.column_names)
        self.n_rows = int(self._table.num_rows)
        self.groups: dict[str, tuple[str, ...]] = {}
        require_rows(self.n_rows, source)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Convert the columns of these names."""
        return [from_arrow(name, self._table.column(name), self.source.name) for name in names]


def visible(names: Sequence[str]) -> tuple[str, ...]:
    """Leave out the nameless index that pandas stores as a column."""
    return tuple(name for name in names if not PANDAS_INDEX.fullmatch(name))


def require_rows(n_rows: int, source: Source) -> None:
    """Refuse a table without rows."""
    if not n_rows:
        raise MitoolError(f"{source.name} has columns but no rows")
