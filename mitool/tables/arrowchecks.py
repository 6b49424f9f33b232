"""What is checked of Arrow data before use: a damaged file must not end the process."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from mitool.tables.arrowmessages import packed_bytes
from mitool.tables.compression import bomb, most_bytes
from mitool.tables.source import Source

BYTES_OF_NUMBER = 8
OFFSETS = {"string": "int32", "large_string": "int64"}
"""Types of text, and of the numbers that say where each begins."""


def validated(data: Any) -> Any:
    """Give a batch or table back once every offset and index in it is found valid.

    Without, pyarrow follows offsets to wherever they point. Numbers take nothing, text up to 4 % of
    the time of reading it: whether it is text shows where its different words are decoded.
    """
    for column in data.columns:
        for chunk in getattr(column, "chunks", [column]):
            if str(chunk.type) in OFFSETS:
                chunk.validate()
                _require_ascending(chunk)
            else:
                chunk.validate(full=True)
    return data


def _require_ascending(chunk: Any) -> None:
    """Refuse text whose offsets go back; the first and the last are known to be within it."""
    if len(chunk):
        kind = np.dtype(OFFSETS[str(chunk.type)])
        offsets = np.frombuffer(
            chunk.buffers()[1], kind, len(chunk) + 1, chunk.offset * kind.itemsize
        )
        if not (offsets[1:] >= offsets[:-1]).all():
            raise ValueError("offsets of text go back")


def require_plausible_buffers(source: Source) -> None:
    """Refuse an Arrow file whose packed buffers say that they grow beyond what is plausible."""
    if source.is_bounded and not source.head.startswith(b"FEA1"):
        with source.random_access() as file:
            if packed_bytes(file) > most_bytes(source.n_bytes):
                raise bomb(source.name)


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
