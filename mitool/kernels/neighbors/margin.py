"""What is known of one variable alone before neighbours are counted: its points and orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar
from weakref import WeakValueDictionary

import numpy as np

from mitool.kernels.types import Places
from mitool.once import once
from mitool.variables import Matrix, Order, Rows, Variable, Vector, ascending

FAR = 2.0**990
"""Farther than numbers below 5e297 are apart: a distance of this or more is that of different
labels, of which 2**31 have codes that are finite."""


class Permuted(Protocol):
    """What is built over the points of a margin and can follow when its rows are permuted."""

    @classmethod
    def over(cls, margin: Margin) -> Self:
        """Build it over all points."""
        ...

    def permuted(self, rows: Rows) -> Self:
        """Give the same of the points whose row i was row rows[i] before."""
        ...


Structure = TypeVar("Structure", bound=Permuted)
Numbering = TypeVar("Numbering", Rows, Places)


@dataclass(frozen=True, eq=False)
class Margin:
    """One variable prepared for counting neighbours.

    One column is kept as its sorted line and the order of its rows alone, so that thousands of
    columns stay small. ``source`` is the margin it was taken from, and the rows: what is sorted
    there is not sorted again. ``blocks`` are those it joins, which may be sorted, too. What a
    chooser has built over the points is kept with them; see ``kept``.
    """

    points: Matrix | None
    source: tuple[Margin, Rows] | None = field(default=None, repr=False)
    blocks: tuple[Margin, ...] = field(default=(), repr=False)
    _structures: dict[type[Any], Any] = field(default_factory=dict, init=False, repr=False)

    def __len__(self) -> int:
        if self.points is not None:
            return len(self.points)
        return len(self.ascending) if self.source is None else len(self.source[1])

    @classmethod
    def of(cls, variable: Variable) -> Margin:
        """Prepare a variable; what its points are searched by is built when first needed."""
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
    def in_order(cls, line: Vector) -> Margin:
        """Give the margin of one column whose rows stand as its sorted line does."""
        margin = cls(None)
        vars(margin).update(order=np.arange(len(line), dtype=np.int32), ascending=line)
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

    def kept(self, structure: type[Structure]) -> Structure:
        """Give what ``structure.over`` makes of the points; it is made once and then kept.

        Where all rows of another margin were taken, its structure serves, with the rows permuted.
        """
        if structure not in self._structures:
            whole, rows = self.source or (self, None)
            if rows is not None and len(whole) == len(self):
                made = whole.kept(structure).permuted(rows)
            else:
                made = structure.over(self)
            self._structures.setdefault(structure, made)
        kept: Structure = self._structures[structure]
        return kept

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


def renumbered(points: Numbering, rows: Rows) -> Numbering:
    """Give the row of each point of a structure whose row i was row rows[i] before."""
    new = np.empty_like(points)
    new[rows] = np.arange(len(rows), dtype=points.dtype)
    return new[points]


_LINES: WeakValueDictionary[tuple[int, float, float], Vector] = WeakValueDictionary()


def _kept_once(line: Vector) -> Vector:
    """Give the same array for the same line: normal scores without ties, of every column."""
    key = len(line), float(line[0]), float(line[len(line) // 3])
    known = _LINES.setdefault(key, line)
    return known if np.array_equal(known, line) else line
