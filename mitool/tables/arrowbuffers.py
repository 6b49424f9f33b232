"""Numbers out of the buffers of Arrow arrays: its own ``to_numpy`` imports pandas, for 0.3 s."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
