"""The pairs of a matrix as a batch: each is estimated as it would be alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, Any

from mitool.choices import Adjustment, Unit
from mitool.diagnostics.panel import Grouping, groupings_among, panel_named
from mitool.measure.peers import Likenesses
from mitool.measure.settings import Settings
from mitool.measure.together import Together, measured_together
from mitool.once import once
from mitool.result import Estimate
from mitool.result.alike import Alikes
from mitool.result.blocks import RowBlock
from mitool.tasks.fans import Fan, Fans
from mitool.tasks.keeping import Keeper
from mitool.tasks.matrix import MatrixOutline
from mitool.tasks.pairs import Pairs
from mitool.tasks.records import Record
from mitool.uncertainty import Uncertainty, assess_one_of_many
from mitool.variables import Variable, digest_of

if TYPE_CHECKING:
    from mitool.uncertainty.shared import SharedNulls

LOOK_BACK = 8  # rows of the matrix
ROWS_AT_ONCE = 1 << 20
"""Rows of all partners that one column meets together: what is made of them is held meanwhile."""


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
    def _likenesses(self) -> Likenesses:
        return Likenesses(self.unit)

    @once
    def _nulls(self) -> SharedNulls:
        from mitool.uncertainty.shared import SharedNulls  # estimates alone need none

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

    def run(self, numbers: range) -> Sequence[Record]:
        """Estimate the pairs of these numbers; a row for each estimator."""
        return Fans([self._fan_of(some, fans) for some, fans in self._fans(numbers)])

    def estimates(self, numbers: range) -> list[Estimate]:
        """Estimate the pairs of these numbers; in nats, one after the other."""
        told = (
            [fan.in_order(Alikes.estimates, lambda estimate: estimate) for fan in fans]
            for _, fans in self._fans(numbers)
        )
        return [one for each in told for pair in zip(*each, strict=True) for one in pair]

    def columns(self, numbers: range) -> Iterator[tuple[Variable, Variable]]:
        """Yield the columns of these pairs; what was prepared of them is kept as memory allows."""
        for i, partners in self.pairs.fans(numbers.start, numbers.stop, 1):
            yield self.variables[i], self.variables[partners[0]]
            self._settle(i, partners)
        self._forget(numbers)

    def variables_of(self, number: int) -> tuple[Variable, ...]:
        """Give the columns of a pair."""
        return tuple(self.variables[i] for i in next(self.pairs.between(number, number + 1)))

    def _fans(self, numbers: range) -> Iterator[tuple[range, list[Together]]]:
        """Yield pairs of one column, and their estimates by each of the settings."""
        most = max(1, ROWS_AT_ONCE // len(self.variables[0])) if self._estimates_alone else 1
        start = numbers.start
        for i, others in self.pairs.fans(numbers.start, numbers.stop, most):
            x, ys, n_made = self.variables[i], [self.variables[j] for j in others], Variable.n_made
            fans = [self._fan(x, ys, one) for one in self.settings]
            yield range(start, start + len(others)), fans
            start += len(others)
            if n_made < Variable.n_made:  # else no column keeps more than it did
                self._settle(i, others)
        self._forget(numbers)

    def _fan_of(self, numbers: range, fans: Sequence[Together]) -> Fan:
        """Tell the estimates of pairs in the unit of the batch."""
        rows, remarks = zip(*(fan.told(self.unit) for fan in fans), strict=True)
        of_each_row = list(chain.from_iterable(zip(*remarks, strict=True)))
        return Fan(numbers, RowBlock.side_by_side(rows), of_each_row)

    @once
    def _estimates_alone(self) -> bool:
        """Whether nothing but estimates is asked for, of rows that are not said to be times."""
        return self.uncertainty == Uncertainty()

    def _fan(self, x: Variable, ys: Sequence[Variable], settings: Settings) -> Together:
        """Estimate x with each of its partners: together if that can be, each by itself if not."""
        if len(ys) > 1:
            together = measured_together(x, ys, settings, self._likenesses)
        else:
            together = Together(len(ys), left=list(range(len(ys))))
        return together.completed(lambda place: self._by_itself(x, ys[place], settings))

    def _by_itself(self, x: Variable, y: Variable, settings: Settings) -> Estimate:
        estimate = assess_one_of_many(x, y, None, settings, self.uncertainty, nulls=self._nulls)
        return panel_named(estimate, x, y, lambda: self._groupings)

    def _settle(self, i: int, partners: Sequence[int]) -> None:
        """Keep what was prepared of x and of its partners as memory allows."""
        for j in (*partners, i):
            self._keeper.settle(j, self.variables[j])

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
