"""Arrays of NumPy in memory, and lists of values or of rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.arrayreader import ArrayReader, column_names
from mitool.tables.memoryreader import Held, MemoryReader
from mitool.tables.pythonvalues import are_words, from_objects, require_rounded_nothing
from mitool.tables.reader import Reader
from mitool.tables.untabular import in_short


def of_list(data: Sequence[Any], name: str, label: str) -> Reader:
    """Take a list of values, or of rows; text and mixtures are left to the next to judge."""
    values = arrayed(data, label)
    require_rounded_nothing(data, values, label)
    if values.dtype.kind == "U" and not are_words(data):  # NumPy makes text of numbers beside text
        values = np.array(data, dtype=object)
    return of_array(values, name, label)


def of_array(data: Any, name: str, label: str) -> Reader:
    """Take an array of shape (n,) or (n, d), or one whose rows are records."""
    values = arrayed(data, label)
    if not values.ndim:
        raise MitoolError(f"{label} has 0 dimensions: it is one value, not a column of them")
    if isinstance(data, np.ma.MaskedArray):
        values = unmasked(values, np.ma.getmaskarray(data))
    if values.dtype.kind == "S":
        values = decoded(values, label)
    if values.dtype.kind not in "OT" or values.ndim > 2:
        return ArrayReader([(name, values)], label)
    names = column_names(name, values)
    columns = np.atleast_2d(values.T.astype(object))
    held = [_held_objects(*pair, label) for pair in zip(names, columns, strict=True)]
    return MemoryReader(held, label, {name: names} if values.ndim == 2 and name else {})


def _held_objects(name: str, values: NDArray[Any], label: str) -> Held:
    make = partial(from_objects, name, values, label)
    return Held(name, len(values), "objects of several kinds", make)


def arrayed(data: object, label: str) -> NDArray[Any]:
    """Make an array of a list or of whatever can be one."""
    try:
        array = np.asarray(data)
        if array.dtype == np.longdouble:
            with np.errstate(over="ignore"):  # infinity is refused by name later
                array = array.astype(np.float64)
    except Exception as error:  # of NumPy, or whatever objects raise that are asked for values
        if "inhomogeneous" in str(error):
            raise MitoolError(
                f"{label} is ragged: its rows are not all of one length; fill or cut them"
            ) from error
        raise MitoolError(f"{label} cannot be made an array ({in_short(error)})") from error
    return array


def decoded(array: NDArray[np.bytes_], label: str) -> NDArray[Any]:
    """Make text of an array of bytes."""
    try:
        return np.char.decode(array, "utf-8")
    except UnicodeDecodeError as error:
        raise MitoolError(f"{label} holds bytes that are not UTF-8 text; decode them") from error


def unmasked(array: NDArray[Any], mask: NDArray[np.bool_]) -> NDArray[Any]:
    """Give the data of a masked array, missing where masked."""
    numeric = array.dtype.kind in "iuf"
    result = array.astype(np.float64 if numeric else object)
    result[mask] = np.nan if numeric else None
    return result
