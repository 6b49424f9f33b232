"""What a worker does: estimate a stretch of pairs, one after the other."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from mitool.measure.settings import Settings
from mitool.once import once
from mitool.report import failure, row_of
from mitool.result import Estimate
from mitool.tasks.keeping import Keeper
from mitool.tasks.pairs import Pairs
from mitool.tasks.records import Record, Stretch
from mitool.uncertainty import SharedNulls, Uncertainty, assess_one_of_many
from mitool.units import Unit
from mitool.variables import Variable, digest_of

LOOK_BACK = 8  # rows of the matrix


@dataclass(frozen=True, eq=False)
class Work:
    """All that a run of many pairs needs; each pair is estimated once by each of ``settings``.

    ``budget`` is how many bytes may be kept of what estimators prepare of the columns.
    """

    variables: tuple[Variable, ...]
    pairs: Pairs
    settings: tuple[Settings, ...]
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    budget: float = float("inf")

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was prepared, which a worker makes for itself."""
        state = {name: vars(self)[name] for name in self.__dataclass_fields__}
        bare = tuple(replace(v, _orders={}, _memory={}) for v in self.variables)
        return state | {"variables": bare}

    @once
    def _keeper(self) -> Keeper:
        return Keeper(self.budget)

    @once
    def _nulls(self) -> SharedNulls:
        return SharedNulls(self.uncertainty)

    @property
    def names(self) -> Sequence[str]:
        """The names of the columns."""
        return [variable.name for variable in self.variables]

    @property
    def digest(self) -> str:
        """A checksum of the columns."""
        return digest_of(self.variables)

    @property
    def n_each(self) -> int:
        """How many estimates there are of each pair."""
        return len(self.settings)

    def run(self, numbers: range) -> Stretch:
        """Estimate the pairs of these numbers."""
        start = time.perf_counter()
        estimates = list(self._estimates(numbers))
        return Stretch(numbers, estimates, time.perf_counter() - start)

    def records(self, done: Stretch, unit: Unit) -> list[Record]:
        """Give a row for each estimate."""
        found = [estimate.to(unit) for estimate in done.results]
        groups = (found[at : at + self.n_each] for at in range(0, len(found), self.n_each))
        return [
            Record(
                number,
                [row_of(estimate) for estimate in group],
                [note for e in group for note in (*e.notes, *failure(e))],
            )
            for number, group in zip(done.numbers, groups, strict=True)
        ]

    def columns(self, numbers: range) -> Iterator[tuple[Variable, Variable]]:
        """Yield the columns of these pairs; what was prepared of them is kept as memory allows."""
        for i, j in self.pairs.between(numbers.start, numbers.stop):
            x, y = self.variables[i], self.variables[j]
            yield x, y
            self._keeper.settle(j, y)
            self._keeper.settle(i, x)
        self._forget(numbers)

    def _estimates(self, numbers: range) -> Iterator[Estimate]:
        for x, y in self.columns(numbers):
            for settings in self.settings:
                yield assess_one_of_many(x, y, None, settings, self.uncertainty, nulls=self._nulls)

    def _forget(self, done: range) -> None:
        """Drop what was kept of columns that no later pair needs.

        Another thread may still be at the row before, and keep its x anew: look back a little.
        """
        if self.pairs.against is None:
            first, last = self.pairs.row_of(done.start), self.pairs.row_of(done.stop)
            for column in self.pairs.columns[max(first - LOOK_BACK, 0) : last]:
                self._keeper.drop(column, self.variables[column])
