"""The families that tables are drawn from: distributions, padded with noise and turned.

Columns that tell nothing may be added to a side, and its columns may be mixed: the information
stays, and it is spread over them. No family borrows from another, so that each can be left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from studies.mist_alike import equal_pairs, one_factor
from studies.mist_pairs import PAIRS
from studies.mist_periods import PERIODS
from studies.mist_shapes import (
    added,
    clayton,
    fourier,
    heteroscedastic,
    latent,
    radii,
    signs,
    turns,
)
from studies.mist_ties import TIES
from studies.mist_truths import Case
from studies.mist_vectors import (
    canonical,
    clusters,
    crossed_planes,
    factors,
    mixtures,
    near_copies,
    spirals,
    students,
    volatility,
)

Make = Callable[[np.random.Generator, int, int], Case]


class Family(NamedTuple):
    """What makes a distribution, and the fewest columns it takes of x and y."""

    make: Make
    least: tuple[int, int] = (1, 1)
    smooth: bool = False
    """May values be rounded to a few hundredths without loss?"""
    largest: float = 5.0
    """Nats from which on a distribution is drawn anew."""
    mixes: bool = True
    """Are the columns of a side mixed at times?"""


def stacked(pair: Callable[[np.random.Generator], Case]) -> Make:
    """Some independent pairs of columns of a kind."""

    def make(rng: np.random.Generator, dx: int, dy: int) -> Case:
        cases = [pair(rng) for _ in range(int(rng.integers(1, min(dx, dy) + 1)))]

        def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            sides = zip(*(case.draw(n, rng) for case in cases), strict=True)
            x, y = (np.hstack(side) for side in sides)
            return x, y

        return Case(draw, sum(case.mi for case in cases))

    return make


FAMILIES: dict[str, Family] = {
    "canonical": Family(canonical, smooth=True),
    "factors": Family(factors, smooth=True),
    "near-copies": Family(near_copies, (2, 1)),
    "students": Family(students, smooth=True),
    "spirals": Family(spirals, (2, 1)),
    "mixtures": Family(mixtures),
    "clusters": Family(clusters),
    "crossed-planes": Family(crossed_planes),
    "volatility": Family(volatility),
    "fourier": Family(fourier),
    "added": Family(added, (2, 1)),
    "radii": Family(radii, (2, 1)),
    "signs": Family(signs, (2, 1)),
    "heteroscedastic": Family(heteroscedastic),
    "latent": Family(latent),
    "turns": Family(turns, (2, 2)),
    "clayton": Family(clayton, smooth=True),
    **{
        name: Family(stacked(pair), smooth=name == "additive")
        for name, pair in sorted((PAIRS | PERIODS | TIES).items())
    },
    "equal-pairs": Family(equal_pairs, smooth=True, largest=6.5, mixes=False),
    "one-factor": Family(one_factor, smooth=True, mixes=False),
}


ADDED = {"added": ("ordinal", "waves"), "alike": ("equal-pairs", "one-factor")}
"""Families that were added when tables of all others had been drawn: theirs are drawn apart."""


def distribution(family: Family, rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Draw a distribution of a family, with so many columns a side."""
    swapped = not _fits(family, dx, dy) or (_fits(family, dy, dx) and rng.random() < 0.5)
    d = (dy, dx) if swapped else (dx, dy)
    case = family.make(rng, *d)
    while not case.mi < family.largest:
        case = family.make(rng, *d)
    turns = [mixing(rng, columns) if family.mixes else None for columns in d]

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        sides = case.draw(n, rng)
        parts = zip(sides, d, turns, strict=True)
        x, y = (_spread(side, columns, turn, rng) for side, columns, turn in parts)
        return (y, x) if swapped else (x, y)

    return Case(draw, case.mi)


def fits(family: Family, dx: int, dy: int) -> bool:
    """Whether a family has distributions of so many columns, one way or the other."""
    return _fits(family, dx, dy) or _fits(family, dy, dx)


def _fits(family: Family, dx: int, dy: int) -> bool:
    return dx >= family.least[0] and dy >= family.least[1]


def mixing(rng: np.random.Generator, d: int) -> np.ndarray | None:
    """What columns are multiplied by: nothing, a rotation, or something that skews them too."""
    kind = rng.random()
    if d == 1 or kind < 0.35:
        return None
    if kind < 0.7:
        return np.linalg.qr(rng.normal(size=(d, d)))[0]
    return np.eye(d) + rng.uniform(0.1, 0.8) * rng.normal(size=(d, d))


def _spread(side: np.ndarray, d: int, turn: np.ndarray | None, rng) -> np.ndarray:
    """Fill up a side with noise to d columns, and mix them."""
    more = rng.normal(size=(len(side), d - side.shape[1]))
    spread = np.subtract(*np.quantile(side, [0.84, 0.16], axis=0)) / 2.0
    columns = np.hstack((side / np.where(spread > 0.0, spread, 1.0), more))
    return columns if turn is None else columns @ turn
