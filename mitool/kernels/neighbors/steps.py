"""All pairs of few points in whole steps: the arrays that ``steps_loops`` fills.

The time grows with the square of the number of points, and hardly with the dimensions. Measured
against the tree, with what is built: at 1000 points 1.6, 4 and 5 times as fast to search in 4, 10
and 20 dimensions, and 3, 7 and 10 times to count; the tree searches as fast in 4 and in 10 at 2,500
and at 25,000 points, and counts in 3 and 4 dimensions still 1.2 and 1.8 times as long at 32,000.
Lattices and tails as heavy as those of lognormals leave more points open in steps, which are then
measured, at 6 ns each: two to three times as long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from mitool.kernels.memory import in_lines
from mitool.kernels.neighbors import steps_loops
from mitool.kernels.neighbors.margin import FAR, Margin, renumbered
from mitool.kernels.neighbors.steps_lanes_loops import LANES
from mitool.kernels.neighbors.steps_loops import Grid, Steps
from mitool.kernels.types import Flags, Places
from mitool.parallel import for_slices
from mitool.variables import Matrix, Rows, Vector

Frame = tuple[Grid, Matrix, int, int, Steps, Steps]

LAST = 65_500
"""The last step, of 16 bits."""
SAMPLED = 64
"""Rows, about, by which a range is chosen: it moves the time taken and no number."""
SPREADS = 16.0
"""Times the middle four fifths of the values, beyond these: what is farther gets the last step."""
SMALLEST = 1e-300
"""Of the widths of steps, whose inverse is still a number."""
NARROWEST = 128
"""Places among which the nearest are first sought, unless the neighbours are more than a quarter:
64 let twice as many through, 512 take longer to look at."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Points, their steps in every dimension, and the row of each point."""

    points: Matrix
    grid: Grid
    rows: Rows

    @classmethod
    def over(cls, margin: Margin) -> Pairs:
        """Round the points down to steps."""
        points = margin.values
        return cls(points, _grid(points), np.arange(len(points)))

    def permuted(self, rows: Rows) -> Pairs:
        """Give the same of the points whose row i was row rows[i] before."""
        return replace(self, rows=renumbered(self.rows, rows))

    def kth_distance(self, k: int) -> Vector:
        """Give the distance of each row's k-th neighbour, shape (n,)."""
        radius, out = np.empty((2, len(self.rows)))
        n_places = NARROWEST
        while n_places < 4 * k:
            n_places *= 2

        def search(*frame: *Frame) -> None:
            least = in_lines(n_places, np.uint16)
            steps_loops.kth_distance(*frame, least, np.empty(k), radius)

        self._over_points(search, n_places)
        out[self.rows] = radius
        return out

    def count(self, radius: Vector, *, closed: bool) -> Places:
        """Count the others within radius[row] of each row."""
        reach = radius[self.rows]
        counts, out = np.empty((2, len(self.rows)), dtype=np.int32)

        def count(*frame: *Frame) -> None:
            steps_loops.count(*frame, reach, closed, counts)

        self._over_points(count)
        out[self.rows] = counts
        return out

    def extents(self, radius: Vector, split: int) -> Matrix:
        """Give how far the points within radius[row] reach before and from dimension ``split``."""
        reach = radius[self.rows]
        half, out = np.empty((2, 2, len(self.rows)))

        def search(*frame: *Frame) -> None:
            steps_loops.extents(*frame, reach, split, half)

        self._over_points(search)
        out[:, self.rows] = half
        return out

    def _over_points(self, seek: Callable[[*Frame], None], n_places: int = LANES) -> None:
        """Search in slices of points: the grid, the points, those from and to, and room."""
        n, n_dims = self.points.shape

        def find(first: int, last: int) -> None:
            point = np.empty(n_dims, dtype=np.uint16)
            far = in_lines(-(-n // n_places) * n_places, np.uint16)
            seek(self.grid, self.points, first, last, point, far)

        for_slices(find, n)


def _grid(points: Matrix) -> Grid:
    """Round points down to steps, of one width in all dimensions; see ``steps_loops``."""
    columns = points.T.copy()
    start, end = _ranges(columns)
    farthest = _spread_labels(columns, start, end)
    with np.errstate(over="ignore"):
        width = max(float((end - start).max()) / LAST, SMALLEST)
        columns -= start[:, None]
        columns /= width
    is_moved: Flags = np.any((columns < 0.0) | (columns >= LAST + 1.0), axis=0)
    n_blocks = -(-len(points) // LANES)
    steps = np.zeros((len(columns), n_blocks * LANES), dtype=np.uint16)
    steps[:, : len(points)] = np.clip(columns, 0.0, LAST, out=columns)
    blocks = steps.reshape(-1, n_blocks, LANES).swapaxes(0, 1)
    return np.ascontiguousarray(blocks), _as_bits(is_moved, n_blocks), 1.0 / width, farthest


def _ranges(columns: Matrix) -> tuple[Vector, Vector]:
    """Give where the steps of each column begin and end: at its ends, if these are not far off."""
    low, high = columns.min(axis=1), columns.max(axis=1)
    some = np.sort(columns[:, :: max(1, columns.shape[1] // SAMPLED)], axis=1)
    tenth = some.shape[1] // 10
    left, right = some[:, tenth], some[:, -1 - tenth]
    with np.errstate(over="ignore"):
        reach = np.where(right > left, SPREADS * (right - left), np.inf)
        return np.maximum(low, left - reach), np.minimum(high, right + reach)


def _spread_labels(columns: Matrix, start: Vector, end: Vector) -> int:
    """Put different labels farther apart than any numbers; give the most steps between numbers.

    Columns, starts and ends are changed in place. Without labels, all steps are for numbers.
    """
    with np.errstate(over="ignore"):
        wide = np.flatnonzero(end - start >= FAR)
    levels = {j: np.unique(columns[j], return_inverse=True) for j in wide}
    labels = {j: codes for j, (values, codes) in levels.items() if np.diff(values).min() >= FAR}
    if not labels:
        return LAST
    numbers = [j for j in range(len(columns)) if j not in labels]
    farthest = LAST // max(int(codes.max()) for codes in labels.values()) - 2
    extent = max(float((end - start)[numbers].max(initial=0.0)), LAST * SMALLEST)
    apart = extent / farthest * (farthest + 2)
    for j, codes in labels.items():
        columns[j] = apart * codes.reshape(-1)
        start[j], end[j] = 0.0, columns[j].max()
    return farthest


def _as_bits(flags: Flags, n_blocks: int) -> Rows:
    """Give flags as the bits of words, one for the points of each block."""
    words = np.zeros(8 * n_blocks, dtype=np.uint8)
    packed = np.packbits(flags, bitorder="little")
    words[: len(packed)] = packed
    return words.view("<i8").astype(np.int64)
