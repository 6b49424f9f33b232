"""The profiles of many tables at once, and entropies of them: the same bits as one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import Coded
from mitool.kernels.counts.crossings import tables_with_each
from mitool.kernels.counts.profiles import UNGROUPED, Correction, Profile
from mitool.variables import Matrix, Vector


@dataclass(frozen=True, eq=False)
class Profiles:
    """Profiles of tables of the same rows, side by side; those that are shorter end in 1 and 0.

    ``sizes`` and ``times`` have shape (n_tables, longest), the others (n_tables,).
    """

    sizes: Matrix
    times: Matrix
    lengths: NDArray[np.intp]
    n_seen: NDArray[np.intp]
    n_levels: Sequence[int]
    n: float

    def __iter__(self) -> Iterator[Profile]:
        parts = zip(self.sizes, self.times, self.lengths.tolist(), self.n_levels, strict=True)
        for sizes, times, length, n_levels in parts:
            yield Profile(sizes[:length], times[:length], n_levels)


def profiles(tables: NDArray[np.integer[Any]], n_levels: Sequence[int], n_rows: int) -> Profiles:
    """Give what ``profile`` makes of each table, (n_tables, n_cells), of the same rows."""
    ordered = np.sort(tables.astype(np.int32), axis=1)
    occupied = ordered > 0
    n_seen = np.count_nonzero(occupied, axis=1)
    begins = occupied.copy()
    begins[:, 1:] &= (ordered[:, 1:] != ordered[:, :-1]) | (n_seen <= UNGROUPED)[:, None]
    lengths = np.count_nonzero(begins, axis=1)
    of_table, at = np.nonzero(begins)
    first = np.cumsum(lengths) - lengths
    place = np.arange(len(at)) - first[of_table]
    ends = np.append(at[1:], 0)
    ends[first + lengths - 1] = tables.shape[1]
    sizes = np.ones((len(tables), int(lengths.max())))
    times = np.zeros_like(sizes)
    sizes[of_table, place], times[of_table, place] = ordered[of_table, at], ends - at
    return Profiles(sizes, times, lengths, n_seen, n_levels, float(n_rows))


def profiles_with_each(
    x: Coded, ys: Sequence[Coded], n_levels: Sequence[int]
) -> Iterator[Profiles]:
    """Yield the joint profiles of x and each y, which are dense, of some of them at a time.

    ``n_levels`` is how many cells each of the tables could have.
    """
    start = 0
    for tables in tables_with_each(x, ys):
        stop = start + len(tables)
        yield profiles(tables, n_levels[start:stop], len(x))
        start = stop


def _plugins(p: Profiles) -> Vector:
    """Maximum likelihood, (n_tables,): sums of one length are taken together, as BLAS takes one."""
    terms, sums = p.sizes * np.log(p.sizes), np.empty(len(p.sizes))
    for length in np.unique(p.lengths):
        some = np.flatnonzero(p.lengths == length)
        times, of_sizes = p.times[some, None, :length], terms[some, :length, None]
        sums[some] = np.matmul(times, of_sizes)[:, 0, 0]
    return np.asarray(log(p.n) - sums / p.n)


def _miller_madows(p: Profiles) -> Vector:
    return _plugins(p) + (p.n_seen - 1.0) / (2.0 * p.n)


CORRECTIONS_OF_MANY: dict[Correction, Callable[[Profiles], Vector]] = {
    "none": _plugins,
    "miller-madow": _miller_madows,
}
"""Those of ``CORRECTIONS`` that have a form for many tables at once."""
