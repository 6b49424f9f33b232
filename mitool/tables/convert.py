"""One conversion for everything: Arrow or NumPy values become a ``Column``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.result.codes import warn
from mitool.tables.arrowtypes import is_usable, unreadable
from mitool.tables.column import Column, coded

EXACT = 2.0**53
SECONDS = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}


def from_arrow(name: str, values: Any, where: str) -> Column:
    """Convert a ``pyarrow.ChunkedArray`` of any flat type."""
    import pyarrow.types as types

    kind = values.type
    if not is_usable(kind):
        raise unreadable(name, kind, where)
    if types.is_null(kind):
        return Column(name, np.full(len(values), np.nan))
    if types.is_integer(kind):
        return whole_numbers(name, values)
    if types.is_floating(kind):
        return Column(name, floats(values.chunks))
    if types.is_decimal(kind):  # by way of text: the nearest float, as in the same CSV file
        return Column(name, floats(values.cast("string").cast("float64").chunks))
    if types.is_boolean(kind):
        return coded(name, floats(values.chunks), ("false", "true"), "bool")
    if types.is_temporal(kind):
        return Column(name, seconds(values), None, "time")
    return labels(name, values)


def floats(chunks: Iterable[Any]) -> NDArray[np.float64]:
    """Join Arrow arrays of numbers as float64, NaN where null."""
    return joined([numbers(chunk) for chunk in chunks])


FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}
"""NumPy's names of Arrow's kinds of numbers, where they differ: Arrow 17 asks pandas for them."""


def joined(parts: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Join arrays; one alone is not copied."""
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.empty(0)


def numbers(chunk: Any) -> NDArray[np.float64]:
    """Copy one Arrow array from its buffers; its own ``to_numpy`` imports pandas, for 0.3 s."""
    values = stored(chunk).astype(np.float64)
    null = nulls(chunk)
    if null is not None:
        values[null] = np.nan
    return values


def stored(chunk: Any) -> NDArray[Any]:
    """Look at the buffer of one Arrow array of numbers; where it is null there may be anything."""
    n_rows, start = len(chunk), chunk.offset
    name = str(chunk.type)
    kind = np.dtype(FLOATS.get(name, name))
    if not n_rows:
        return np.empty(0, kind)
    data = chunk.buffers()[1]
    held = bits(data) if kind == np.bool_ else np.frombuffer(data, kind, start + n_rows)
    return held[start : start + n_rows]


def nulls(chunk: Any) -> NDArray[np.bool_] | None:
    """Mark the values of one Arrow array that are null, shape (n,); None if none is."""
    if not chunk.null_count:
        return None
    present = bits(chunk.buffers()[0])[chunk.offset : chunk.offset + len(chunk)]
    absent: NDArray[np.bool_] = present == 0
    return absent


def bits(buffer: Any) -> NDArray[np.uint8]:
    """Unpack a buffer of bits."""
    return np.unpackbits(np.frombuffer(buffer, np.uint8), bitorder="little")


def whole_numbers(name: str, values: Any) -> Column:
    """Convert integers; those that only differ beyond what a float holds give a warning."""
    column = Column(name, floats(values.chunks))
    if len(values) and np.nanmax(np.abs(column.values), initial=0.0) >= EXACT:
        warn_if_rounded(column, len(values.drop_null().unique()))
    return column


def warn_if_rounded(column: Column, n_distinct: int) -> None:
    """Warn that different whole numbers became the same float."""
    kept = len(np.unique(column.values[~np.isnan(column.values)]))
    if kept < n_distinct:
        warn("rounded", stacklevel=2, name=column.name, n_distinct=n_distinct, n_kept=kept)


def seconds(values: Any) -> NDArray[np.float64]:
    """Convert dates, times and durations to seconds, NaN where null."""
    import pyarrow.types as types

    kind = values.type
    if types.is_date32(kind):
        return floats(chunk.view("int32") for chunk in values.chunks) * 86400.0
    unit = "ms" if types.is_date64(kind) else kind.unit
    whole = "int32" if types.is_time32(kind) else "int64"
    return floats(chunk.view(whole) for chunk in values.chunks) / SECONDS[unit]


def labels(name: str, values: Any) -> Column:
    """Convert text or dictionaries, of which each chunk may have its own, to sorted labels.

    Encoding here loads all of pyarrow.compute, so readers ask for dictionaries where they can.
    """
    import pyarrow.types as types

    is_encoded = types.is_dictionary(values.type)
    chunks = values.chunks if is_encoded else values.dictionary_encode().chunks
    codes: list[NDArray[np.float64]] = []
    words: list[str | None] = []
    for chunk in chunks:
        if is_encoded or not words:  # chunks encoded here share one dictionary
            start = len(words)
            words += [None if word is None else str(word) for word in chunk.dictionary.to_pylist()]
        places = numbers(chunk.indices)
        codes.append(places + start if start else places)
    return coded(name, joined(codes), words, "text")


def from_array(name: str, values: NDArray[Any], where: str) -> Column:
    """Convert a NumPy array of shape (n,) of any dtype but object."""
    kind = values.dtype.kind
    if kind in "iu":
        column = Column(name, np.array(values, dtype=np.float64))
        if len(values) and np.abs(column.values).max() >= EXACT:
            warn_if_rounded(column, len(np.unique(values)))
        return column
    if kind == "f":
        return Column(name, np.array(values, dtype=np.float64))
    if kind in "Mm":
        return Column(name, stamps(values), None, "time")
    if kind in "bUS":
        return unique_labels(name, values)
    raise MitoolError(
        f"{where}: {name!r} is an array of {values.dtype}; numbers, text, bool and times can be "
        "used" + ("; give real and imaginary part one array each" if kind == "c" else "")
    )


def stamps(values: NDArray[Any]) -> NDArray[np.float64]:
    """Convert datetime64 or timedelta64 to seconds, NaN for NaT."""
    unit = values.dtype.kind + "8[ns]"
    result = values.astype(unit).astype(np.int64) / SECONDS["ns"]
    return np.where(np.isnat(values), np.nan, result)


def unique_labels(name: str, values: NDArray[Any]) -> Column:
    """Convert an array of text or bool to labels."""
    if values.dtype.kind == "b":
        return coded(name, np.asarray(values, dtype=np.float64), ("false", "true"), "bool")
    words, codes = np.unique(values, return_inverse=True)
    names = [w.decode() if isinstance(w, bytes) else str(w) for w in words.tolist()]
    return coded(name, codes.reshape(-1).astype(np.float64), names, "text")
