"""The margins of tables of counts, and which variables have any."""

from __future__ import annotations

from dataclasses import dataclass

from mitool.errors import MitoolError
from mitool.kernels.counts.profiles import Profile
from mitool.once import once
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


def refuse_distinct(name: str, n_levels: int, n_rows: int) -> None:
    """Raise where every row is a level of its own."""
    if n_levels == n_rows > MAX_LEVELS:
        raise MitoolError(
            f"{name!r} has a different value in each of its {n_rows} rows, which cannot be "
            "counted; take fewer columns together, group its values, or use -e bins"
        )
