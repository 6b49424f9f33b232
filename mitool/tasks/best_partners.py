"""The best partners of each column, found among all pairs of columns in threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.sketches import TILE, Sketches, Tables
from mitool.once import once
from mitool.parallel import ordered_map
from mitool.tasks.pairs import Pairs
from mitool.variables import Matrix

Places = NDArray[np.int64]
Band = tuple[int, Matrix]
"""The number of a band of 32 columns, and its scores with all columns that it is paired with."""
Follow = Callable[[Iterable[Band], int, str], Iterable[Band]]
"""Sees the bands pass, to show progress."""


@dataclass(frozen=True)
class ListedPairs(Pairs):
    """Some of the pairs: ``listed`` holds the y of each x in turn, ``sizes`` how many each has.

    Both are flat, as the header of a checkpoint holds them.
    """

    listed: tuple[int, ...] = ()
    sizes: tuple[int, ...] = ()

    @once
    def _starts(self) -> list[int]:
        """The number of the first pair of each x, and the number of pairs."""
        return [0, *np.cumsum(self.sizes).tolist()]

    def partners(self, row: int) -> tuple[int, ...]:
        """Give the y of the x in a row."""
        return self.listed[self._starts[row] : self._starts[row + 1]]


@dataclass(frozen=True, eq=False)
class Partners:
    """The k best partners of each column of ``pairs``, the best first; all (n_columns, k).

    ``places`` are where a partner stands among the columns it may pair with, -1 where there are
    fewer than k; ``scores`` what it was chosen by, in nats.
    """

    pairs: Pairs
    places: Places
    scores: Matrix

    @once
    def _chosen(self) -> tuple[Places, Matrix, Places]:
        """Each pair once, in order: places (2, n), the score (n,) and the rank on either side."""
        x, rank = np.nonzero(self.places >= 0)
        y, score, mutual = self.places[x, rank], self.scores[x, rank], self.pairs.against is None
        side = np.where(x > y, 1, 0) if mutual else np.zeros_like(x)
        ends = np.where(side, (y, x), (x, y))
        width = int(max(ends.max(initial=0), len(self.places))) + 1
        keys, first, which = np.unique(
            ends[0] * width + ends[1], return_index=True, return_inverse=True
        )
        ranks = np.zeros((2, len(keys)), dtype=np.int64)
        ranks[side, which.reshape(-1)] = rank + 1
        return np.array(np.divmod(keys, width)), score[first], ranks

    @property
    def scores_of_pairs(self) -> Matrix:
        """What each pair was chosen by, in nats; (n_pairs,)."""
        return self._chosen[1]

    @property
    def ranks(self) -> Places:
        """Which partner y is of x, and x of y, from 1; 0 where it is not among the best; (2, n)."""
        return self._chosen[2]

    @once
    def listed(self) -> ListedPairs:
        """The pairs of all columns with their best partners."""
        columns, against = self.pairs.columns, self.pairs.against
        x, y = self._chosen[0]
        others = np.array(columns if against is None else against)
        sizes = np.bincount(x, minlength=len(columns)).tolist()
        return ListedPairs(columns, against, tuple(others[y].tolist()), tuple(sizes))


def best_partners(
    pairs: Pairs, sketches: Iterable[Sketches], n_partners: int, n_jobs: int, follow: Follow
) -> Partners:
    """Score all pairs by their tables, and keep the best of each column; the same for any threads.

    ``sketches`` are those of the columns, then of what they are paired against, if anything. Of
    equal scores the earlier column is the better.
    """
    from mitool.kernels.counts.sketches_best_loops import keep_best

    sides = list(sketches)
    tables, n = Tables(sides[0], sides[-1]), sides[0].n_rows
    numbers = [_padded(side) for side in _numbers(pairs)]
    n_columns, width = len(pairs.columns), min(n_partners, _most_partners(pairs))
    scores, partners = np.full((n_columns, width), -np.inf), np.full((n_columns, width), -1)
    bands = ordered_map(partial(_scored, tables), _in_turn(tables.n_bands), n_jobs)
    for band, found in follow(bands, tables.n_bands, f"bands of {TILE} columns looked through"):
        here, start = slice(band * TILE, (band + 1) * TILE), tables.start(band)
        rows, others = numbers[0][here], numbers[-1][start:]
        keep_best(found, rows, others, (band * TILE, start), tables.mutual, scores, partners)
    return Partners(pairs, partners, scores / n)


def of_one_value(pairs: Pairs, sketches: Iterable[Sketches]) -> list[int]:
    """Give the numbers of the columns that have one value, and so are in no pair."""
    sides = zip((pairs.columns, pairs.against or ()), sketches, strict=False)
    varies = [zip(columns, side.varies, strict=False) for columns, side in sides]
    return list(dict.fromkeys(number for side in varies for number, does in side if not does))


def _scored(tables: Tables, band: int) -> Band:
    return band, tables.scores(band)


def _in_turn(n_bands: int) -> Iterator[int]:
    """Yield the bands from both ends, of many pairs and of few: so that time left can be told."""
    low, high = 0, n_bands - 1
    while low <= high:
        yield low
        if low < high:
            yield high
        low, high = low + 1, high - 1


def _numbers(pairs: Pairs) -> list[Places]:
    sides = [pairs.columns] if pairs.against is None else [pairs.columns, pairs.against]
    return [np.array(side, dtype=np.int64) for side in sides]


def _most_partners(pairs: Pairs) -> int:
    """How many columns one could be paired with at most."""
    return len(pairs.columns) - 1 if pairs.against is None else len(pairs.against)


def _padded(numbers: Places) -> Places:
    """Fill up the last tile."""
    return np.pad(numbers, (0, -len(numbers) % TILE), constant_values=-1)
