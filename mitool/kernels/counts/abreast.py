"""Coded variables abreast: what one meets all of is laid out once, any stretch of it at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.counts.coded import Coded, Planes
from mitool.kernels.types import Counts
from mitool.once import once

Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Abreast(Sequence[Coded]):
    """Several coded variables of the same rows.

    A slice is a stretch of them, and shares what is laid out for all. Planes are those of all
    levels but the last of each variable, one below the other: the last follows from the margins.
    """

    members: Sequence[Coded]
    whole: Abreast | None = None
    start: int = 0
    """Where in the whole the first one stands, if these are a stretch of it."""

    @classmethod
    def of(cls, some: Sequence[Coded]) -> Abreast:
        """Put variables abreast that are not yet."""
        return some if isinstance(some, Abreast) else cls(some)

    def __len__(self) -> int:
        return len(self.members)

    def __getitem__(self, place: Any) -> Any:
        """Give one of them, or a stretch."""
        if not isinstance(place, slice):
            return self.members[place]
        start, _, _ = place.indices(len(self))
        return Abreast(self.members[place], self.whole or self, self.start + start)

    @property
    def n_in_all(self) -> int:
        """How many there are with those that these are a stretch of."""
        return len(self if self.whole is None else self.whole)

    @once
    def n_levels(self) -> Places:
        """How many levels each has."""
        if self.whole is not None:
            return self.whole.n_levels[self.start : self.start + len(self)]
        return np.array([one.n_levels for one in self.members])

    @once
    def _ends(self) -> Places:
        """Where the planes of each begin, and where the last ones end, in those of the whole."""
        if self.whole is not None:
            return self.whole._ends[self.start : self.start + len(self) + 1]
        return np.concatenate(([0], np.cumsum(self.n_levels - 1)))

    @property
    def _stretch(self) -> slice:
        return slice(int(self._ends[0]), int(self._ends[-1]))

    @property
    def ends(self) -> Places:
        """Where the planes of each begin, and where the last ones end."""
        ends: Places = self._ends - self._ends[0]
        return ends

    @once
    def planes(self) -> Planes:
        """The planes, shape (n_planes, words)."""
        if self.whole is not None:
            return self.whole.planes[self._stretch]
        return np.concatenate([one.laid_out[:-1] for one in self.members])

    @once
    def words(self) -> Planes:
        """The same, shape (words, n_planes): a row holds the same 64 rows of each."""
        if self.whole is not None:
            return self.whole.words[:, self._stretch]
        return np.ascontiguousarray(self.planes.T)

    @once
    def counts(self) -> Counts:
        """In how many rows each plane is set."""
        if self.whole is not None:
            return self.whole.counts[self._stretch]
        counts: Counts = np.concatenate([one.counts[:-1] for one in self.members])
        return counts

    @once
    def _cells(self) -> Places:
        """Of whom each plane is, and of which level, shape (2, n_planes)."""
        if self.whole is not None:
            return self.whole._cells[:, self._stretch]
        last = self.n_levels - 1
        of_member = np.repeat(np.arange(len(self)), last)
        return np.array([of_member, np.arange(len(of_member)) - self._ends[of_member]])

    @property
    def cells(self) -> tuple[Places, Places]:
        """Of which of these each plane is, and of which level."""
        of_member, of_level = self._cells
        return of_member - self.start, of_level
