"""How many bins numbers are cut into, and which of equally full bins each falls into.

Freedman & Diaconis (1981), doi:10.1007/BF01025868; Sturges (1926),
doi:10.1080/01621459.1926.10502161; Doane (1976), doi:10.1080/00031305.1976.10479172.
"""

from __future__ import annotations

from collections.abc import Callable, Sized
from math import ceil, floor, log2, sqrt

import numpy as np
from numpy.typing import NDArray

from mitool.variables import Order, Vector

MAX_BINS = 10_000
QUARTILES = (0.25, 0.75)


def equal_frequency(values: Vector, order: Order, n_bins: int) -> NDArray[np.int64]:
    """Number the bin of each value by its average rank, shape (n,): equal values stay together."""
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(values))
    bins = np.empty(len(values), dtype=np.int64)
    bins[order] = np.repeat(n_bins * (starts + ends) // (2 * len(values)), ends - starts)
    return bins


def square_root(values: Sized) -> int:
    """Give the square root of the number of values."""
    return ceil(sqrt(len(values)))


def sturges(values: Sized) -> int:
    """Give the number of bins for values that are normal."""
    return ceil(log2(len(values)) + 1.0)


def freedman_diaconis(values: Vector) -> int:
    """Give the number of bins for smooth densities, by the distance of the quartiles."""
    low, first, third, high = np.quantile(values, [0.0, *QUARTILES, 1.0])
    return bins_of_quartiles(len(values), low, high, first, third)


def bins_of_quartiles(n: int, low: float, high: float, first: float, third: float) -> int:
    """Give the number of bins of n values by Freedman and Diaconis."""
    width = 2.0 * (third - first) * n ** (-1.0 / 3.0)
    return int(min(np.ceil((high - low) / width), MAX_BINS)) if width > 0.0 else 2


def quartile_ranks(n: int) -> list[int]:
    """Give the ranks, from 0, of the values between which the quartiles of n values lie."""
    ranks = [floor((n - 1) * share) for share in QUARTILES]
    return [min(rank + k, n - 1) for rank in ranks for k in (0, 1)]


def quartile(n: int, share: float, below: float, above: float) -> float:
    """Give a quartile of n values from those around it, as ``numpy.quantile`` does."""
    place = (n - 1) * share
    part = place - floor(place)
    step = above - below
    return above - step * (1.0 - part) if part >= 0.5 else below + step * part


def doane(values: Vector) -> int:
    """Give the number of bins for values that are skewed."""
    n = len(values)
    deviation = values.std()
    if n < 3 or deviation == 0.0:
        return 2
    skewness = np.mean(((values - values.mean()) / deviation) ** 3)
    spread = sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3.0)))
    return ceil(1.0 + log2(n) + log2(1.0 + abs(skewness) / spread))


BY_SIZE: dict[str, Callable[[Sized], int]] = {"sqrt": square_root, "sturges": sturges}
RULES: dict[str, Callable[[Vector], int]] = {**BY_SIZE, "fd": freedman_diaconis, "doane": doane}
