"""What is checked of Arrow data before use: a damaged file must not end the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mitool.tables.compression import bomb, most_bytes
from mitool.tables.source import Source

BYTES_OF_NUMBER = 8


def validated(data: Any) -> Any:
    """Give a batch or table back once every offset, index and text in it is found valid.

    Without, pyarrow follows offsets to wherever they point. Numbers take nothing,
    text a tenth of the time of reading it.
    """
    data.validate(full=True)
    return data


def require_plausible(source: Source, n_rows: int) -> None:
    """Refuse a file of few bytes that says that it has more rows than memory holds numbers."""
    if source.is_bounded and BYTES_OF_NUMBER * n_rows > most_bytes(source.n_bytes):
        raise bomb(source.name)


def require_plausible_pages(source: Source, metadata: Any, names: Sequence[str]) -> None:
    """Refuse Parquet columns whose pages say that they grow beyond what is plausible."""
    if not source.is_bounded:
        return
    wanted, n_unpacked = set(names), 0
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(group.num_columns)):
            if column.path_in_schema in wanted:
                n_unpacked += column.total_uncompressed_size
    if n_unpacked > most_bytes(source.n_bytes):
        raise bomb(source.name)
