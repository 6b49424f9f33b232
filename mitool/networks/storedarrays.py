"""An array of a file that is not read yet: its name and shape are known, its numbers are not."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.numpyfiles import no_objects
from mitool.tables.source import Source

Array = NDArray[Any]
Head = tuple[tuple[int, ...], np.dtype[Any]]
"""Shape and type of an array."""
NUMBERS = "biuf"
BFLOAT16 = ("V2", "bfloat16")
"""What NumPy calls the type of 16 bits that other libraries add to it."""


@dataclass(frozen=True)
class Stored:
    """An array under a name in a file; ``key`` is empty where the file is the array."""

    path: str
    key: str
    shape: tuple[int, ...]

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"{self.path}, {self.key!r}" if self.key else self.path

    def load(self) -> Array:
        """Read the array as it is stored, or map it into memory."""
        raise NotImplementedError

    def read(self) -> Array:
        """Read the numbers in the byte order of this machine; 16 bits become 32, exactly."""
        return as_numbers(self.load(), self.where)


class Npy(Stored):
    """A .npy file, mapped into memory."""

    def load(self) -> Array:
        """Map it; only what is used is read."""
        with no_objects(Source(self.path)):
            mapped: Array = np.load(self.path, mmap_mode="r", allow_pickle=False)
        return mapped


class Npz(Stored):
    """A member of a .npz file."""

    def load(self) -> Array:
        """Unpack it alone."""
        with (
            no_objects(Source(self.path)),
            zipfile.ZipFile(self.path) as archive,
            archive.open(f"{self.key}.npy") as member,
        ):
            array: Array = np.lib.format.read_array(member, allow_pickle=False)
        return array


@dataclass(frozen=True, eq=False)
class InMemory(Stored):
    """An array that a caller has."""

    array: Array

    def load(self) -> Array:
        """Give it as it is."""
        return self.array


def npy_arrays(path: str) -> Iterator[Stored]:
    """Find the array of a .npy file."""
    with no_objects(Source(path)):
        shape = np.load(path, mmap_mode="r", allow_pickle=False).shape
    yield Npy(path, "", shape)


def npz_arrays(path: str) -> Iterator[Stored]:
    """Find the arrays of a .npz file by their headers alone."""
    with no_objects(Source(path)), zipfile.ZipFile(path) as archive:
        heads = {
            info.filename.removesuffix(".npy"): _head_of(archive, info)
            for info in archive.infolist()
            if info.filename.endswith(".npy")
        }
    for key, (shape, dtype) in heads.items():
        if dtype.hasobject:
            raise MitoolError(f"{path}, {key!r} {PICKLED}")
        yield Npz(path, key, shape)


def _head_of(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Head:
    with archive.open(info) as member:
        return _header(member)


def _header(member: IO[bytes]) -> Head:
    version = np.lib.format.read_magic(member)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read is None:  # names of fields beyond Latin-1: none of ours
        raise MitoolError(f"an array of NumPy's format {version[0]}.{version[1]} is not read")
    shape, _, dtype = read(member)
    return shape, dtype


PICKLED = (
    "holds Python objects, which are never loaded: they could run code; save each layer as an "
    "array of numbers of its own, of the same number of rows"
)


def as_numbers(array: Array, where: str) -> Array:
    """Give a copy that can be computed with: floats of 32 or 64 bits, in the order of bytes here.

    Raises a MitoolError where the array holds no numbers.
    """
    if str(array.dtype).lstrip("<>|=") in BFLOAT16:
        return widened(array.view(np.uint16) if array.dtype.kind == "V" else array)
    if array.dtype.hasobject:
        raise MitoolError(f"{where} {PICKLED}")
    if array.dtype.kind not in NUMBERS:
        raise MitoolError(f"{where} is an array of {array.dtype}; activations are numbers")
    wide = array.dtype.kind != "f" or array.dtype.itemsize > 4
    return np.array(array, dtype=np.float64 if wide else np.float32, order="C", subok=False)


def widened(array: Array) -> Array:
    """Give brain floats as the 32 bits of which they are the upper half."""
    if array.dtype != np.uint16:
        return np.asarray(array, dtype=np.float32)
    upper = np.asarray(array, dtype=np.uint32) << np.uint32(16)
    return upper.view(np.float32)
