"""Neighbours on a sorted line: the arrays that ``line_loops`` and ``line_count_loops`` fill."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mitool.kernels.neighbors import line_loops
from mitool.kernels.neighbors.line_count_loops import count
from mitool.kernels.types import Places
from mitool.parallel import for_slices
from mitool.variables import Order, Vector

BUCKETS_PER_POINT = 2
"""One is a tenth slower to search, four are slower to fill."""


@dataclass(eq=False)
class BucketedLine:
    """An ascending line, the places where its buckets begin, and their scale once it is filled."""

    line: Vector
    scale: float = 0.0
    first: Places = field(init=False)

    def __post_init__(self) -> None:
        self.first = np.empty(BUCKETS_PER_POINT * len(self.line) + 1, dtype=np.int32)

    def filled(self) -> BucketedLine:
        """Find where the buckets begin, and give the same."""
        self.scale = line_loops.fill(self.line, self.first)
        return self


@dataclass(frozen=True, eq=False)
class Line:
    """One dimension: the order of the rows and their values in it."""

    order: Order
    ascending: Vector

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        counts, out = np.empty((2, len(radius)), dtype=np.int32)
        count_in_slices([(self.ascending, radius[self.order], closed, counts)])
        out[self.order] = counts
        return out


def count_in_slices(counts: Sequence[tuple[Vector, Vector, bool, Places]]) -> None:
    """out[i] <- how many others lie within radius[i] of line[i], closed or not, for each four."""

    def count_slice(first: int, last: int) -> None:
        for line, radius, closed, out in counts:
            count(line, radius, closed, first, last, out)

    for_slices(count_slice, len(counts[0][0]))
