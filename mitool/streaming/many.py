"""All pairs of the columns of a table that is larger than memory, some at each pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mitool.measure.settings import Settings
from mitool.report import failure, row_of
from mitool.result import Note
from mitool.streaming import Stream, check_auto, counts_of, streamed_one_of_many
from mitool.streaming.census import Survey
from mitool.tables import Table
from mitool.tasks.columns import skipped
from mitool.tasks.pairs import Pairs, chosen_pairs
from mitool.tasks.records import Record
from mitool.units import Unit
from mitool.variables import Kind, Variable

AT_ONCE = 256
"""Pairs counted on one pass: a few megabytes of tables of labels."""


@dataclass(frozen=True, eq=False)
class Many:
    """Pairs of columns to be estimated by each of ``settings``; ``variables`` hold no rows."""

    stream: Stream
    variables: Sequence[Variable]
    pairs: Pairs
    settings: Sequence[Settings]
    notes: Sequence[Note]

    @classmethod
    def planned(
        cls,
        table: Table,
        columns: Sequence[str],
        against: Sequence[str] | None,
        settings: Sequence[Settings],
        decided: tuple[Collection[str], Collection[str]],
        n_jobs: int,
    ) -> Many:
        """Plan all pairs of ``columns``, or each of them with each of ``against``, by one pass."""
        names = list(dict.fromkeys([*columns, *(against or ())]))
        for each in settings:
            counts_of(each, table, names)
        stream = Stream(table, decided, n_jobs)
        stream.survey((), names=names)
        reasons = {
            name: reason_to_skip(survey, holds_labels=name in decided[0])
            for name, survey in stream.surveys.items()
        }
        notes = [note for note in reasons.values() if note]
        variables = [stream.variable([name]) for name in names if not reasons[name]]
        kept = [variable.name for variable in variables]
        pairs = chosen_pairs(kept, columns, against, table.label, notes)
        check_auto(settings, _of_each_kind(variables, pairs), table)
        return cls(stream, variables, pairs, settings, notes)

    def records(self, unit: Unit) -> Iterator[Record]:
        """Estimate every pair, in order."""
        for start in range(0, len(self.pairs), AT_ONCE):
            stop = min(start + AT_ONCE, len(self.pairs))
            numbers = self.pairs.between(start, stop)
            pairs = [(self.variables[i], self.variables[j]) for i, j in numbers]
            names = [(x.names, y.names) for x, y in pairs]
            table = self.stream.table
            counts = [c for each in self.settings for c in counts_of(each, table, ())]
            self.stream.survey(names, list(dict.fromkeys(counts)))
            for number, (x, y) in enumerate(pairs, start):
                yield self._record(number, x, y, unit)

    def _record(self, number: int, x: Variable, y: Variable, unit: Unit) -> Record:
        found = [streamed_one_of_many(self.stream, x, y, each).to(unit) for each in self.settings]
        notes = [note for estimate in found for note in (*estimate.notes, *failure(estimate))]
        return Record(number, [row_of(estimate) for estimate in found], notes)


def _of_each_kind(
    variables: Sequence[Variable], pairs: Pairs
) -> Sequence[tuple[Variable, Variable]]:
    """Give a pair of each two kinds: there may be millions of one."""
    found: dict[tuple[Kind, Kind], tuple[Variable, Variable]] = {}
    for i, j in pairs.between(0, len(pairs)):
        x, y = variables[i], variables[j]
        found.setdefault((x.kind, y.kind), (x, y))
    return list(found.values())


def reason_to_skip(survey: Survey, *, holds_labels: bool) -> Note | None:
    """Say why a column has no mutual information worth estimating, if so."""
    if survey.n_distinct == 0:
        return skipped("empty", survey.name)
    if survey.n_distinct == 1:
        return skipped("constant", survey.name)
    if survey.is_identifier and not holds_labels:
        return skipped("identifier", survey.name)
    return None
