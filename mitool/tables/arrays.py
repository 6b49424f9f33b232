"""NumPy files: .npy, read through a memory map, and .npz, whose arrays are groups of columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.column import Column
from mitool.tables.convert import from_array
from mitool.tables.options import ReadOptions
from mitool.tables.source import STDIN, Source, damage

Array = NDArray[Any]


class ArrayPart:
    """Named columns that are slices of arrays.

    A plain array of shape (n,) is the column c1, one of shape (n, d) the columns c1 … cd. A named
    array ``a`` of shape (n,) is the column a, one of shape (n, d) the columns a_1 … a_d, which the
    group ``a`` means jointly. A record array has its fields as columns.
    """

    def __init__(self, arrays: Mapping[str, Array], where: str) -> None:
        self.where = where
        self._places: list[tuple[Array, int | None]] = []
        names: list[str] = []
        self.groups: dict[str, tuple[str, ...]] = {}
        for name, array in arrays.items():
            check(name, array, where)
            columns = column_names(name, array)
            if array.ndim == 2 and name:
                self.groups[name] = columns
            names.extend(columns)
            width = range(array.shape[1]) if array.ndim == 2 else [None]
            self._places.extend((array, i) for i in width)
        self.names = tuple(names)
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            sizes = ", ".join(f"{name} {n}" for name, n in lengths.items())
            raise MitoolError(f"{where}: its arrays have different numbers of rows ({sizes})")
        self.n_rows = next(iter(lengths.values()))
        if not self.n_rows:
            raise MitoolError(f"{where} has no rows")

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read the columns of these names."""
        columns = []
        for name in names:
            array, i = self._places[self.names.index(name)]
            columns.append(from_array(name, array if i is None else array[:, i], self.where))
        return columns


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
        raise MitoolError(
            f"{what} holds Python objects, which are never unpickled; save numbers or text: "
            "numpy.save('x.npy', a.astype(float))"
        )


def fields(array: Array) -> dict[str, Array]:
    """Spread a record array into its fields."""
    if array.dtype.names is None:
        return {"": array}
    return {name: array[name] for name in array.dtype.names}


def open_npy(source: Source, options: ReadOptions) -> ArrayPart:
    """Open a .npy file without reading it."""
    return ArrayPart(fields(load(source)), source.name)


def open_npz(source: Source, options: ReadOptions) -> ArrayPart:
    """Read every array of a .npz file."""
    with load(source) as archive, damage(source):
        if not archive.files:
            raise MitoolError(f"{source.name} holds no arrays")
        return ArrayPart({name: archive[name] for name in archive.files}, source.name)


def load(source: Source) -> Any:
    """Load with NumPy; objects are refused, never unpickled."""
    try:
        with damage(source):
            if source.path == STDIN or source.compression:
                with source.open() as stream:
                    return np.load(io.BytesIO(stream.read()), allow_pickle=False)
            return np.load(source.path, mmap_mode="r", allow_pickle=False)
    except MitoolError as error:
        if "allow_pickle" in str(error) or "Python objects" in str(error):
            raise MitoolError(
                f"{source.name} holds Python objects, which are never unpickled; save numbers or "
                "text: numpy.save('x.npy', a.astype(float))"
            ) from error
        raise
