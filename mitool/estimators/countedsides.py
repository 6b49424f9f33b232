"""The margins of tables of counts, and which variables have any."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitool.errors import MitoolError
from mitool.kernels.counts.abreast import Abreast
from mitool.kernels.counts.coded import Coded
from mitool.kernels.counts.profiles import Profile
from mitool.once import once
from mitool.variables import Vector
from mitool.variables.kinds import MAX_LEVELS


@dataclass(frozen=True, eq=False)
class Side:
    """A margin of a table of counts, and its entropy by itself in nats."""

    counts: Profile
    entropy: float

    @once
    def n_seen(self) -> int:
        """How many levels occur."""
        return int(self.counts.n_seen)


@dataclass(frozen=True, eq=False)
class Sides(Sequence[Coded]):
    """Prepared variables abreast, with the margins that each has by one estimator.

    A slice is a stretch of them, for which nothing is made anew.
    """

    coded: Abreast
    margins: Sequence[Side]
    entropies: Vector
    n_seen: Sequence[int]
    n_levels: Sequence[int]
    """How many levels each could have."""

    @classmethod
    def of(cls, coded: Sequence[Coded], margins: Sequence[Side]) -> Sides:
        """Put variables and their margins abreast."""
        entropies = np.array([margin.entropy for margin in margins])
        n_levels = [margin.counts.n_levels for margin in margins]
        n_seen = [margin.n_seen for margin in margins]
        return cls(Abreast.of(coded), margins, entropies, n_seen, n_levels)

    def __len__(self) -> int:
        return len(self.margins)

    def __getitem__(self, place: Any) -> Any:
        """Give one of the variables, or a stretch."""
        if not isinstance(place, slice):
            return self.coded[place]
        kept: dict[str, Any] = {name: some[place] for name, some in vars(self).items()}
        return Sides(**kept)


def refuse_distinct(name: str, n_levels: int, n_rows: int) -> None:
    """Raise where every row is a level of its own."""
    if n_levels == n_rows > MAX_LEVELS:
        raise MitoolError(
            f"{name!r} has a different value in each of its {n_rows} rows, which cannot be "
            "counted; take fewer columns together, group its values, or use -e bins"
        )
