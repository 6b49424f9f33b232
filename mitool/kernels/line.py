"""Counting neighbours on a sorted line: a table of buckets tells nearly where a value stands.

The place of a value is looked up and then settled by comparing. Where all values lie in a few
buckets (heavy tails, no transform), halving them takes as long as it would without the table.
A leap by doubling steps from the point itself takes two to five times as long as the table.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel
from mitool.variables import Vector

Places = NDArray[np.int32]

BUCKETS_PER_POINT = 2
"""One is a tenth slower to search, four are slower to fill."""
LARGEST = 1e300  # of a scale: times zero it is still a number


def empty_table(n: int) -> Places:
    """Give room for the table over a line of n values."""
    return np.empty(BUCKETS_PER_POINT * n + 1, dtype=np.int32)


@kernel
def _bucket(distance: float, scale: float, n_buckets: int) -> int:
    """Give the bucket of a value at a distance from the start of the line."""
    return int(min(max(distance * scale, 0.0), n_buckets - 1.0))


@kernel
def fill(line: Vector, first: Places) -> float:
    """first[b] <- how many values of an ascending line stand before bucket b; give the scale."""
    n_buckets, b = first.shape[0] - 1, 0
    extent = line[-1] - line[0]
    scale = min((n_buckets - 1) / extent, LARGEST) if 0.0 < extent < np.inf else 1.0 / LARGEST
    for i in range(line.shape[0]):
        while b <= _bucket(line[i] - line[0], scale, n_buckets):
            first[b] = i
            b += 1
    first[b:] = line.shape[0]
    return float(scale)


@kernel
def ends(line: Vector, scale: float, first: Places, value: float, r: float) -> tuple[int, int]:
    """Give the places, from and to, of the values within r (closed) of one that is on the line.

    A difference decides, as everywhere; the sum that finds the bucket may be off by its rounding.
    Halving goes either way with equal chance, so it chooses numbers and not branches.
    """
    n, n_buckets = line.shape[0], first.shape[0] - 1
    b = _bucket(value + r - line[0], scale, n_buckets)
    above, size = first[b], first[b + 1] - first[b]
    while size > 0:
        half = size >> 1
        inside = line[above + half] - value <= r
        above = above + half + 1 if inside else above
        size = size - half - 1 if inside else half
    while above < n and line[above] - value <= r:
        above += 1
    while above > 0 and line[above - 1] - value > r:
        above -= 1
    b = _bucket(value - r - line[0], scale, n_buckets)
    below, size = first[b], first[b + 1] - first[b]
    while size > 0:
        half = size >> 1
        outside = value - line[below + half] > r
        below = below + half + 1 if outside else below
        size = size - half - 1 if outside else half
    while below > 0 and value - line[below - 1] <= r:
        below -= 1
    while below < n and value - line[below] > r:
        below += 1
    return below, above


@kernel
def count(
    line: Vector,
    scale: float,
    first: Places,
    radius: Vector,
    closed: bool,
    start: int,
    stop: int,
    found: Places,
) -> None:
    """found[i] <- how many others lie within radius[i] of line[i], for i = start … stop - 1."""
    for i in range(start, stop):
        r = radius[i] if closed else np.nextafter(radius[i], -1.0)  # less than is at most this
        below, above = ends(line, scale, first, line[i], r)
        found[i] = max(above, i + 1) - min(below, i) - 1  # no point is closer to itself than 0
