"""All pairs of the columns of a table that is larger than memory, some at each pass."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mitool.choices import Unit
from mitool.measure.settings import Settings
from mitool.result import Note
from mitool.streaming import Stream, check_auto, counts_of, streamed_one_of_many
from mitool.tables import Table
from mitool.tasks.matrix import MatrixOutline
from mitool.tasks.pairs import Pairs, chosen_pairs
from mitool.tasks.records import Record
from mitool.variables import Kind, Variable
from mitool.variables.identifiers import skip_note

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
            name: skip_note(
                name,
                survey.n_distinct,
                None if name in decided[0] else survey.naming,
            )
            for name, survey in stream.surveys.items()
        }
        notes = [note for note in reasons.values() if note]
        variables = [stream.variable([name]) for name in names if not reasons[name]]
        kept = [variable.name for variable in variables]
        pairs = chosen_pairs(kept, columns, against, table.label, notes)
        check_auto(settings, _of_each_kind(variables, pairs), table)
        return cls(stream, variables, pairs, settings, notes)

    def outline(self, unit: Unit) -> MatrixOutline:
        """Give the matrix as a whole."""
        names = [variable.name for variable in self.variables]
        return MatrixOutline.of(self.pairs, names, self.settings, unit)

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
        estimates = (streamed_one_of_many(self.stream, x, y, each) for each in self.settings)
        return Record.of(number, [estimate.to(unit) for estimate in estimates])


def _of_each_kind(
    variables: Sequence[Variable], pairs: Pairs
) -> Sequence[tuple[Variable, Variable]]:
    """Give a pair of each two kinds: there may be millions of one."""
    found: dict[tuple[Kind, Kind], tuple[Variable, Variable]] = {}
    for i, j in pairs.between(0, len(pairs)):
        x, y = variables[i], variables[j]
        found.setdefault((x.kind, y.kind), (x, y))
    return list(found.values())
