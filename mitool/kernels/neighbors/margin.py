"""What one variable alone can know before neighbours are counted: its sorted order, its tree."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from mitool.once import once
from mitool.variables import Matrix, Order, Rows, Variable, Vector, ascending

if TYPE_CHECKING:
    from mitool.kernels.neighbors.bits import Bits
    from mitool.kernels.neighbors.squares import Squares
    from mitool.kernels.neighbors.tree import Tree

Places = NDArray[np.int32]

FAR = 2.0**990
"""Farther than numbers below 5e297 are apart: a distance of this or more is that of different
labels, of which 2**31 have codes that are finite."""


@dataclass(frozen=True, eq=False)
class Margin:
    """One variable prepared for counting neighbours.

    One column is kept as its sorted line and the order of its rows alone, so that thousands of
    columns stay small. ``source`` is the margin it was taken from, and the rows: what is sorted
    there is not sorted again. ``blocks`` are those it joins, which may be sorted, too.
    """

    points: Matrix | None
    source: tuple[Margin, Rows] | None = field(default=None, repr=False)
    blocks: tuple[Margin, ...] = field(default=(), repr=False)

    def __len__(self) -> int:
        if self.points is not None:
            return len(self.points)
        return len(self.ascending) if self.source is None else len(self.source[1])

    @classmethod
    def of(cls, variable: Variable) -> Margin:
        """Prepare a variable; trees are built when first asked for."""
        if variable.n_dims == 1:
            return cls._sorted(variable, 0)
        if variable.n_dims == 2 and len(variable.sorted_columns) == 2:
            return cls(variable.values, blocks=tuple(cls._sorted(variable, j) for j in (0, 1)))
        return cls(variable.values)

    @classmethod
    def _sorted(cls, variable: Variable, column: int) -> Margin:
        margin, order = cls(None), variable.order(column)
        line = _kept_once(variable.values[order, column])
        vars(margin).update(order=order, ascending=line)  # what the cached properties would find
        return margin

    @classmethod
    def with_labels(cls, variable: Variable) -> Margin:
        """Prepare a variable whose discrete columns are labels, ``FAR`` apart if different."""
        labels = [j for j, kind in enumerate(variable.kinds) if kind == "discrete"]
        if not labels:
            return cls.of(variable)
        values = variable.values.copy()
        for column in labels:
            codes = np.unique(values[:, column], return_inverse=True)[1].reshape(-1)
            values[:, column] = FAR * codes
        return cls(values)

    @property
    def n_dims(self) -> int:
        """How many columns the margin has."""
        return 1 if self.points is None else int(self.points.shape[1])

    @property
    def values(self) -> Matrix:
        """The points, (n, d), C order."""
        if self.points is not None:
            return self.points
        if self.source is not None:
            whole, rows = self.source
            return np.ascontiguousarray(whole.values[rows])
        values = np.empty((len(self), 1))
        values[self.order, 0] = self.ascending
        return values

    @once
    def order(self) -> Order:
        """Rows of a one-dimensional margin, ascending in value; ties in any order."""
        if self.source is None:
            return ascending(self.values[:, 0])
        whole, rows = self.source
        place = np.full(len(whole), -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        taken = place.take(whole.order)
        return taken if len(rows) == len(whole) else taken.compress(taken >= 0)

    @once
    def ascending(self) -> Vector:
        """The values of a one-dimensional margin, sorted."""
        if self.source is not None and len(self.source[0]) == len(self):
            return self.source[0].ascending
        return _kept_once(self.values[:, 0][self.order])

    @once
    def lines(self) -> tuple[Margin, ...]:
        """The margins of its columns."""
        if self.n_dims == 1:
            return (self,)
        if self.source is not None:
            whole, rows = self.source
            return tuple(line.take(rows) for line in whole.lines)
        if self.blocks:
            return tuple(line for block in self.blocks for line in block.lines)
        columns = np.ascontiguousarray(self.values.T)
        return tuple(Margin(column[:, None]) for column in columns)

    @once
    def squares(self) -> Squares:
        """The points of its two columns, to be counted in squares."""
        from mitool.kernels.neighbors.squares import Squares

        if self.source is not None and len(self.source[0]) == len(self):
            whole, rows = self.source
            return whole.squares.permuted(rows)
        return Squares.over(*self.lines)

    @once
    def bits(self) -> Bits:
        """The margin's points as sets of bits."""
        from mitool.kernels.neighbors.bits import Bits

        if self.source is not None and len(self.source[0]) == len(self):
            whole, rows = self.source
            return whole.bits.permuted(rows)
        return Bits.over(self)

    @once
    def tree(self) -> Tree:
        """The tree of the margin's points."""
        from mitool.kernels.neighbors.tree import Tree

        if self.source is not None and len(self.source[0]) == len(self):
            whole, rows = self.source
            return whole.tree.permuted(rows)
        return Tree.over(self.values)

    def take(self, rows: Rows) -> Margin:
        """Give the margin of a selection of distinct rows."""
        points = None if self.points is None else np.ascontiguousarray(self.points[rows])
        return Margin(points, (self, rows))

    permute = take

    def on_line(self, rows: Rows, line: Vector) -> Margin:
        """Give the margin of distinct rows of one column without ties, with other values.

        ``line`` holds them ascending; nothing is sorted.
        """
        taken = Margin(None)
        vars(taken).update(order=self.take(rows).order, ascending=line)
        return taken


_LINES: WeakValueDictionary[tuple[int, float, float], Vector] = WeakValueDictionary()


def _kept_once(line: Vector) -> Vector:
    """Give the same array for the same line: normal scores without ties, of every column."""
    key = len(line), float(line[0]), float(line[len(line) // 3])
    known = _LINES.setdefault(key, line)
    return known if np.array_equal(known, line) else line
