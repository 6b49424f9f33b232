"""Counting neighbours of two dimensions: a grid of equal shares, with a table of its sums.

A square holds the points of a range of ranks in x that are of a range of ranks in y. The whole
strips of the grid inside it are summed in the table by four numbers; what stands in the strips at
its four edges is counted by comparing ranks, in 32 bits, of points that stand side by side. So a
square of many points takes hardly longer than one of few, where a tree would visit every box that
its edge cuts: measured 6, 5 and 4 times as fast to count as the tree, and 1.3 to 2.3 times as fast
to build with the sorts, at 10⁴, 10⁵ and 10⁶ rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mitool.kernels.neighbors import squares_loops
from mitool.kernels.neighbors.line import BucketedLine
from mitool.kernels.neighbors.margin import Margin, renumbered
from mitool.kernels.neighbors.squares_loops import Axis, Sums
from mitool.kernels.types import Places
from mitool.parallel import for_slices
from mitool.variables import Rows, Vector

N_STRIPS = 10
"""Up to 2 to this many strips: a table of 4 MB at most stays in the cache."""
NARROWEST = 5
"""Two to this many points are compared in the time of a look into the table."""


@dataclass(frozen=True, eq=False)
class Squares:
    """The points of two columns, by their ranks; ``rows`` is their order in the first.

    ``in_x`` holds the rank in y of the point whose rank in x is i, ``in_y`` the other way, and
    ``table`` the sums over strips of 2**shift ranks.
    """

    x: Axis
    y: Axis
    in_x: Places
    in_y: Places
    table: Sums
    shift: int
    rows: Places

    @classmethod
    def over(cls, margin: Margin) -> Squares:
        """Rank points of two columns and cut them into strips."""
        (x, y), n = margin.lines, len(margin)
        shift = max(NARROWEST, n.bit_length() - N_STRIPS)
        room, in_x, in_y = np.empty((3, n), dtype=np.int32)
        squares_loops.rank(x.order, y.order, room, in_x, in_y)
        n_strips = ((n - 1) >> shift) + 1
        table = np.empty((n_strips + 1, n_strips + 1), dtype=np.int32)
        squares_loops.tabulate(in_x, shift, table)
        return cls(_axis(x.ascending), _axis(y.ascending), in_x, in_y, table, shift, x.order)

    def permuted(self, rows: Rows) -> Squares:
        """Give the squares of the same points whose row i was row rows[i] before."""
        return replace(self, rows=renumbered(self.rows, rows))

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        out = np.empty(len(radius), dtype=np.int32)
        parts = self.x, self.y, self.in_x, self.in_y, self.table, self.shift, self.rows

        def count(first: int, last: int) -> None:
            squares_loops.count(*parts, radius, closed, first, last, out)

        for_slices(count, len(out))
        return out


def _axis(ascending: Vector) -> Axis:
    line = BucketedLine(ascending).filled()
    return line.line, line.first, line.scale
