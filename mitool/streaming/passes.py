"""Passes over a table that is larger than memory: batches counted on threads, added up in order."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from mitool.estimators.streamed import Count
from mitool.kernels.batches.buckets import Numbers, PassingBuckets, within_buckets
from mitool.kernels.batches.cells import Cells
from mitool.kernels.batches.draws import Draw, Drawn
from mitool.parallel import ordered_map
from mitool.streaming.batchcounts import BatchCounter, Row
from mitool.streaming.census import Survey
from mitool.streaming.levels import Declared
from mitool.streaming.paircounts import PairCounts
from mitool.streaming.runningsum import RunningSum
from mitool.tables import Table
from mitool.tables.piece import Batch, Piece
from mitool.variables import Kind, Variable, complete

Names = Sequence[str]
Counted = TypeVar("Counted")


@dataclass(eq=False)
class Stream:
    """Columns of a table, surveyed; ``declared`` are those whose kind the user decides."""

    table: Table
    declared: Declared
    n_jobs: int
    surveys: dict[str, Survey] = field(default_factory=dict)
    counts: PairCounts = field(default_factory=PairCounts)
    _n_complete: dict[Row, int] = field(default_factory=dict)

    def survey(
        self,
        pairs: Sequence[tuple[Names, Names]],
        counts: Sequence[Count] = (),
        names: Names = (),
    ) -> None:
        """Pass once over the columns of all pairs, and over others, by ``names``.

        Numbers of pairs are summed up by ``counts`` on the way.
        """
        sides = list(dict.fromkeys((tuple(x), tuple(y)) for x, y in pairs))
        names = list(dict.fromkeys([*names, *(name for x, y in sides for name in (*x, *y))]))
        self.surveys = {name: Survey(name) for name in names}
        self.counts = PairCounts(sides, counts, self.surveys, self.declared)
        self._n_complete = {}
        counter = BatchCounter(sides, counts, self.surveys, self.declared)
        with closing(self._mapped(counter.count, names)) as batches:
            for batch in batches:
                self.counts.add(batch)
        if not self.n_rows:
            raise self.table.none_in_range(sum(entry.rows for entry in self.table.inputs))
        for survey in self.surveys.values():
            survey.interpret_words(self.table)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return next(iter(self.surveys.values())).n_rows

    def _mapped(
        self, function: Callable[[list[Piece]], Counted], names: Names
    ) -> Generator[Counted]:
        """Pass over columns, on several threads; results come in the order of the rows."""

        def counted(batch: Batch) -> Counted:
            return function(batch())

        return ordered_map(counted, self.table.batches(names), self.n_jobs)

    def cells(self, row: Row) -> Cells:
        """Give the joint rows of columns that are all labels, those with missing values too."""
        total = self.counts.cells_of(row)
        surveys = [self.surveys[name] for name in row]
        values = [s.values_of_words(total.rows[:, i]) for i, s in enumerate(surveys)]
        return Cells(np.column_stack(values), total.counts).grouped()

    def summed(self, x: Variable, y: Variable, count: Count) -> RunningSum[Any]:
        """Sum up the complete rows of two variables, by a pass of its own if need be."""
        known = self.counts.sums.get(((*x.names, *y.names), count))
        return self._passed(x, y, count) if known is None else known

    def drawn(self, x: Variable, y: Variable) -> RunningSum[Drawn]:
        """Draw from the complete rows of two variables, as ``summed`` sums them up.

        What the first pass drew of words is turned into what they mean.
        """
        known = self.counts.sums.get(((*x.names, *y.names), Draw()))
        if known is None:
            return self._passed(x, y, Draw())
        drawn, surveys = known.total(), [self.surveys[name] for name in (*x.names, *y.names)]
        if drawn is None or all(survey.meanings is None for survey in surveys):
            return known
        pairs = zip(surveys, drawn.rows.T, strict=True)
        meant = drawn.meaning([survey.values_of_words(column) for survey, column in pairs])
        sums = RunningSum[Drawn]()
        sums.add(meant, known.n_rows)
        return sums

    def _passed(self, x: Variable, y: Variable, count: Count) -> RunningSum[Any]:
        sums: RunningSum[Any] = RunningSum()

        def counted(pieces: list[Piece]) -> tuple[Any, int]:
            first, second = self.complete_rows(x, y, pieces)
            return count(first, second) if len(first) else None, len(first)

        names = list(dict.fromkeys((*x.names, *y.names)))
        with closing(self._mapped(counted, names)) as batches:
            for batch, n_rows in batches:
                sums.add(batch, n_rows)
        return sums

    def n_complete(self, x: Variable, y: Variable) -> int:
        """Give the number of rows that are complete in both; one pass counts those of all pairs."""
        if not self._n_complete:
            with closing(self._mapped(self._complete_in_batch, list(self.surveys))) as batches:
                totals = np.sum(list(batches), axis=0)
            rows = [(*first, *second) for first, second in self.counts.pairs]
            self._n_complete = dict(zip(rows, totals.tolist(), strict=True))
        return self._n_complete[(*x.names, *y.names)]

    def _complete_in_batch(self, pieces: list[Piece]) -> list[int]:
        """Count the complete rows of a batch, of each pair surveyed."""
        missing = {
            piece.name: np.isnan(self.surveys[piece.name].values_of(piece)) for piece in pieces
        }
        masks = ([missing[name] for name in (*x, *y)] for x, y in self.counts.pairs)
        return [int(np.count_nonzero(~np.logical_or.reduce(columns))) for columns in masks]

    def complete_rows(
        self, x: Variable, y: Variable, pieces: Sequence[Piece]
    ) -> tuple[Variable, Variable]:
        """Give both variables on the complete rows of a batch."""
        columns = {piece.name: piece for piece in pieces}
        (x, y), _ = complete(self._filled(x, columns), self._filled(y, columns))
        return x, y

    def _filled(self, variable: Variable, pieces: Mapping[str, Piece]) -> Variable:
        columns = [self.surveys[name].values_of(pieces[name]) for name in variable.names]
        values = np.column_stack(columns)
        missing = np.asarray(np.isnan(values).any(axis=1))
        return variable.with_values(values, missing if missing.any() else None)

    def variable(self, names: Names) -> Variable:
        """Give a variable of these columns with their kinds and notes, and no rows."""
        decided = [self.surveys[name].kind(self.declared, self._recount) for name in names]
        kinds: tuple[Kind, ...] = tuple(kind for kind, _ in decided)
        notes = tuple(note for _, note in decided if note)
        return Variable(tuple(names), np.empty((0, len(kinds))), kinds, None, notes)

    def _recount(self, name: str, passing: PassingBuckets) -> Numbers:
        """Count the numbers of a column that lie in passing buckets, by a pass of its own."""
        survey, sums = self.surveys[name], RunningSum[Numbers]()

        def counted(pieces: list[Piece]) -> Numbers:
            values = survey.values_of(pieces[0])
            return Numbers.of(within_buckets(values[~np.isnan(values)], passing), len(passing))

        with closing(self._mapped(counted, [name])) as batches:
            for numbers in batches:
                sums.add(numbers)
        total = sums.total()
        assert total is not None  # there are rows
        return total
