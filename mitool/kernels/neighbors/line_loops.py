"""Counting neighbours on a sorted line: a table of buckets tells nearly where a value stands.

The place of a value is looked up and then settled by comparing. Where all values lie in a few
buckets (heavy tails, no transform), halving them takes as long as it would without the table.
A leap by doubling steps from the point itself takes two to five times as long as the table.
"""

from __future__ import annotations

import numpy as np

from mitool.kernels.compiled import kernel
from mitool.kernels.types import Places
from mitool.variables import Vector

SMALL = 8  # values in a bucket that are stepped over one by one
BELOW_ONE = 1.0 - 2.0**-53  # times a number that is not subnormal: the next below it
TINY = 1e-290
LARGEST = 1e300  # of a scale: times zero it is still a number


@kernel
def _bucket(distance: float, scale: float, n_buckets: int) -> int:
    """Give the bucket of a value at a distance from the start of the line."""
    return int(min(max(distance * scale, 0.0), n_buckets - 1.0))


@kernel
def fill(line: Vector, first: Places) -> float:
    """first[b] <- how many values of an ascending line stand before bucket b; give the scale."""
    n_buckets, n_before = first.shape[0] - 1, 0
    extent = line[-1] - line[0]
    scale = min((n_buckets - 1) / extent, LARGEST) if 0.0 < extent < np.inf else 1.0 / LARGEST
    first[:] = 0
    for i in range(line.shape[0]):
        first[_bucket(line[i] - line[0], scale, n_buckets) + 1] = i + 1
    for b in range(n_buckets + 1):
        n_before = max(n_before, first[b])
        first[b] = n_before
    return float(scale)


@kernel
def ends(line: Vector, scale: float, first: Places, value: float, r: float) -> tuple[int, int]:
    """Give the places, from and to, of the values within r (closed) of one that is on the line.

    A difference decides, as everywhere; the sum that finds the bucket may be off by its rounding.
    Most buckets hold two values or fewer, for which two steps without a branch are a third faster
    than halving.
    """
    n, n_buckets = line.shape[0], first.shape[0] - 1
    b = _bucket(value + r - line[0], scale, n_buckets)
    above, size = first[b], first[b + 1] - first[b]
    while size > SMALL:
        half = size >> 1
        inside = line[above + half] - value <= r
        above = above + half + 1 if inside else above
        size = size - half - 1 if inside else half
    for _ in range(2):
        above += (above < n) & (line[min(above, n - 1)] - value <= r)
    while above < n and line[above] - value <= r:
        above += 1
    while above > 0 and line[above - 1] - value > r:
        above -= 1
    b = _bucket(value - r - line[0], scale, n_buckets)
    below, size = first[b], first[b + 1] - first[b]
    while size > SMALL:
        half = size >> 1
        outside = value - line[below + half] > r
        below = below + half + 1 if outside else below
        size = size - half - 1 if outside else half
    for _ in range(2):
        below += (below < n) & (value - line[min(below, n - 1)] > r)
    while below > 0 and value - line[below - 1] <= r:
        below -= 1
    while below < n and value - line[below] > r:
        below += 1
    return below, above


@kernel
def before(r: float) -> float:
    """Give the next number below one that is not negative: less than r is at most this."""
    return r * BELOW_ONE if r > TINY else np.nextafter(r, -1.0)
