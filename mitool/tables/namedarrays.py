"""Arrays of any shape from a NumPy file, by their names: what a model put out, not a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.arrayreader import OBJECTS, Array
from mitool.tables.numpyfiles import members, no_objects
from mitool.tables.source import Source
from mitool.tables.stdin import source_of
from mitool.tables.storedarray import StoredArray


@dataclass(frozen=True)
class NamedArrays:
    """The arrays of one file; that of a .npy file has the name ``""`` and is not read yet."""

    label: str
    format: str
    n_bytes: int
    arrays: dict[str, Array]

    @property
    def entry(self) -> dict[str, object]:
        """What the report says of the file."""
        shape = next(iter(self.arrays.values())).shape
        columns = int(np.prod(shape[1:], dtype=np.int64)) if len(shape) > 1 else 1
        return {
            "path": self.label,
            "format": self.format,
            "bytes": self.n_bytes,
            "rows": shape[0] if shape else 1,
            "columns": columns,
        }

    def first_of(self, names: Iterable[str], what: str) -> Array:
        """Give the array of the first of some names that is there; the only one has any name."""
        names = tuple(names)
        for name in names:
            if name in self.arrays:
                return self.arrays[name]
        if len(self.arrays) == 1:
            return next(iter(self.arrays.values()))
        raise MitoolError(
            f"{self.label} holds {', '.join(map(repr, self.arrays))}; name the {what} "
            f"{' or '.join(map(repr, names))}"
        )


def whole(array: Array, label: str) -> NDArray[np.float64]:
    """Read a whole array of numbers of one dimension or more, as float64."""
    if array.dtype.kind not in "fiub" or not array.ndim:
        what = f"{array.dtype}" if array.ndim else "a single value"
        raise MitoolError(f"{label} holds {what}, where an array of numbers is needed")
    return np.array(array[:], dtype=np.float64)


def is_numpy(path: str) -> bool:
    """Whether a file is of NumPy's formats, by its first bytes; of a pipe it cannot be known."""
    return Path(path).is_file() and _form(Source(path)) in ("npy", "npz")


def named_arrays(path: str, *, allow_expansion: bool = False) -> NamedArrays:
    """Open a .npy or .npz file; of a plain .npy file nothing is read but its header."""
    source = replace(source_of(path), is_bounded=not allow_expansion)
    if not source.head:
        raise MitoolError(f"{source.name} is empty")
    form = _form(source)
    if form not in ("npy", "npz"):
        raise MitoolError(f"{source.name} is no NumPy file; save it by numpy.save or numpy.savez")
    with no_objects(source):
        arrays = _of_npz(source) if form == "npz" else {"": _of_npy(source)}
    if not arrays:
        raise MitoolError(f"{source.name} holds no arrays")
    for array in arrays.values():
        if array.dtype.kind == "O":
            raise MitoolError(f"{source.name} {OBJECTS}")
    return NamedArrays(source.name, form, source.n_bytes, arrays)


def _form(source: Source) -> str | None:
    form = source.binary_format
    return None if form is None else form.name


def _of_npz(source: Source) -> dict[str, Array]:
    with source.open() as stream:
        return dict(members(source, stream))


def _of_npy(source: Source) -> Array:
    if source.is_plain_file:
        mapped = np.load(source.file, mmap_mode="r", allow_pickle=False)
        if mapped.ndim and (mapped.flags.c_contiguous or mapped.ndim == 2):
            return StoredArray.of(mapped, source)
    with source.open() as stream:
        return np.lib.format.read_array(stream, allow_pickle=False)
