"""Columns that are slices of NumPy arrays, in memory or stored in a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.column import Column
from mitool.tables.columnnames import ColumnNames
from mitool.tables.numpyvalues import from_array, start_of_array
from mitool.tables.piece import Batch, Piece
from mitool.tables.reader import Reason
from mitool.tables.storedarray import StoredArray

Array = NDArray[Any] | StoredArray
BLOCK = 4096
SHOWN = 5
OBJECTS = (
    "holds Python objects, which are never unpickled; save numbers or text: "
    "numpy.save('x.npy', a.astype(float))"
)


class ArrayReader:
    """Named columns that are slices of arrays.

    A plain array of shape (n,) is the column c1, one of shape (n, d) the columns c1 … cd. A named
    array ``a`` of shape (n,) is the column a, one of shape (n, d) the columns a_1 … a_d, which the
    group ``a`` means jointly. A record array has its fields as columns.
    """

    in_pieces = True
    aside: Mapping[str, Reason] = {}

    def __init__(self, arrays: Iterable[tuple[str, Array]], where: str) -> None:
        self.where = where
        self._arrays = list(arrays)
        for name, array in self._arrays:
            check(name, array, where)
        self.names = ColumnNames(n for pair in self._arrays for n in column_names(*pair))
        self._places = dict(zip(self.names, self._slices(), strict=True))
        self.groups = self._joint()
        lengths = [(name, len(array)) for name, array in self._arrays]
        if len({n for _, n in lengths}) > 1:
            first = {n: name for name, n in reversed(lengths)}  # one of each length
            sizes = ", ".join(f"{name} {n}" for n, name in list(reversed(first.items()))[:SHOWN])
            raise MitoolError(f"{where}: its arrays have different numbers of rows ({sizes})")
        self.n_rows = lengths[0][1]
        if not self.n_rows or not self.names:
            raise MitoolError(f"{where} has no {'columns' if self.n_rows else 'rows'}")

    def _slices(self) -> Iterator[tuple[Array, int | None]]:
        """Yield the array of each column, and its place in one of shape (n, d)."""
        for _, array in self._arrays:
            for place in range(array.shape[1]) if array.ndim == 2 else [None]:
                yield array, place

    def _joint(self) -> dict[str, tuple[str, ...]]:
        """Give the columns of each array of shape (n, d) that alone bears its name."""
        groups, start = {}, 0
        counts = Counter(name for name, _ in self._arrays)
        for name, array in self._arrays:
            stop = start + (array.shape[1] if array.ndim == 2 else 1)
            if array.ndim == 2 and name and counts[name] == 1:
                groups[name] = tuple(self.names[start:stop])
            start = stop
        return groups

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read the columns of these names."""
        return self._between(names, 0, self.n_rows)

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Read the columns of these names piece by piece; of a mapped file no more is held."""
        for start in range(0, self.n_rows, n_rows):
            yield partial(self._pieces, names, start, start + n_rows)

    def _pieces(self, names: Sequence[str], start: int, stop: int) -> list[Piece]:
        return [Piece.of(column) for column in self._between(names, start, stop)]

    def _between(self, names: Sequence[str], start: int, stop: int) -> list[Column]:
        places = [self._places[name] for name in names]
        values: dict[int, NDArray[Any]] = {}
        for array in {id(array): array for array, _ in places}.values():
            chosen = [k for k, (other, _) in enumerate(places) if other is array]
            wanted = [i for k in chosen if (i := places[k][1]) is not None]
            read = spread(array, wanted, start, stop) if wanted else [array[start:stop]]
            values |= zip(chosen, read, strict=True)
        starts = [_start(array, column) for array, column in places]
        return [from_array(name, values[k], self.where, starts[k]) for k, name in enumerate(names)]


def _start(array: Array, column: int | None) -> int:
    """Give what a column is counted from: its first value decides, in whatever piece."""
    kind = array.dtype.kind
    if kind in "iuMm":
        for first in range(0, len(array), BLOCK):
            rows = array[first : first + BLOCK]
            values = rows if column is None else rows[:, column]
            if kind in "iu" or not bool(np.isnat(values).all()):
                return start_of_array(values)
    return 0


def spread(array: Array, wanted: Sequence[int], start: int, stop: int) -> NDArray[Any]:
    """Copy rows of columns of an array to those of one (len(wanted), n), in one pass over it."""
    stop = min(stop, len(array))
    if isinstance(array, StoredArray) and array.by_columns:
        return array.columns(wanted, start, stop)
    result = np.empty((len(wanted), stop - start), dtype=array.dtype)
    for first in range(start, stop, BLOCK):
        block = array[first : min(first + BLOCK, stop)]
        result[:, first - start : first - start + len(block)] = block[:, wanted].T
    return result


def column_names(name: str, array: Array) -> tuple[str, ...]:
    """Name the columns of one array; an empty name is that of a file with just this array."""
    if array.ndim == 1:
        return (name or "c1",)
    return tuple(f"{name}_{i}" if name else f"c{i}" for i in range(1, array.shape[1] + 1))


def check(name: str, array: Array, where: str) -> None:
    """Refuse an array that is not a table."""
    what = f"{where}: array {name!r}" if name else where
    if array.ndim not in (1, 2):
        raise MitoolError(
            f"{what} has {array.ndim} dimensions, shape {array.shape}; a table has 1 or 2, "
            "rows first: reshape it, such as a.reshape(len(a), -1)"
        )
    if array.dtype.kind == "O":
        raise MitoolError(f"{what} {OBJECTS}")
    if not array.dtype.itemsize:
        raise MitoolError(f"{what} holds nothing: its values are of {array.dtype}, 0 bytes each")
