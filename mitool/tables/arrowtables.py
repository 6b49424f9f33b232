"""Tables and columns of Arrow in memory, and of whatever library speaks Arrow."""

from __future__ import annotations

from functools import partial
from typing import Any

from mitool.errors import MitoolError
from mitool.tables.arrowtypes import without_pandas_index
from mitool.tables.memoryreader import Held, MemoryReader
from mitool.tables.pythonvalues import from_chunks
from mitool.tables.untabular import STREAM, in_short


def of_arrow(data: Any, name: str, label: str) -> MemoryReader:
    """Take anything that speaks Arrow: a table, a batch of one, or an array as one column."""
    import pyarrow

    flat = (pyarrow.Array, pyarrow.ChunkedArray)
    if isinstance(data, pyarrow.Table | pyarrow.RecordBatch):
        table = pyarrow.table(data)
    else:
        values = data if isinstance(data, flat) else handed_over(data, label)
        if not len(values):
            raise MitoolError(f"{label} has no rows")
        if not pyarrow.types.is_struct(values.type):
            known = getattr(data, "name", None) or name or "c1"
            return MemoryReader([_held_chunks(known, values, label)], label)
        table = _spread(values)
    names = without_pandas_index(table.column_names)
    places = names.places(names, table.column_names)
    pairs = zip(names.stored, map(table.column, places), strict=True)
    return MemoryReader([_held_chunks(*pair, label) for pair in pairs], label)


def handed_over(data: object, label: str) -> Any:
    """Take the values of what speaks Arrow but is another library's."""
    import pyarrow

    try:
        is_stream = hasattr(data, STREAM)
        return pyarrow.chunked_array(data) if is_stream else pyarrow.array(data)
    except Exception as error:  # of Arrow, or whatever the other library raises
        raise MitoolError(f"{label} cannot be read by Arrow ({in_short(error)})") from error


def _spread(structs: Any) -> Any:
    """Make a table of an Arrow array of rows."""
    import pyarrow

    whole = isinstance(structs, pyarrow.ChunkedArray)
    return pyarrow.Table.from_struct_array(structs if whole else pyarrow.chunked_array([structs]))


def _held_chunks(name: str, values: Any, label: str) -> Held:
    return Held(name, len(values), str(values.type), partial(from_chunks, name, values, label))
