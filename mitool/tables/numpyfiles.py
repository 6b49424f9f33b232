"""NumPy files: .npy, read piece by piece, and .npz, whose arrays are groups of columns."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.column import Column
from mitool.tables.compression import bomb, most_bytes
from mitool.tables.convert import from_array
from mitool.tables.piece import Batch, Piece
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage
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

    def __init__(self, arrays: Mapping[str, Array], where: str) -> None:
        self.where = where
        places: list[tuple[Array, int | None]] = []
        names: list[str] = []
        self.groups: dict[str, tuple[str, ...]] = {}
        for name, array in arrays.items():
            check(name, array, where)
            columns = column_names(name, array)
            if array.ndim == 2 and name:
                self.groups[name] = columns
            names.extend(columns)
            width = range(array.shape[1]) if array.ndim == 2 else [None]
            places.extend((array, i) for i in width)
        self.names = tuple(names)
        self._places = dict(zip(names, places, strict=True))
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            first = {n: name for name, n in reversed(lengths.items())}  # one of each length
            sizes = ", ".join(f"{name} {n}" for n, name in list(reversed(first.items()))[:SHOWN])
            raise MitoolError(f"{where}: its arrays have different numbers of rows ({sizes})")
        self.n_rows = next(iter(lengths.values()))
        if not self.n_rows or not names:
            raise MitoolError(f"{where} has no {'columns' if self.n_rows else 'rows'}")

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
        return [from_array(name, values[k], self.where) for k, name in enumerate(names)]


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


def fields(array: Array) -> dict[str, Array]:
    """Spread a record array into its fields."""
    names = array.dtype.names
    if names is None:
        return {"": array}
    if isinstance(array, StoredArray):
        return {name: array.of_field(name) for name in names}
    return {name: array[name] for name in names}


def open_npy(source: Source, options: ReadOptions) -> ArrayReader:
    """Open a .npy file without reading it."""
    with no_objects(source):
        if source.is_plain_file:
            mapped = np.load(source.file, mmap_mode="r", allow_pickle=False)
            array: Array = StoredArray.of(mapped, source)
        else:
            with source.open() as stream:
                array = np.load(io.BytesIO(stream.read()), allow_pickle=False)
    return ArrayReader(fields(array), source.name)


def open_npz(source: Source, options: ReadOptions) -> ArrayReader:
    """Read every array of a .npz file."""
    with no_objects(source), source.open() as stream:
        archive = np.load(stream, allow_pickle=False)
        n_unpacked = sum(member.file_size for member in archive.zip.infolist())
        if source.is_bounded and n_unpacked > most_bytes(source.n_bytes):
            raise bomb(source.name)
        arrays = {name: archive[name] for name in archive.files}
    if not arrays:
        raise MitoolError(f"{source.name} holds no arrays")
    return ArrayReader(arrays, source.name)


@contextmanager
def no_objects(source: Source) -> Iterator[None]:
    """Say in other words that NumPy refused to unpickle objects."""
    try:
        with damage(source):
            yield
    except MitoolError as error:
        if not re.search("allow_pickle|Python objects", str(error)):
            raise
        raise MitoolError(f"{source.name} {OBJECTS}") from error
