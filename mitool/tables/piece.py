"""Some rows of a column as they are stored: what streaming counts without converting it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.once import once
from mitool.tables.column import Column, Origin, coded

Batch = Callable[[], list["Piece"]]
"""Pieces of columns of the same rows, made when called: on whatever thread that is."""


@dataclass(frozen=True, eq=False)
class Piece:
    """Numbers of any type, shape (n,), or places among ``labels``, of which not all need occur.

    Where ``null`` is True ``stored`` may hold anything; NaN is missing too. Numbers too large for
    floats are stored less ``offset``.
    """

    name: str
    stored: NDArray[Any]
    null: NDArray[np.bool_] | None = None
    labels: tuple[str, ...] | None = None
    origin: Origin = "number"
    offset: Fraction = Fraction(0)

    @classmethod
    def of(cls, column: Column) -> Piece:
        """Take some rows of a column."""
        if column.labels is None:
            return cls(column.name, column.values, None, None, column.origin, column.offset)
        null = np.isnan(column.values)
        places = np.where(null, 0.0, column.values).astype(np.int64)
        return cls(column.name, places, null if null.any() else None, column.labels, column.origin)

    def __len__(self) -> int:
        return len(self.stored)

    @once
    def missing(self) -> NDArray[np.bool_] | None:
        """Which values are missing, shape (n,); None if none is."""
        if self.null is not None or self.stored.dtype.kind != "f" or not len(self):
            return self.null
        return np.isnan(self.stored) if np.isnan(self.stored.min()) else None

    @once
    def present(self) -> NDArray[Any]:
        """The values that are not missing."""
        return self.stored if self.missing is None else self.stored[~self.missing]

    @once
    def low(self) -> float:
        """The smallest value, 0 of none."""
        return self.present.min().item() if len(self.present) else 0

    @once
    def high(self) -> float:
        """The largest value, 0 of none."""
        return self.present.max().item() if len(self.present) else 0

    @once
    def values(self) -> NDArray[np.float64]:
        """All values as those of a ``Column``: float64, NaN where missing."""
        if self.missing is None:
            return self.stored.astype(np.float64, copy=False)
        return np.where(self.missing, np.nan, self.stored)

    def column(self) -> Column:
        """Give the rows as a column of their own."""
        if self.labels is None:
            return Column(self.name, self.values, None, self.origin, self.offset)
        return coded(self.name, self.values, self.labels, self.origin)

    def less(self, offset: Fraction) -> Piece:
        """Give the same numbers with another offset."""
        if offset == self.offset or self.labels is not None:
            return self
        return Piece.of(self.column().less(offset))

    def take(self, rows: NDArray[np.int64] | slice) -> Piece:
        """Give a selection of the rows."""
        null = None if self.null is None else self.null[rows]
        return replace(self, stored=self.stored[rows], null=null)
