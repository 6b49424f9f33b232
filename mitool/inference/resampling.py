"""Row numbers of resamples, drawn one at a time; nothing here knows what is estimated.

Every function takes the units that stay together and a generator, and gives row numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from mitool.inference.sampling_units import Units
from mitool.variables import Codes, Rows, Vector

if TYPE_CHECKING:
    from numpy.random import Generator

FEWEST_BLOCKS = 10


def half(units: Units, rng: Generator) -> Rows:
    """Rows of half of the units, drawn without replacement, in the order of the file."""
    return subsample(units, len(units) // 2, rng)


def subsample(units: Units, n_chosen: int, rng: Generator) -> Rows:
    """Rows of ``n_chosen`` units, drawn without replacement, in the order of the file."""
    return units.in_file_order(rng.permutation(len(units))[:n_chosen])


def with_replacement(units: Units, rng: Generator) -> Rows:
    """Rows of as many units as there are, drawn with replacement; blocks overlap."""
    if units.kind == "blocks":
        draw = moving_blocks if units.fixed else stationary_blocks
        return draw(units.n_rows, units.length, rng)
    return units.take(rng.integers(0, len(units), len(units)))


def deletions(units: Units, n_groups: int, rng: Generator) -> Iterator[Rows]:
    """Leave out one of ``n_groups`` parts of the units after the other.

    Blocks keep their order, so that each part is contiguous; rows and groups are shuffled first,
    because a file may be sorted.
    """
    n_units = len(units)
    order = np.arange(n_units) if units.kind == "blocks" else rng.permutation(n_units)
    bounds = np.linspace(0, n_units, n_groups + 1).round().astype(np.int64)
    for start, stop in pairwise(bounds):
        yield units.in_file_order(np.concatenate((order[:start], order[stop:])))


def parts(units: Units, n_parts: int, rng: Generator) -> Iterator[Rows]:
    """Split the units at random into disjoint parts of nearly equal number."""
    order = rng.permutation(len(units))
    for part in np.array_split(order, n_parts):
        yield units.in_file_order(part)


def moving_blocks(n_rows: int, length: int, rng: Generator) -> Rows:
    """Blocks of fixed length from random starts, end to end (Künsch 1989)."""
    n_blocks = -(-n_rows // length)
    starts = rng.integers(0, n_rows - length + 1, n_blocks)
    return (starts[:, None] + np.arange(length)).reshape(-1)[:n_rows]


def stationary_blocks(n_rows: int, length: int, rng: Generator) -> Rows:
    """Blocks of geometric length on the circle, mean ``length`` (Politis & Romano 1994)."""
    new = rng.random(n_rows) < 1.0 / length
    new[0] = True
    begins = np.flatnonzero(new)
    starts = rng.integers(0, n_rows, len(begins))
    steps = np.arange(n_rows) - np.repeat(begins, np.diff(np.append(begins, n_rows)))
    return (np.repeat(starts, np.diff(np.append(begins, n_rows))) + steps) % n_rows


def exchange(units: Units, rng: Generator) -> Rows:
    """Let whole units change places: row i of the result is the row that moves to place i.

    Single rows are permuted. Units of one size change places among themselves, which keeps what
    goes on inside a unit; units whose size is unique are laid end to end in random order.
    """
    if units.kind == "rows":
        return rng.permutation(units.n_rows)
    sizes = units.sizes
    levels, size_of, counts = np.unique(sizes, return_inverse=True, return_counts=True)
    stratum = np.where(counts[size_of] > 1, size_of, len(levels))
    moved = np.empty(units.n_rows, dtype=np.int64)
    for label in np.unique(stratum):
        members = np.flatnonzero(stratum == label)
        moved[units.take(members)] = units.take(rng.permutation(members))
    return moved


def shift(n_rows: int, step: int) -> Rows:
    """Row numbers moved on a circle by ``step``."""
    return (np.arange(n_rows) + step) % n_rows


def within_levels(codes: Codes, rng: Generator) -> Rows:
    """Permute the rows of each code among themselves."""
    places = np.argsort(codes, kind="stable")
    shuffled = rng.permutation(len(codes))
    moved = np.empty_like(places)
    moved[places] = shuffled[np.argsort(codes[shuffled], kind="stable")]
    return moved


def block_length(*series: Vector) -> int:
    """Choose a block length: five times the lag after which the autocorrelation is noise.

    The lag is the smallest m after which max(5, √log₁₀ n) autocorrelations in a row lie within
    2 √(log₁₀ n / n) of zero (Politis & White 2004, their empirical rule), the largest over the
    series; at least ten blocks remain. AR(1) pairs with φ = 0.9 have lags of 9–12, and blocks of
    50 rows gave them intervals of nominal coverage.
    """
    n = len(series[0])
    longest = max(_last_correlated_lag(values) for values in series)
    return max(1, min(5 * longest, n // FEWEST_BLOCKS))


def _last_correlated_lag(values: Vector) -> int:
    n = len(values)
    window = max(5, int(np.ceil(np.sqrt(np.log10(n)))))
    n_lags = min(n - 1, int(np.ceil(np.sqrt(n))) + window)
    rho = autocorrelations(values, n_lags)
    noise = np.abs(rho) < 2.0 * np.sqrt(np.log10(n) / n)
    run = 0
    for lag, quiet in enumerate(noise, start=1):
        run = run + 1 if quiet else 0
        if run == window:
            return lag - window
    return n_lags


def autocorrelations(values: Vector, n_lags: int) -> Vector:
    """Autocorrelations at lags 1 … n_lags; zero for a constant series."""
    centred = values - values.mean()
    power = float(centred @ centred)
    if power == 0.0:
        return np.zeros(n_lags)
    return np.array([centred[lag:] @ centred[:-lag] for lag in range(1, n_lags + 1)]) / power
