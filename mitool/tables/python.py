"""The door for data in memory: data frames, Arrow tables, arrays, dicts of arrays and lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.arrays import ArrayPart
from mitool.tables.binary import visible
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow
from mitool.tables.opened import Opened
from mitool.tables.options import ReadOptions
from mitool.tables.part import Part, Reason
from mitool.tables.piece import Batch, Piece
from mitool.tables.table import Table


class MemoryPart:
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
    part: Part
    if hasattr(data, "columns") or hasattr(data, "__arrow_c_stream__"):
        part = frame(data, label)
    else:
        arrays = data if isinstance(data, Mapping) else {name: data}
        part = merged([part_of(str(key), value, label) for key, value in arrays.items()], label)
    if not part.n_rows:
        raise MitoolError(f"{label} has no rows")
    return Table([Opened(part, name, type(data).__name__, 0)], label, ReadOptions())


def frame(data: Any, label: str) -> MemoryPart:
    """Take the columns of a frame or of anything that speaks Arrow."""
    import pyarrow

    if type(data).__module__.startswith("pandas"):
        data = data.set_axis([str(name) for name in data.columns], axis=1)
        arrays = {n: data.iloc[:, i] for i, n in enumerate(data.columns)}
        return MemoryPart([from_series(n, values, label) for n, values in arrays.items()], {})
    table = pyarrow.table(data)
    names = visible(table.column_names)
    return MemoryPart([from_arrow(n, table.column(n), label) for n in names], {})


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


def part_of(name: str, values: object, label: str) -> Part:
    """Take one array, list or series."""
    array: NDArray[Any] = np.asarray(values)
    if isinstance(values, np.ma.MaskedArray):
        array = unmasked(array, np.ma.getmaskarray(values))
    if array.dtype.kind == "O" and array.ndim == 1:
        return MemoryPart([from_series(name or "c1", array, label)], {})
    return ArrayPart({name: array}, label)


def unmasked(array: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[Any]:
    """Give the data of a masked array, missing where masked."""
    numeric = array.dtype.kind in "iuf"
    result = array.astype(np.float64 if numeric else object)
    result[mask] = np.nan if numeric else None
    return result


def merged(parts: Sequence[Part], label: str) -> Part:
    """Put the columns of several arrays side by side."""
    if len(parts) == 1:
        return parts[0]
    sizes = {part.names[0]: part.n_rows for part in parts}
    if len(set(sizes.values())) > 1:
        words = ", ".join(f"{name} {n}" for name, n in sizes.items())
        raise MitoolError(f"{label} has columns of different lengths ({words})")
    columns = [column for part in parts for column in part.read(part.names)]
    groups = {name: names for part in parts for name, names in part.groups.items()}
    return MemoryPart(columns, groups)
