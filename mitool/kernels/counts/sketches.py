"""Columns of at most eight levels as bits, so that all pairs of many columns can be counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, log2

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.chance import Chance
from mitool.kernels.types import Counts
from mitool.once import once
from mitool.variables import Matrix

MOST_LEVELS = 8
TILE = 32  # columns: a table of two tiles is 512 kB, and stays in the cache of a core

Codes = NDArray[np.signedinteger]  # (n,) 0 … 7, and -1 where the value is missing
Words = NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Sketches:
    """Columns in tiles of 32, shape (n_tiles, words, 256): eight planes of bits a column.

    Seven are the rows of a level each, the eighth those that are there at all; the last level is
    what is left. ``counts`` has shape (n_columns, 8), the rows of each level, the last one too.
    """

    tiles: Words
    counts: Counts
    n_rows: int

    @classmethod
    def of(cls, columns: Sequence[Codes], n_rows: int) -> Sketches:
        """Pack columns of codes 0 … 7, of ``n_rows`` each."""
        n_tiles = -(-len(columns) // TILE)
        tiles = np.zeros((n_tiles, -(-n_rows // 64), TILE, MOST_LEVELS), dtype=np.uint64)
        counts = np.zeros((n_tiles * TILE, MOST_LEVELS), dtype=np.int64)
        for j, codes in enumerate(columns):
            counts[j] = np.bincount(codes[codes >= 0], minlength=MOST_LEVELS)
            tiles[j // TILE, :, j % TILE] = _planes(codes)
        return cls(tiles.reshape(n_tiles, -1, TILE * MOST_LEVELS), counts, n_rows)

    @once
    def varies(self) -> NDArray[np.bool_]:
        """Which columns have more than one level, shape (n_columns,)."""
        varies: NDArray[np.bool_] = np.count_nonzero(self.counts, axis=1) > 1
        return varies

    @once
    def lacks(self) -> NDArray[np.bool_]:
        """Which columns lack a value in some row, shape (n_columns,)."""
        lacks: NDArray[np.bool_] = self.counts.sum(axis=1) < self.n_rows
        return lacks

    def tile(self, number: int) -> slice:
        """The columns of a tile."""
        return slice(number * TILE, (number + 1) * TILE)


def _planes(codes: Codes) -> Words:
    """Give the words of a column, (words, 8)."""
    bits = np.zeros((MOST_LEVELS, -(-len(codes) // 64) * 64), dtype=np.bool_)
    bits[:-1, : len(codes)] = codes == np.arange(MOST_LEVELS - 1)[:, None]
    bits[-1, : len(codes)] = codes >= 0
    return np.packbits(bits, axis=1).view(np.uint64).T


@dataclass(frozen=True, eq=False)
class Tables:
    """The tables of all pairs of two sets of columns, band by band; two that are one if ``mutual``.

    Terms k log k are whole numbers of a small unit, so that sums are exact in any order.
    """

    first: Sketches
    second: Sketches

    @property
    def mutual(self) -> bool:
        """Whether both sets are one, whose pairs are taken once."""
        return self.first is self.second

    @property
    def n_bands(self) -> int:
        """How many bands of columns of the first set there are."""
        return len(self.first.tiles)

    def start(self, band: int) -> int:
        """The first column of the second set that a band is paired with."""
        return band * TILE if self.mutual else 0

    def scores(self, band: int) -> Matrix:
        """Give n I less its mean by chance, of a band with the columns from ``start`` on."""
        from mitool.kernels.counts.sketches_loops import score_band

        here, there = self.first.tile(band), slice(self.start(band), None)
        chance = self._chance.expected[self._places[0][here]].sum(axis=1)
        meets = np.empty((TILE * MOST_LEVELS, TILE * MOST_LEVELS), dtype=np.uint64)
        tiles = self.second.tiles[self.start(band) // TILE :]
        out: Matrix = np.empty((TILE, len(tiles) * TILE))
        lacking = self.first.lacks[here], self.second.lacks[there]
        places = self._places[1][there]
        score_band(
            (self.first.tiles[band], tiles), self._terms, chance, places, lacking, meets, out
        )
        out[~self.first.varies[here]] = -np.inf
        out[:, ~self.second.varies[there]] = -np.inf
        return out

    @once
    def _chance(self) -> Chance:
        return Chance.of(*(side.counts[~side.lacks] for side in (self.first, self.second)))

    @once
    def _places(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        first = self._chance.places(self.first.counts)
        return first, first if self.mutual else self._chance.places(self.second.counts)

    @once
    def _terms(self) -> tuple[NDArray[np.int64], float]:
        """Give k log k for k = 0 … n in whole units, and the unit in nats."""
        k = np.arange(self.first.n_rows + 1.0)
        terms = k * np.log(np.maximum(k, 1.0))
        unit = 2.0 ** (ceil(log2(terms[-1] + 1.0)) - 60)
        return np.rint(terms / unit).astype(np.int64), unit
