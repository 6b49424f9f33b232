"""NumPy files: .npy, read piece by piece, and .npz, whose arrays are groups of columns."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import numpy as np

from mitool.errors import MitoolError
from mitool.tables.arrayreader import OBJECTS, Array, ArrayReader
from mitool.tables.compression import bomb, most_bytes
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage
from mitool.tables.storedarray import StoredArray


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
    return ArrayReader(fields(array).items(), source.name)


def open_npz(source: Source, options: ReadOptions) -> ArrayReader:
    """Read every array of a .npz file."""
    with no_objects(source), source.open() as stream:
        arrays = list(members(source, stream))
    if not arrays:
        raise MitoolError(f"{source.name} holds no arrays")
    return ArrayReader(arrays, source.name)


def members(source: Source, stream: IO[bytes]) -> Iterator[tuple[str, Array]]:
    """Read the arrays of a .npz file, of which several may have one name."""
    with zipfile.ZipFile(stream) as archive:
        n_unpacked = sum(info.file_size for info in archive.infolist())
        if source.is_bounded and n_unpacked > most_bytes(source.n_bytes):
            raise bomb(source.name)
        for info in archive.infolist():
            with archive.open(info) as member:
                array = np.lib.format.read_array(member, allow_pickle=False)
                yield info.filename.removesuffix(".npy"), array


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
