"""The square form of a matrix: one row of numbers for each x, one column for each y."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from mitool.result.blocks import RowBlock
from mitool.result.fields import Field
from mitool.tasks.pairs import Pairs


class Square:
    """Gathers the numbers of pairs as they come; pairs of one set stand on both sides.

    ``shown`` names the number of a row. A column with itself, and a pair that failed, is None: the
    information of a continuous column with itself is infinite.
    """

    def __init__(self, pairs: Pairs, names: Sequence[str], shown: str = "mi") -> None:
        sides = pairs.columns, pairs.columns if pairs.against is None else pairs.against
        self._rows, self._columns = ([names[i] for i in side] for side in sides)
        self._place = [{number: at for at, number in enumerate(side)} for side in sides]
        self._pairs, self._shown = pairs, shown
        self._mirrored = pairs.against is None
        self._values = np.full((len(self._rows), len(self._columns)), np.nan)
        self._label = "x"
        while self._label in self._columns:
            self._label += "_"

    @property
    def fields(self) -> list[Field]:
        """The columns of the report: the name of x, then a number for each y."""
        return [Field(self._label), *(Field(name, "number") for name in self._columns)]

    def put(self, numbers: range, rows: RowBlock) -> None:
        """Set the numbers of pairs that follow one another."""
        pairs = self._pairs.between(numbers.start, numbers.stop)
        for (x, y), value in zip(pairs, rows.cells(self._shown), strict=True):
            i, j = self._place[0][x], self._place[1][y]
            self._values[i, j] = np.nan if value is None else value
            if self._mirrored:
                self._values[j, i] = self._values[i, j]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows, each under the names of its columns."""
        for name, values in zip(self._rows, self._values, strict=True):
            numbers = (None if np.isnan(value) else float(value) for value in values)
            yield {self._label: name, **dict(zip(self._columns, numbers, strict=True))}
