"""The pairs of a matrix as a batch: each is estimated by itself, whatever the others are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mitool.choices import Adjustment, Unit
from mitool.diagnostics.panel import Grouping, groupings_among, panel_named
from mitool.measure.settings import Settings
from mitool.once import once
from mitool.result import Estimate
from mitool.tasks.keeping import Keeper
from mitool.tasks.matrix import MatrixOutline
from mitool.tasks.pairs import Pairs
from mitool.tasks.records import Record
from mitool.uncertainty import Uncertainty, assess_one_of_many
from mitool.uncertainty.shared import SharedNulls
from mitool.variables import Variable, digest_of

LOOK_BACK = 8  # rows of the matrix


@dataclass(frozen=True, eq=False)
class PairBatch:
    """All that a run of many pairs needs; each pair is estimated once by each of ``settings``.

    ``budget`` is how many bytes may be kept of what estimators prepare of the columns; ``adjust``
    says how the p-values are adjusted once all are there.
    """

    variables: tuple[Variable, ...]
    pairs: Pairs
    settings: tuple[Settings, ...]
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    budget: float = float("inf")
    unit: Unit = "nats"
    adjust: Adjustment = "none"

    def __getstate__(self) -> dict[str, Any]:
        """Travel without what was prepared, which a worker makes for itself."""
        state = {name: vars(self)[name] for name in self.__dataclass_fields__}
        bare = tuple(v.with_values(v.values, v.missing) for v in self.variables)
        return state | {"variables": bare}

    @once
    def _keeper(self) -> Keeper:
        return Keeper(self.budget)

    @once
    def _nulls(self) -> SharedNulls:
        return SharedNulls(self.uncertainty)

    @property
    def outline(self) -> MatrixOutline:
        """The matrix as a whole."""
        names = [variable.name for variable in self.variables]
        return MatrixOutline.of(self.pairs, names, self.settings, self.unit, self.adjust)

    @property
    def digest(self) -> str:
        """A checksum of the columns."""
        return digest_of(self.variables)

    def run(self, numbers: range) -> list[Record]:
        """Estimate the pairs of these numbers; a row for each estimator."""
        by_pair = zip(numbers, self._estimates(numbers), strict=True)
        return [
            Record.of(number, [estimate.to(self.unit) for estimate in estimates])
            for number, estimates in by_pair
        ]

    def estimates(self, numbers: range) -> list[Estimate]:
        """Estimate the pairs of these numbers; in nats, one after the other."""
        return [estimate for pair in self._estimates(numbers) for estimate in pair]

    def columns(self, numbers: range) -> Iterator[tuple[Variable, Variable]]:
        """Yield the columns of these pairs; what was prepared of them is kept as memory allows."""
        for i, j in self.pairs.between(numbers.start, numbers.stop):
            x, y = self.variables[i], self.variables[j]
            yield x, y
            self._keeper.settle(j, y)
            self._keeper.settle(i, x)
        self._forget(numbers)

    def variables_of(self, number: int) -> tuple[Variable, ...]:
        """Give the columns of a pair."""
        return tuple(self.variables[i] for i in next(self.pairs.between(number, number + 1)))

    def _estimates(self, numbers: range) -> Iterator[list[Estimate]]:
        for x, y in self.columns(numbers):
            estimates = (
                assess_one_of_many(x, y, None, settings, self.uncertainty, nulls=self._nulls)
                for settings in self.settings
            )
            yield [panel_named(estimate, x, y, lambda: self._groupings) for estimate in estimates]

    @once
    def _groupings(self) -> list[Grouping]:
        return groupings_among(self.variables)

    def _forget(self, finished: range) -> None:
        """Drop what was kept of columns that no later pair needs.

        Another thread may still be at the row before, and keep its x anew: look back a little.
        """
        if self.pairs.against is None:
            first, last = self.pairs.row_of(finished.start), self.pairs.row_of(finished.stop)
            for column in self.pairs.columns[max(first - LOOK_BACK, 0) : last]:
                self._keeper.drop(column, self.variables[column])
