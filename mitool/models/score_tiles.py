"""Scores of every sample under every context, a few rows at a time, wherever they are from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.storedarray import StoredArray
from mitool.variables import Matrix

VALUES_A_TILE = 150_000
"""Of a tile, 1.2 MB: what is done to it stays in a processor's cache."""
MOST_ROWS = 512


class Scores(Protocol):
    """A matrix of scores, rows by columns; ``label`` is what messages call it."""

    @property
    def label(self) -> str:
        """What messages call it."""
        ...

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        ...

    def rows(self, start: int, stop: int) -> Matrix:
        """Give a new array (stop - start, n_columns) of float64."""
        ...


@dataclass(frozen=True)
class ArrayScores:
    """Scores that stand in an array, in memory or in a file."""

    label: str
    array: NDArray[Any] | StoredArray
    _ahead: dict[str, tuple[int, NDArray[Any]]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.array.ndim != 2 or 0 in self.array.shape:
            raise MitoolError(
                f"{self.label} has the shape {self.array.shape}; scores are a matrix, a row for "
                "each context and a column for each sample"
            )
        if self.array.dtype.kind not in "fiub":
            raise MitoolError(f"{self.label} holds {self.array.dtype}, where scores are numbers")

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        n_rows, n_columns = self.array.shape
        return int(n_rows), int(n_columns)

    def rows(self, start: int, stop: int) -> Matrix:
        """Copy some rows; of a file that lies by columns many are read for the next calls too."""
        if not (isinstance(self.array, StoredArray) and self.array.by_columns):
            return np.array(self.array[start:stop], dtype=np.float64, order="C")
        first, block = self._ahead.get("block", (0, np.empty((0, 0))))
        if not first <= start <= stop <= first + len(block):
            first, block = start, self.array[start : max(stop, start + MOST_ROWS // 2)]
            self._ahead["block"] = (first, block)
        return np.array(block[start - first : stop - first], dtype=np.float64, order="C")


@dataclass(frozen=True)
class PartOfScores:
    """The scores of some contexts under one another: rows and columns by their numbers."""

    whole: Scores
    chosen: NDArray[np.int64]
    columns: NDArray[np.int64]

    @property
    def label(self) -> str:
        """What messages call the whole."""
        return self.whole.label

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        return len(self.chosen), len(self.columns)

    def rows(self, start: int, stop: int) -> Matrix:
        """Read the rows one by one: they lie anywhere."""
        read = [self.whole.rows(row, row + 1)[0, self.columns] for row in self.chosen[start:stop]]
        return np.array(read)


def turned(scores: ArrayScores) -> ArrayScores:
    """Give rows for columns; scores that are not in memory yet are read whole."""
    return ArrayScores(scores.label, scores.rows(0, scores.shape[0]).T)


def tiles(scores: Scores) -> Iterator[tuple[int, Matrix]]:
    """Read all rows, some at a time: the number of the first, and the scores, checked."""
    n_rows, n_columns = scores.shape
    step = min(MOST_ROWS, max(1, VALUES_A_TILE // n_columns))
    for start in range(0, n_rows, step):
        tile = scores.rows(start, min(start + step, n_rows))
        largest = tile.max()
        if not largest < np.inf:
            _refuse(scores.label, start, tile)
        yield start, tile


def _refuse(label: str, start: int, tile: Matrix) -> None:
    wrong = np.isnan(tile) | np.isposinf(tile)
    row, column = (int(place[0]) for place in np.nonzero(wrong))
    value = "+inf" if tile[row, column] > 0 else "no number (NaN)"
    raise MitoolError(
        f"{label} holds {value} in row {start + row + 1}, column {column + 1}; scores are finite, "
        "or -inf where a sample is impossible"
    )
