"""Entropies of counts, in nats: formulas over distinct counts and how often each occurs.

Sorted distinct counts make every sum independent of the order of rows, levels and variables.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.digamma import EULER_GAMMA
from mitool.once import once
from mitool.variables import Matrix, Vector

UNGROUPED = 32


@dataclass(frozen=True, eq=False)
class Profile:
    """The positive counts of a table: ``sizes`` ascending, ``times`` how often each occurs.

    ``n_levels`` is how many cells the table could have. A size may stand there twice.
    """

    sizes: Vector
    times: Vector
    n_levels: int

    @once
    def n(self) -> float:
        """How many rows were counted."""
        return float(self.sizes @ self.times)

    @once
    def n_seen(self) -> float:
        """How many cells are occupied."""
        return float(self.times.sum())


def profile(counts: NDArray[np.integer[Any]], n_levels: int) -> Profile:
    """Sort the positive counts, and group equal ones unless they are too few to gain by it."""
    ordered = counts[counts > 0]
    ordered.sort()
    if len(ordered) <= UNGROUPED:
        return Profile(ordered.astype(np.float64), np.ones(len(ordered)), n_levels)
    sizes, times = np.unique(ordered, return_counts=True)
    return Profile(sizes.astype(np.float64), times.astype(np.float64), n_levels)


def without_one(p: Profile, i: int) -> Profile:
    """Give the profile with one row taken from a cell of the i-th distinct count."""
    sizes, times = np.append(p.sizes, p.sizes[i] - 1.0), np.append(p.times, 1.0)
    times[i] -= 1.0
    kept = (sizes > 0.0) & (times > 0.0)
    return Profile(sizes[kept], times[kept], p.n_levels)


def plugin(p: Profile) -> float:
    """Maximum likelihood."""
    return log(p.n) - float(p.times @ (p.sizes * np.log(p.sizes))) / p.n


def miller_madow(p: Profile) -> float:
    """Miller (1955): the plug-in plus (occupied cells - 1) / 2n."""
    return plugin(p) + (p.n_seen - 1.0) / (2.0 * p.n)


def grassberger(p: Profile) -> float:
    """Grassberger (2003), arXiv:physics/0307138: digammas of the counts, by their recursion."""
    half = (p.sizes // 2).astype(np.int64)
    odd = 2.0 / (2.0 * np.arange(half.max(initial=0)) + 1.0)
    g = np.concatenate(([0.0], np.cumsum(odd)))[half] - EULER_GAMMA - np.log(2.0)
    return float(np.log(p.n) - p.times @ (p.sizes * g) / p.n)


def jackknife(p: Profile) -> float:
    """Zahl (1977), doi:10.2307/1936227: n H - (n - 1) times the mean H without one row."""
    n = p.n
    if n < 2.0:
        return 0.0
    terms = _xlogx(p.sizes)
    without = np.log(n - 1.0) - (p.times @ terms - terms + _xlogx(p.sizes - 1.0)) / (n - 1.0)
    return float(n * plugin(p) - (n - 1.0) * ((p.times * p.sizes) @ without) / n)


def chao_shen(p: Profile) -> float:
    """Chao & Shen (2003), doi:10.1023/A:1026096204727: coverage-adjusted Horvitz-Thompson."""
    n = p.n
    singles = float(p.times[p.sizes == 1.0].sum())
    coverage = 1.0 - min(singles, n - 1.0) / n
    share = coverage * p.sizes / n
    with np.errstate(divide="ignore"):  # one full cell: share 1, log1p(-1)
        seen = -np.expm1(n * np.log1p(-share))
    return float(-p.times @ (share * np.log(share) / seen))


def shrink(p: Profile) -> float:
    """Hausser & Strimmer (2009), arXiv:0811.3579, eq. 5-8: James-Stein towards uniform."""
    return shrunk(p, uniform_weight(p))


def uniform_weight(p: Profile) -> float:
    """Give the weight of the uniform table that makes the expected squared error the least."""
    squares = float(p.times @ (p.sizes / p.n) ** 2)
    distance = (p.n - 1.0) * (squares - 1.0 / p.n_levels)
    return min(1.0, (1.0 - squares) / distance) if distance > 0.0 else 1.0


def shrunk(p: Profile, weight: float) -> float:
    """Give the plug-in entropy of shares drawn towards the uniform ones by a weight."""
    k = float(p.n_levels)
    mixed = weight / k + (1.0 - weight) * p.sizes / p.n
    unseen = (k - p.n_seen) * float(_xlogx(np.array([weight / k]))[0])
    return float(-p.times @ _xlogx(mixed) - unseen)


def shrunk_without_one(p: Profile, weights: Vector) -> Matrix:
    """Give the same without one row of a cell, for each weight and each distinct count."""
    k, w = float(p.n_levels), weights[:, None]

    def terms(sizes: Vector) -> Matrix:
        return _xlogx(w / k + (1.0 - w) * sizes / (p.n - 1.0))

    whole = terms(p.sizes) @ p.times + (k - p.n_seen) * _xlogx(weights / k)
    return terms(p.sizes) - terms(p.sizes - 1.0) - whole[:, None]


def _xlogx(x: Vector) -> Vector:
    return np.where(x > 0.0, x * np.log(np.maximum(x, 1e-300)), 0.0)


Correction = Literal["none", "miller-madow", "grassberger", "chao-shen", "shrink", "jackknife"]

CORRECTIONS: dict[Correction, Callable[[Profile], float]] = {
    "none": plugin,
    "miller-madow": miller_madow,
    "grassberger": grassberger,
    "chao-shen": chao_shen,
    "shrink": shrink,
    "jackknife": jackknife,
}
