"""NumPy arrays become columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.arrowwholes import DAY, PER_SECOND
from mitool.tables.column import Column, coded
from mitool.tables.largenumbers import LONG_AGO, counted, start_from


def from_array(name: str, values: NDArray[Any], where: str, start: int | None = None) -> Column:
    """Convert a NumPy array of shape (n,) of any dtype but object; ``start`` as in Arrow."""
    kind = values.dtype.kind
    if kind in "iu":
        start = start_of_array(values) if start is None else start
        return counted(name, in_order(values), None, start, 1, "number")
    if kind == "f":
        return Column(name, np.array(values, dtype=np.float64))
    if kind in "Mm":
        whole, per_second = ticks(values)
        missing = np.isnat(values)
        start = start_of_array(values) if start is None else start
        return counted(name, whole, missing if missing.any() else None, start, per_second, "time")
    if kind in "bUS":
        return unique_labels(name, values)
    raise MitoolError(
        f"{where}: {name!r} is an array of {values.dtype}; numbers, text, bool and times can be "
        "used" + ("; give real and imaginary part one array each" if kind == "c" else "")
    )


TICKS = {
    **PER_SECOND,
    "ps": 10**12,
    "fs": 10**15,
    "as": 10**18,
}
"""How many of the smallest steps of a NumPy time are a second."""

LONG = {"m": 60, "h": 3600, "D": DAY, "W": 7 * DAY}
"""How many seconds its long steps have."""


def ticks(values: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Give datetime64 or timedelta64 as whole numbers, and how many of these are a second.

    Never by way of nanoseconds, which reach from 1678 to 2262 alone.
    """
    unit, n_units = np.datetime_data(values.dtype)
    if unit in ("Y", "M"):
        values, unit, n_units = values.astype(f"{values.dtype.kind}8[D]"), "D", 1
    whole = in_order(values).view(np.int64)
    return whole * np.int64(n_units * LONG.get(unit, 1)), TICKS.get(unit, 1)


def in_order(values: NDArray[Any]) -> NDArray[Any]:
    """Give an array in one stretch of memory, its bytes in the order of this machine."""
    return np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("="))


def start_of_array(values: NDArray[Any]) -> int:
    """Give what the whole numbers or times of a NumPy array (n,) are counted from."""
    if values.dtype.kind not in "iuMm":
        return 0
    if values.dtype.kind in "iu":
        return start_from(int(values[0])) if len(values) else 0
    present = values if not len(values) or not np.isnat(values[0]) else values[~np.isnat(values)]
    if not len(present):
        return 0
    whole, per_second = ticks(present[:1])
    return start_from(int(whole[0]), LONG_AGO * per_second)


def unique_labels(name: str, values: NDArray[Any]) -> Column:
    """Convert an array of text or bool to labels."""
    if values.dtype.kind == "b":
        return coded(name, np.asarray(values, dtype=np.float64), ("false", "true"), "bool")
    words, codes = np.unique(values, return_inverse=True)
    names = [w.decode() if isinstance(w, bytes) else str(w) for w in words.tolist()]
    return coded(name, codes.reshape(-1).astype(np.float64), names, "text")
