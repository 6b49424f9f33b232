"""A map of levels to fewer, of entropy R, that keeps as much as a map by halves can.

Entropy-bounded information maximisation, Ebrahimi, Chen & Khisti (2024), arXiv:2410.21666:
most I(X; T) with H(T) ≤ R. A map without chance has I(X; T) = H(T), so merges of the two smallest
masses lead from X to a constant, and R lies between two of them; there part of one level's mass is
moved by chance. A heuristic: the gap R - I says how much it may lack, and no optimum is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from mitool.models.couplings import entropy_of
from mitool.variables import Vector

STEPS = 200
"""Of a bisection, enough for the last digit of a share."""


@dataclass(frozen=True, eq=False)
class BottleneckMap:
    """``target`` (n_levels,) is where each level goes, with the rest of its mass if it is split.

    The levels of ``split`` go to ``other`` with probability ``share``, and stay at their target
    with the rest; none are split where the entropy is met exactly.
    """

    target: NDArray[np.int64]
    split: NDArray[np.int64]
    other: int
    share: float
    entropy: float
    information: float


def entropy_bottleneck(p: Vector, rate: float) -> BottleneckMap:
    """Merge the smallest masses until H(T) ≤ ``rate``, and undo the last merge in part.

    ``p`` (n_levels,) sums to 1, ``rate`` is in nats and not below 0.
    """
    finest = np.arange(len(p))
    if entropy_of(p) <= rate:
        return _without_chance(p, finest)
    groups: dict[int, list[int]] = {level: [level] for level in range(len(p))}
    masses = p.astype(np.float64).copy()
    heap = [(float(mass), level) for level, mass in enumerate(p)]
    heapify(heap)
    entropy = entropy_of(p)
    while True:
        (small, moved), (large, kept) = heappop(heap), heappop(heap)
        before = entropy
        entropy += _term(small) + _term(large) - _term(small + large)
        if entropy <= rate or not heap:  # of one level it is 0, whatever rounding says
            return _in_between(p, groups, moved, kept, rate, before)
        groups[kept] += groups.pop(moved)
        masses[kept], masses[moved] = small + large, 0.0
        heappush(heap, (small + large, kept))


def _term(mass: float) -> float:
    return mass * float(np.log(mass)) if mass > 0.0 else 0.0


def _target(groups: dict[int, list[int]], n_levels: int) -> NDArray[np.int64]:
    target = np.empty(n_levels, dtype=np.int64)
    for name, members in groups.items():
        target[members] = name
    return target


def _without_chance(p: Vector, target: NDArray[np.int64]) -> BottleneckMap:
    masses = np.asarray(np.bincount(target, weights=p), dtype=np.float64)
    entropy = entropy_of(masses)
    return BottleneckMap(target, np.empty(0, dtype=np.int64), 0, 0.0, entropy, entropy)


def _in_between(
    p: Vector, groups: dict[int, list[int]], moved: int, kept: int, rate: float, before: float
) -> BottleneckMap:
    """Move a share of the smaller of two merged levels to the other, so that H(T) is the rate."""
    target = _target(groups, len(p))
    masses = np.bincount(target, weights=p, minlength=len(p))
    small, large = float(masses[moved]), float(masses[kept])
    rest = before + _term(small) + _term(large)

    def entropy(share: float) -> float:
        return rest - _term(small * (1.0 - share)) - _term(large + small * share)

    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if entropy(middle) > rate else (low, middle)
    chance = -_term(high) - _term(1.0 - high)
    information = entropy(high) - small * chance
    split = np.array(groups[moved], dtype=np.int64)
    return BottleneckMap(target, split, kept, high, entropy(high), information)
