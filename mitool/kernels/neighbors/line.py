"""Neighbours on a sorted line: the arrays that ``line_loops`` fills."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.neighbors import line_loops
from mitool.kernels.types import Flags, Places
from mitool.parallel import for_slices
from mitool.variables import Order, Vector

BUCKETS_PER_POINT = 2
"""One is a tenth slower to search, four are slower to fill."""


def empty_table(n: int) -> Places:
    """Give room for the places where the buckets of a line of n values begin."""
    return np.empty(BUCKETS_PER_POINT * n + 1, dtype=np.int32)


@dataclass(eq=False)
class BucketedLine:
    """An ascending line, the places where its buckets begin, and their scale once it is filled."""

    line: Vector
    scale: float = 0.0
    first: Places = field(init=False)

    def __post_init__(self) -> None:
        self.first = empty_table(len(self.line))

    def fill(self) -> None:
        """Find where the buckets begin."""
        self.scale = line_loops.fill(self.line, self.first)

    def filled(self) -> BucketedLine:
        """Give the same, filled."""
        self.fill()
        return self


@dataclass(frozen=True, eq=False)
class Line:
    """One dimension: the order of the rows and their values in it."""

    order: Order
    ascending: Vector

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        counts = np.empty((1, 1, len(radius)), dtype=np.int32)
        radii = radius[self.order][None, None]
        count_in_slices([BucketedLine(self.ascending).filled()], radii, np.array([closed]), counts)
        out = np.empty(len(radius), dtype=np.int32)
        out[self.order] = counts[0, 0]
        return out


def count_in_slices(
    lines: Sequence[BucketedLine],
    radii: NDArray[np.float64],
    closed: Flags,
    out: NDArray[np.int32],
) -> None:
    """Count on each line within each of its radii, (n_lines, n_radii, n), in its order."""

    def count(start: int, stop: int) -> None:
        for line, its_radii, its_counts in zip(lines, radii, out, strict=True):
            for radius, is_closed, counts in zip(its_radii, closed, its_counts, strict=True):
                bounds = is_closed, start, stop
                line_loops.count(line.line, line.scale, line.first, radius, *bounds, counts)

    for_slices(count, radii.shape[2])
