"""Counting numbers without sorting them: exactly while they are few, else by buckets.

A bucket is counted as often as all of its numbers together (Cormode & Muthukrishnan 2005,
doi:10.1016/j.jalgor.2003.12.001), so that what is rare in it is rare for certain. Numbers that are
common in a batch are counted beside: how common they are is then known but for the rows of their
bucket in batches where they are not.
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
COMMON = 1 << 9
"""A number is common that more than one in so many rows of a batch hold."""
GOLDEN = 0x9E3779B97F4A7C15
"""Odd, and without a pattern: the top bits of a product with it depend on all bits of a number."""

PassingBuckets = Sequence[NDArray[np.bool_]]
"""For each turn, the buckets whose numbers pass; every turn has buckets of its own."""


@dataclass(frozen=True, eq=False)
class Common:
    """Common numbers, ascending, and how often each was counted; all (m,).

    ``covered`` are the rows of its bucket in the batches in which it was counted.
    """

    values: Vector
    counts: Counts
    covered: Counts

    @classmethod
    def among(cls, values: Vector, counts: Counts, buckets: Counts, turn: int) -> Common:
        """Choose from different numbers, all of a batch or all of its full buckets."""
        kept = counts > max(1.0, buckets.sum() / COMMON)
        values = values[kept]
        return cls(values, counts[kept], buckets[bucket_of(values, turn)])

    def merged(self, other: Common) -> Common:
        """Add what was counted of other rows; of too many numbers the most common stay."""
        both = np.append(self.values, other.values)
        values, places = np.unique(both, return_inverse=True)
        sums = np.zeros((2, len(values)), dtype=np.int64)
        np.add.at(sums[0], places, np.append(self.counts, other.counts))
        np.add.at(sums[1], places, np.append(self.covered, other.covered))
        kept = np.sort(np.argsort(-sums[0], kind="stable")[:KEPT])
        return Common(values[kept], *sums[:, kept])


NONE = Common(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, eq=False)
class Numbers:
    """Different numbers in ascending order and how often each occurs, both (m,).

    Of more than ``KEPT`` there are only ``buckets``, and those that are ``common``.
    """

    values: Vector
    counts: Counts
    n_present: int
    n_infinite: int
    buckets: Counts | None = None
    turn: int = 0
    common: Common = NONE

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
        common, is_full = NONE, buckets > len(values) / COMMON
        if is_full.any():
            within = values[is_full[bucket_of(values, turn)]]
            common = Common.among(*np.unique(within, return_counts=True), buckets, turn)
        none = np.empty(0, np.int64)
        return cls(np.empty(0), none, len(values), n_infinite, buckets, turn, common)

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
        none, common = np.empty(0, np.int64), self._common().merged(other._common())
        return Numbers(np.empty(0), none, n_present, n_infinite, buckets, self.turn, common)

    def limited(self) -> Numbers:
        """Go over to buckets if the numbers are too many."""
        if len(self.values) <= KEPT:
            return self
        none, buckets = np.empty(0, np.int64), self._in_buckets()
        return replace(
            self, values=np.empty(0), counts=none, buckets=buckets, common=self._common()
        )

    def exceeds(self, most: float) -> bool | None:
        """Tell whether a number occurs more often; None where the buckets leave it open."""
        if self.buckets is None:
            return bool((self.counts > most).any())
        common, rest = self.common, self.buckets.copy()
        if (common.counts > most).any():
            return True
        places = bucket_of(common.values, self.turn)
        at_most = common.counts + self.buckets[places] - common.covered
        np.subtract.at(rest, places, common.counts)
        return None if (at_most > most).any() or (rest > most).any() else False

    def _common(self) -> Common:
        if self.buckets is not None:
            return self.common
        return Common.among(self.values, self.counts, self._in_buckets(), self.turn)

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
