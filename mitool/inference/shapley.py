"""Shapley (1953), doi:10.1515/9781400881970-018: a whole split among those that make it together.

Each gets the mean of what it adds over all orders in which they could have come, so the shares add
up to the whole. Sampled orders: Castro, Gómez & Tejada (2009), doi:10.1016/j.cor.2008.04.004.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from mitool.variables import Rows, Vector

Members = tuple[int, ...]
Worth = Callable[[Sequence[Members]], Sequence[float]]
"""Gives what each of several sets of players, ascending numbers, is worth together."""

EXACT_UP_TO = 12
"""Players whose 4,096 sets are all asked for; more are asked in sampled orders."""


@dataclass(frozen=True)
class Shares:
    """Shares (n,) that add up to ``whole``; ``se`` (n,) is what the choice of orders leaves."""

    shares: Vector
    whole: float
    se: Vector | None = None


def exact_shares(worth: Worth, n: int) -> Shares:
    """Split by all 2ⁿ sets; the empty one is worth nothing."""
    sets = [tuple(i for i in range(n) if mask >> i & 1) for mask in range(1, 2**n)]
    values = np.concatenate(([0.0], np.asarray(worth(sets), dtype=np.float64)))
    masks = np.arange(2**n)
    sizes = np.array([mask.bit_count() for mask in range(2**n)])
    weights = np.array([1.0 / (n * comb(n - 1, size)) for size in range(n)])
    shares = np.empty(n)
    for player in range(n):
        without = masks[(masks >> player & 1) == 0]
        gains = values[without | 1 << player] - values[without]
        shares[player] = weights[sizes[without]] @ gains
    return Shares(shares, float(values[-1]))


def sampled_shares(worth: Worth, orders: Rows) -> Shares:
    """Split by some orders (m, n), all of the same n players, with the error of their mean."""
    m, n = orders.shape
    sets = {tuple(sorted(order[:k])) for order in orders.tolist() for k in range(1, n + 1)}
    asked = sorted(sets)
    known = dict(zip(asked, worth(asked), strict=True))
    gains = np.empty((m, n))
    for row, order in enumerate(orders.tolist()):
        values = [0.0, *(known[tuple(sorted(order[:k]))] for k in range(1, n + 1))]
        gains[row, order] = np.diff(values)
    se = gains.std(axis=0, ddof=1) / np.sqrt(m) if m > 1 else None
    return Shares(gains.mean(axis=0), float(known[tuple(range(n))]), se)
