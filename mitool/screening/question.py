"""How every column is compared with the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from mitool.inference.sampling_units import Units, blocks, groups, single_rows
from mitool.measure.estimation import measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.parallel import ordered_map
from mitool.result import Estimate
from mitool.uncertainty import Uncertainty, assess_one_of_many
from mitool.uncertainty.shared import SharedNulls
from mitool.variables import Rows, Variable


@dataclass(frozen=True, eq=False)
class Question:
    """One target (given z) for all columns, and what to say of each besides the estimate."""

    target: Variable
    given: Variable | None = None
    groups: Variable | None = None
    settings: Settings = field(default_factory=Settings)
    uncertainty: Uncertainty = field(default_factory=Uncertainty)
    n_jobs: int = 1

    def on(self, rows: Rows) -> Question:
        """Ask the same of some of the rows."""
        given, together = (v and v.take(rows) for v in (self.given, self.groups))
        return replace(self, target=self.target.take(rows), given=given, groups=together)

    @property
    def units(self) -> Units:
        """The rows that must not be torn apart."""
        if self.groups is not None:
            return groups(self.groups.codes)
        if self.uncertainty.order == "time":
            return blocks(len(self.target), 1)
        return single_rows(len(self.target))

    def estimates_only(self) -> Question:
        """Ask for the estimates alone."""
        return replace(self, uncertainty=Uncertainty(order=self.uncertainty.order))

    def measurement(self, column: Variable) -> Measurement:
        """Give the measurement of one column."""
        return measurement_of(column, self.target, self.given, self.settings, self.groups)[0]

    def answers(self, columns: Sequence[Variable]) -> Iterator[Estimate]:
        """Estimate every column in order, in threads; what fails says why."""
        nulls = SharedNulls(self.uncertainty, self.n_jobs)

        def answer(column: Variable) -> Estimate:
            return assess_one_of_many(
                column,
                self.target,
                self.given,
                self.settings,
                self.uncertainty,
                self.groups,
                nulls=nulls,
            )

        return ordered_map(answer, columns, self.n_jobs)
