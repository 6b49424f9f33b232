"""All pairs of the columns of a table that is larger than memory, some at each pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mitool.choices import Unit
from mitool.measure.settings import Settings
from mitool.result import Note
from mitool.streaming import Stream, check_auto, first_counts, streamed_one_of_many
from mitool.streaming.levels import Declared
from mitool.tables import Table
from mitool.tasks.matrix import MatrixOutline
from mitool.tasks.pairs import Pairs, chosen_pairs
from mitool.tasks.records import Record
from mitool.variables import Kind, Variable

AT_ONCE = 256
"""Pairs counted on one pass: a few megabytes of tables of labels."""


@dataclass(frozen=True, eq=False)
class StreamedMatrix:
    """Pairs of columns, estimated by each of ``settings`` (a ``Batch``); variables hold no rows.

    One run at a time: each passes over the table, in threads of its own.
    """

    stream: Stream
    variables: tuple[Variable, ...]
    pairs: Pairs
    settings: tuple[Settings, ...]
    unit: Unit = "nats"

    @property
    def outline(self) -> MatrixOutline:
        """The matrix as a whole."""
        names = [variable.name for variable in self.variables]
        return MatrixOutline.of(self.pairs, names, self.settings, self.unit)

    @property
    def digest(self) -> str:
        """Nothing: a checksum of the data would take one more pass over them."""
        return ""

    @property
    def passes(self) -> Iterator[range]:
        """The pairs to run at each pass."""
        for start in range(0, len(self.pairs), AT_ONCE):
            yield range(start, min(start + AT_ONCE, len(self.pairs)))

    def run(self, numbers: range) -> list[Record]:
        """Estimate the pairs of these numbers, counted on one pass over their columns."""
        between = self.pairs.between(numbers.start, numbers.stop)
        pairs = [(self.variables[i], self.variables[j]) for i, j in between]
        names = [(x.names, y.names) for x, y in pairs]
        self.stream.survey(names, first_counts(self.settings, self.stream.table, ()))
        by_pair = zip(numbers, pairs, strict=True)
        return [self._record(number, x, y) for number, (x, y) in by_pair]

    def _record(self, number: int, x: Variable, y: Variable) -> Record:
        estimates = (streamed_one_of_many(self.stream, x, y, one) for one in self.settings)
        return Record.of(number, [estimate.to(self.unit) for estimate in estimates])


def planned(
    table: Table,
    columns: Sequence[str],
    against: Sequence[str] | None,
    settings: Sequence[Settings],
    declared: Declared,
    n_jobs: int,
) -> tuple[StreamedMatrix, list[Note]]:
    """Plan all pairs as ``tasks.planned`` does of columns in memory, by one pass over them."""
    names = list(dict.fromkeys([*columns, *(against or ())]))
    first_counts(settings, table, names)
    stream = Stream(table, declared, n_jobs)
    stream.survey((), names=names)
    skipped = {name: survey.skip_note(declared) for name, survey in stream.surveys.items()}
    notes = [note for note in skipped.values() if note]
    variables = tuple(stream.variable([name]) for name in names if not skipped[name])
    kept = [variable.name for variable in variables]
    pairs = chosen_pairs(kept, columns, against, table.label, notes)
    check_auto(settings, _one_of_each_kind(variables, pairs), table)
    return StreamedMatrix(stream, variables, pairs, tuple(settings)), notes


def _one_of_each_kind(
    variables: Sequence[Variable], pairs: Pairs
) -> Sequence[tuple[Variable, Variable]]:
    """Give a pair of each two kinds: there may be millions of one."""
    first: dict[tuple[Kind, Kind], tuple[Variable, Variable]] = {}
    for i, j in pairs.between(0, len(pairs)):
        x, y = variables[i], variables[j]
        first.setdefault((x.kind, y.kind), (x, y))
    return list(first.values())
