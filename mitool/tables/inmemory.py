"""The door for data in memory: data frames, Arrow tables, arrays, dicts of arrays and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.arrowtypes import without_pandas_index
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow
from mitool.tables.numpyfiles import ArrayReader
from mitool.tables.opened import Opened
from mitool.tables.piece import Batch, Piece
from mitool.tables.reader import Reader, Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.table import Table


class MemoryReader:
    """Columns that are already there."""

    in_pieces = True
    aside: Mapping[str, Reason] = {}

    def __init__(self, columns: Sequence[Column], groups: Mapping[str, tuple[str, ...]]) -> None:
        self.names = tuple(column.name for column in columns)
        self.groups = dict(groups)
        self.n_rows = len(columns[0]) if columns else 0
        self._columns = {column.name: column for column in columns}

    def read(self, names: Sequence[str]) -> list[Column]:
        """Give the columns of these names."""
        return [self._columns[name] for name in names]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Give the columns of these names piece by piece."""
        for start in range(0, self.n_rows, n_rows):
            yield partial(self._between, names, slice(start, start + n_rows))

    def _between(self, names: Sequence[str], rows: slice) -> list[Piece]:
        return [Piece.of(column.take(rows)) for column in self.read(names)]


def from_python(data: object, name: str = "") -> Table:
    """Make a table of data in memory, which is not changed.

    A pandas or polars frame or an Arrow table keeps its names; a dict of arrays has its keys as
    columns (or groups of columns, where an array is two-dimensional). A series, list or array of
    shape (n,) is the column ``name``, an array of shape (n, d) the columns ``name``_1 … d; without
    a name they are c1 … cd.
    """
    label = f"{name!r}" if name else "data"
    if hasattr(data, "to_frame"):
        data = data.to_frame(name or getattr(data, "name", None) or "c1")
    reader: Reader
    if hasattr(data, "columns") or hasattr(data, "__arrow_c_stream__"):
        reader = frame(data, label)
    else:
        arrays = data if isinstance(data, Mapping) else {name: data}
        reader = merged([reader_of(str(key), value, label) for key, value in arrays.items()], label)
    if not reader.n_rows:
        raise MitoolError(f"{label} has no rows")
    return Table([Opened(reader, name, type(data).__name__, 0)], label, ReadOptions())


def frame(data: Any, label: str) -> MemoryReader:
    """Take the columns of a frame or of anything that speaks Arrow."""
    import pyarrow

    if type(data).__module__.startswith("pandas"):
        data = data.set_axis([str(name) for name in data.columns], axis=1)
        arrays = {n: data.iloc[:, i] for i, n in enumerate(data.columns)}
        return MemoryReader([from_series(n, values, label) for n, values in arrays.items()], {})
    table = pyarrow.table(data)
    names = without_pandas_index(table.column_names)
    return MemoryReader([from_arrow(n, table.column(n), label) for n in names], {})


def from_series(name: str, values: Any, label: str) -> Column:
    """Convert a pandas series, or a sequence of Python objects; None and NaN are missing."""
    import pyarrow

    try:
        array = pyarrow.array(values, from_pandas=True)
    except (
        pyarrow.ArrowInvalid,
        pyarrow.ArrowTypeError,
        pyarrow.ArrowNotImplementedError,
    ) as error:
        raise MitoolError(
            f"{label}: column {name!r} mixes kinds of values ({str(error).splitlines()[0]}); "
            "make it all numbers or all text"
        ) from error
    chunked = array if isinstance(array, pyarrow.ChunkedArray) else pyarrow.chunked_array([array])
    return from_arrow(name, chunked, label)


def reader_of(name: str, values: object, label: str) -> Reader:
    """Take one array, list or series."""
    array: NDArray[Any] = np.asarray(values)
    if isinstance(values, np.ma.MaskedArray):
        array = unmasked(array, np.ma.getmaskarray(values))
    if array.dtype.kind == "O" and array.ndim == 1:
        return MemoryReader([from_series(name or "c1", array, label)], {})
    return ArrayReader({name: array}, label)


def unmasked(array: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[Any]:
    """Give the data of a masked array, missing where masked."""
    numeric = array.dtype.kind in "iuf"
    result = array.astype(np.float64 if numeric else object)
    result[mask] = np.nan if numeric else None
    return result


def merged(readers: Sequence[Reader], label: str) -> Reader:
    """Put the columns of several arrays side by side."""
    if len(readers) == 1:
        return readers[0]
    sizes = {reader.names[0]: reader.n_rows for reader in readers}
    if len(set(sizes.values())) > 1:
        words = ", ".join(f"{name} {n}" for name, n in sizes.items())
        raise MitoolError(f"{label} has columns of different lengths ({words})")
    columns = [column for reader in readers for column in reader.read(reader.names)]
    groups = {name: names for reader in readers for name, names in reader.groups.items()}
    return MemoryReader(columns, groups)
