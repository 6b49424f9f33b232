"""The profiles of many tables at once, and entropies of them: the same bits as one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import Coded
from mitool.kernels.counts.crossings import tables_with_each
from mitool.kernels.counts.profiles import UNGROUPED, Correction, Profile
from mitool.once import once
from mitool.variables import Matrix, Vector


@dataclass(frozen=True, eq=False)
class Profiles:
    """What ``profile`` makes of each of some tables of the same rows.

    ``ordered`` are the counts of each in ascending order, (n_tables, n_cells); ``n_levels`` is how
    many cells each could have.
    """

    ordered: NDArray[np.signedinteger[Any]]
    n_levels: Sequence[int]
    n: float

    @once
    def n_seen(self) -> NDArray[np.intp]:
        """How many cells are occupied, (n_tables,)."""
        return np.asarray(np.count_nonzero(self.ordered, axis=1))

    @once
    def are_ungrouped(self) -> bool:
        """Whether all tables have so few cells that equal counts stay apart."""
        return int(self.n_seen.max()) <= UNGROUPED

    @once
    def _grouped(self) -> Grouped:
        return Grouped.of(self.ordered, self.n_seen)

    def __iter__(self) -> Iterator[Profile]:
        sizes, times, lengths = self._grouped
        parts = zip(sizes, times, lengths.tolist(), self.n_levels, strict=True)
        for size, time, length, n_levels in parts:
            yield Profile(size[:length], time[:length], n_levels)

    def sums(self, of_sizes: Callable[[Matrix], Matrix]) -> Vector:
        """Sum up what is made of the sizes over the cells of each table, as BLAS sums one up.

        Sums of one length are taken together.
        """
        if not self.are_ungrouped:
            sizes, times, lengths = self._grouped
            return _summed(times, of_sizes(sizes), lengths)
        terms = of_sizes(np.maximum(self.ordered, 1).astype(np.float64))
        return _summed(np.ones((1, terms.shape[1])), terms, self.n_seen, at_end=True)


class Grouped(NamedTuple):
    """Sizes and times of profiles side by side; those that are shorter end in 1 and 0.

    The first two have shape (n_tables, longest), ``lengths`` (n_tables,).
    """

    sizes: Matrix
    times: Matrix
    lengths: NDArray[np.intp]

    @classmethod
    def of(cls, ordered: NDArray[np.signedinteger[Any]], n_seen: NDArray[np.intp]) -> Self:
        """Group equal counts of each table, unless it has too few to gain by it."""
        begins = ordered > 0
        begins[:, 1:] &= (ordered[:, 1:] != ordered[:, :-1]) | (n_seen <= UNGROUPED)[:, None]
        lengths = np.count_nonzero(begins, axis=1)
        of_table, at = np.nonzero(begins)
        first = np.cumsum(lengths) - lengths
        place = np.arange(len(at)) - first[of_table]
        ends = np.append(at[1:], 0)
        ends[first + lengths - 1] = ordered.shape[1]
        sizes = np.ones((len(ordered), int(lengths.max())))
        times = np.zeros_like(sizes)
        sizes[of_table, place], times[of_table, place] = ordered[of_table, at], ends - at
        return cls(sizes, times, lengths)


def _summed(
    times: Matrix, terms: Matrix, lengths: NDArray[np.intp], *, at_end: bool = False
) -> Vector:
    """Give times @ terms over the first cells of each table, or the last, as many as its length."""
    by_length, sums = np.argsort(lengths, kind="stable"), np.empty(len(terms))
    ascending = lengths[by_length]
    for some in np.split(by_length, np.flatnonzero(ascending[1:] != ascending[:-1]) + 1):
        length = int(lengths[some[0]])
        own = slice(terms.shape[1] - length, None) if at_end else slice(length)
        weights = times[:, None, own] if len(times) == 1 else times[some, None, own]
        sums[some] = np.matmul(weights, terms[some, own, None])[:, 0, 0]
    return sums


def profiles(
    tables: NDArray[np.signedinteger[Any]], n_levels: Sequence[int], n_rows: int
) -> Profiles:
    """Give what ``profile`` makes of each table, (n_tables, n_cells), of the same rows."""
    ordered = np.sort(tables.astype(np.int32, copy=False), axis=1)
    return Profiles(ordered, n_levels, float(n_rows))


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
    """Maximum likelihood, (n_tables,)."""
    return np.asarray(log(p.n) - p.sums(lambda sizes: sizes * np.log(sizes)) / p.n)


def _miller_madows(p: Profiles) -> Vector:
    return _plugins(p) + (p.n_seen - 1.0) / (2.0 * p.n)


CORRECTIONS_OF_MANY: dict[Correction, Callable[[Profiles], Vector]] = {
    "none": _plugins,
    "miller-madow": _miller_madows,
}
"""Those of ``CORRECTIONS`` that have a form for many tables at once."""
