"""The door for data in memory: data frames, Arrow tables, arrays, dicts of arrays and lists."""

from __future__ import annotations

import array
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from numbers import Number
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.tables.arrowtables import of_arrow
from mitool.tables.memoryreader import Held, MemoryReader
from mitool.tables.opened import Opened
from mitool.tables.pythonarrays import of_array, of_list
from mitool.tables.pythonvalues import from_series
from mitool.tables.reader import Reader
from mitool.tables.readoptions import ReadOptions
from mitool.tables.table import Table
from mitool.tables.untabular import STREAM, libraries_of, no_table, refuse_untabular


def from_python(data: object, name: str = "") -> Table:
    """Make a table of data in memory, which is not changed.

    Frames (pandas, polars, xarray) and Arrow tables keep the names of their columns, and a series
    its own. One without a name, or a list or array of shape (n,), is the column ``name``, an array
    of shape (n, d) the columns ``name``_1 … d; without a name they are c1 … cd. A dict has its keys
    as columns, or as groups of columns where a value has two dimensions.
    """
    label = f"{name!r}" if name else "data"
    reader = reader_of(data, name, label)
    return Table([Opened(reader, name, type(data).__name__, 0)], label, ReadOptions())


def reader_of(data: object, name: str, label: str) -> Reader:
    """Take data of any kind that holds a table, or say why they hold none."""
    if not isinstance(data, np.ndarray):
        refuse_untabular(data, label)
    for is_kind, take in KINDS:
        if is_kind(data):
            return take(data, name, label)
    raise no_table(data, label)


def of_pandas(data: Any, name: str, label: str) -> Reader:
    """Take a data frame, or a series, index or array of pandas as one column."""
    if not hasattr(data, "columns"):
        import pandas

        known = getattr(data, "name", None)
        shown = name or "c1" if known is None else str(known)
        return MemoryReader([_held_series(shown, pandas.Series(data), label)], label)
    return MemoryReader([_held_series(str(n), series, label) for n, series in data.items()], label)


def _held_series(name: str, series: Any, label: str) -> Held:
    return Held(name, len(series), str(series.dtype), partial(from_series, name, series, label))


def of_xarray(data: Any, name: str, label: str) -> Reader:
    """Take a labelled array of one or two dimensions, or variables along one dimension."""
    most = 1 if hasattr(data, "data_vars") else 2
    if not 1 <= len(data.dims) <= most:
        raise MitoolError(
            f"{label} has the dimensions {', '.join(map(str, data.dims)) or 'none'}; a table has "
            "one of rows and at most one of columns: select or stack the others"
        )
    return of_pandas(data.to_pandas(), name, label)


def of_mapping(data: Mapping[Any, Any], name: str, label: str) -> Reader:
    """Put the columns of several arrays, lists or series side by side, under the keys."""
    held: list[Held] = []
    groups: dict[str, tuple[str, ...]] = {}
    for key, values in data.items():
        reader = reader_of(values, str(key), f"{label}[{key!r}]")
        width = len(reader.names)
        names = tuple(f"{key}_{i}" for i in range(1, width + 1)) if width > 1 else (str(key),)
        if width > 1:
            groups[str(key)] = names
        held += [Held.read_by(reader, *pair) for pair in zip(names, reader.names, strict=True)]
    return MemoryReader(held, label, groups)


def of_records(data: Any, name: str, label: str) -> Reader:
    """Take an array whose rows are records, by its fields."""
    return of_mapping({field: data[field] for field in data.dtype.names}, name, label)


Taker = Callable[[Any, str, str], Reader]

KINDS: tuple[tuple[Callable[[Any], bool], Taker], ...] = (
    (lambda data: isinstance(data, np.ndarray) and data.dtype.names is None, of_array),
    (lambda data: isinstance(data, np.ndarray), of_records),
    (lambda data: "pandas" in libraries_of(data) and hasattr(data, "__array__"), of_pandas),
    (lambda data: "xarray" in libraries_of(data) and hasattr(data, "to_pandas"), of_xarray),
    (lambda data: hasattr(data, STREAM), of_arrow),
    (lambda data: hasattr(data, "__arrow_c_array__"), of_arrow),
    (lambda data: isinstance(data, Mapping), of_mapping),
    (lambda data: isinstance(data, np.generic | Number), of_array),
    (lambda data: hasattr(data, "__array__"), of_array),
    (lambda data: isinstance(data, array.array | memoryview), of_array),
    (lambda data: isinstance(data, Sequence), of_list),
)
"""What each kind of data is known by, and who takes it; the first that fits does."""
