"""Counting numbers without sorting them: exactly while they are few, else by buckets.

A bucket is counted as often as all of its numbers together (Cormode & Muthukrishnan 2005,
doi:10.1016/j.jalgor.2003.12.001), so that what is rare in it is rare for certain.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.cells import BLOCK
from mitool.kernels.types import Counts
from mitool.variables import Vector

KEPT = 1 << 12
"""Different numbers that are counted one by one."""
BITS = 12
"""Of the number of a bucket: 4096 of them stay in the nearest cache."""
GOLDEN = 0x9E3779B97F4A7C15
"""Odd, and without a pattern: the top bits of a product with it depend on all bits of a number."""

PassingBuckets = Sequence[NDArray[np.bool_]]
"""For each turn, the buckets whose numbers pass; every turn has buckets of its own."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """Different numbers in ascending order and how often each occurs, both (m,).

    Of more than ``KEPT`` there are only ``buckets``, and no values.
    """

    values: Vector
    counts: Counts
    n_present: int
    n_infinite: int
    buckets: Counts | None = None
    turn: int = 0

    @classmethod
    def counted(cls, values: Vector, counts: Counts, turn: int = 0) -> Numbers:
        """Take numbers that are counted already; those missing or never met are left out."""
        present = ~np.isnan(values) & (counts > 0)
        values, counts = values[present], counts[present]
        n_infinite = int(counts[np.isinf(values)].sum())
        return cls(values, counts, int(counts.sum()), n_infinite, turn=turn).limited()

    @classmethod
    def of(cls, values: Vector, turn: int = 0, *, many: bool = False) -> Numbers:
        """Count numbers, none of them missing; ``many`` spares a look at how many differ."""
        if not many and len(np.unique(values[: 2 * KEPT])) <= KEPT:
            return cls.counted(*np.unique(values, return_counts=True), turn)
        infinite = len(values) > 0 and bool(np.isinf([values.min(), values.max()]).any())
        n_infinite = int(np.isinf(values).sum()) if infinite else 0
        buckets = np.zeros(1 << BITS, dtype=np.int64)
        for start in range(0, len(values), BLOCK):
            places = bucket_of(values[start : start + BLOCK], turn)
            buckets += np.bincount(places, minlength=len(buckets))
        return cls(np.empty(0), np.empty(0, np.int64), len(values), n_infinite, buckets, turn)

    def merged(self, other: Numbers) -> Numbers:
        """Add other counts of the same turn."""
        n_present = self.n_present + other.n_present
        n_infinite = self.n_infinite + other.n_infinite
        if self.buckets is None and other.buckets is None:
            both = np.append(self.values, other.values)
            values, places = np.unique(both, return_inverse=True)
            counts = np.zeros(len(values), dtype=np.int64)
            np.add.at(counts, places, np.append(self.counts, other.counts))
            return Numbers(values, counts, n_present, n_infinite, None, self.turn).limited()
        buckets = self._in_buckets() + other._in_buckets()
        none = np.empty(0, np.int64)
        return Numbers(np.empty(0), none, n_present, n_infinite, buckets, self.turn)

    def limited(self) -> Numbers:
        """Go over to buckets if the numbers are too many."""
        if len(self.values) <= KEPT:
            return self
        none = np.empty(0, np.int64)
        return replace(self, values=np.empty(0), counts=none, buckets=self._in_buckets())

    def _in_buckets(self) -> Counts:
        if self.buckets is not None:
            return self.buckets
        buckets = np.zeros(1 << BITS, dtype=np.int64)
        np.add.at(buckets, bucket_of(self.values, self.turn), self.counts)
        return buckets


def bucket_of(values: Vector, turn: int) -> NDArray[np.int64]:
    """Give the bucket of each number, shape (n,).

    Twice an odd multiplier: the sign falls out, so that 0.0 and -0.0 are one.
    """
    multiplier = np.uint64(2 * pow(GOLDEN, 2 * turn + 1, 1 << 63))
    places = np.ascontiguousarray(values).view(np.uint64) * multiplier
    places >>= np.uint64(64 - BITS)
    return places.view(np.int64)


def within_buckets(values: Vector, passing: PassingBuckets) -> Vector:
    """Give the numbers that fall in a passing bucket in every turn."""
    for turn, passes in enumerate(passing):
        values = values[passes[bucket_of(values, turn)]]
    return values
