"""Parquet files: columns that share a name but for a number at its end are the units of a layer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mitool.networks.storedarrays import Array, Stored
from mitool.tables.source import Source, damage

NUMBERED = re.compile(r"(.+?)[_.\-:/]?(\d+)")


@dataclass(frozen=True)
class Columns(Stored):
    """Some columns of a Parquet file, side by side."""

    names: tuple[str, ...]

    def load(self) -> Array:
        """Read these columns alone; a missing value is NaN."""
        import pyarrow.parquet

        with damage(Source(self.path)):
            table = pyarrow.parquet.read_table(self.path, columns=list(self.names))
            columns = [table[name].to_numpy() for name in self.names]
        return columns[0] if len(columns) == 1 and not self._is_layer else np.column_stack(columns)

    @property
    def _is_layer(self) -> bool:
        return len(self.shape) > 1


def column_arrays(path: str) -> Iterator[Stored]:
    """Find the groups of numbered columns, and each other column by itself."""
    import pyarrow.parquet

    with damage(Source(path)), pyarrow.parquet.ParquetFile(path) as file:
        names, n_rows = file.schema_arrow.names, file.metadata.num_rows
    groups: dict[str, list[str]] = {}
    alone = []
    for name in names:
        match = NUMBERED.fullmatch(name)
        if match:
            groups.setdefault(match[1], []).append(name)
        else:
            alone.append(name)
    for prefix, members in groups.items():
        yield Columns(path, prefix, (n_rows, len(members)), tuple(members))
    for name in alone:
        yield Columns(path, name, (n_rows,), (name,))
