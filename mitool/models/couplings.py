"""Couplings of least entropy: the most that columns of some marginals could share.

Kocaoglu, Dimakis, Vishwanath & Hassibi (2017), arXiv:1611.04035, for the greedy coupling; Compton,
Katz, Qi, Greenewald & Kocaoglu (2023), arXiv:2302.11838, for how near it comes: within 0.53 bits of
the least entropy for two marginals, 1.22 for any number. Cicalese, Gargano & Vaccaro (2019),
doi:10.1109/TIT.2019.2894519, for the lower bound: no coupling is majorised less than the meet of
its marginals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from mitool.once import once
from mitool.variables import Vector

NOTHING = 1e-15
"""A mass below this is what rounding left."""

Levels = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coupling:
    """A joint distribution: ``levels`` (n_cells, n_marginals) and their ``masses`` (n_cells,)."""

    levels: Levels
    masses: Vector

    @once
    def entropy(self) -> float:
        """Its joint entropy, nats."""
        return entropy_of(self.masses)


def entropy_of(masses: Vector) -> float:
    """Give -Σ p log p, nats; masses of 0 add nothing."""
    some = masses[masses > 0.0]
    return float(-np.sum(some * np.log(some)))


def greedy_coupling(marginals: Sequence[Vector]) -> Coupling:
    """Couple the largest masses that are left, and take the smaller from each, until none is left.

    O(n log n) of n levels in all, at most as many cells; ties go by the lowest level.
    """
    heaps = [
        [(-float(mass), level) for level, mass in enumerate(p) if mass > 0.0] for p in marginals
    ]
    for heap in heaps:
        heapify(heap)
    cells: list[tuple[int, ...]] = []
    masses: list[float] = []
    while all(heaps):
        tops = [heappop(heap) for heap in heaps]
        mass = min(-left for left, _ in tops)
        cells.append(tuple(level for _, level in tops))
        masses.append(mass)
        for heap, (left, level) in zip(heaps, tops, strict=True):
            if -left - mass > NOTHING:
                heappush(heap, (left + mass, level))
    return Coupling(np.array(cells, dtype=np.int64), np.array(masses))


def meet(marginals: Sequence[Vector]) -> Vector:
    """Give the largest distribution that all marginals majorise, from its largest mass down.

    Its cumulative sums are the least of those of the sorted marginals.
    """
    n_levels = max(map(len, marginals))
    sums = np.ones((len(marginals), n_levels))
    for row, p in zip(sums, marginals, strict=True):
        row[: len(p)] = np.cumsum(np.sort(p)[::-1])
    least = np.minimum(sums.min(axis=0), 1.0)
    return np.asarray(np.maximum(np.diff(least, prepend=0.0), 0.0))


def most_shared(p: Vector, q: Vector) -> float:
    """Give H(p) + H(q) - H(p∧q), nats: no coupling of two marginals has more information."""
    return entropy_of(p) + entropy_of(q) - entropy_of(meet([p, q]))
