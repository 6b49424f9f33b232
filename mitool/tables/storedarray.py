"""An array in a .npy file, read piece by piece as it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.once import once
from mitool.tables.source import Source


@dataclass(frozen=True)
class StoredArray:
    """Values of type ``stored`` from byte ``offset`` of an input on; ``field`` is one of theirs.

    Not a memory map: should the file be cut short meanwhile, using that ends the process by a
    signal.
    """

    source: Source
    offset: int
    stored: np.dtype[Any]
    stored_shape: tuple[int, ...]
    by_columns: bool = False
    field: str | None = None

    @classmethod
    def of(cls, mapped: np.memmap[Any, Any], source: Source) -> StoredArray:
        """Take the place and layout that NumPy found in the header; no page of it is touched."""
        by_columns = mapped.ndim > 1 and not mapped.flags.c_contiguous
        return cls(source, int(mapped.offset), mapped.dtype, mapped.shape, by_columns)

    def of_field(self, name: str) -> StoredArray:
        """Give one field of a record array."""
        return replace(self, field=name)

    @once
    def _like(self) -> NDArray[Any]:
        """An array without rows of the same type and width."""
        empty = np.empty((0, *self.stored_shape[1:]), dtype=self.stored)
        return empty if self.field is None else empty[self.field]

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of the values."""
        return self.stored if self.field is None else self.stored[self.field].base

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape, rows first."""
        return (*self.stored_shape[:1], *self._like.shape[1:])

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.shape)

    def __len__(self) -> int:
        return self.stored_shape[0]

    def __getitem__(self, rows: slice) -> NDArray[Any]:
        """Read a range of rows."""
        start, stop, _ = rows.indices(len(self))
        if self.by_columns:
            return self.columns(range(self.stored_shape[1]), start, stop).T
        width = prod(self.stored_shape[1:])
        flat = self._read(start * width, max(stop - start, 0) * width)
        whole = flat.reshape(-1, *self.stored_shape[1:])
        return whole if self.field is None else whole[self.field]

    def columns(self, wanted: Any, start: int, stop: int) -> NDArray[Any]:
        """Read rows ``start`` to ``stop`` of columns as rows of an array (len(wanted), n)."""
        n = len(self)
        parts = [self._read(i * n + start, stop - start) for i in wanted]
        whole = np.stack(parts)
        return whole if self.field is None else whole[self.field]

    def _read(self, first: int, count: int) -> NDArray[Any]:
        with self.source.raw() as file:
            file.seek(self.offset + first * self.stored.itemsize)
            data = file.read(count * self.stored.itemsize)
        if len(data) != count * self.stored.itemsize:
            raise MitoolError(
                f"{self.source.name} was cut short while it was read; copy or make it again"
            )
        return np.frombuffer(data, dtype=self.stored, count=count)
