"""Passes over a table that is larger than memory: batches counted on threads, added up in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from mitool.choices import Missing
from mitool.errors import MitoolError
from mitool.estimators.streamed import Count, Counted
from mitool.kernels.batches.buckets import Numbers, Sieve, sifted
from mitool.kernels.batches.cells import Cells
from mitool.measure.support import require_rows
from mitool.parallel import ordered_map
from mitool.streaming.census import Survey
from mitool.streaming.looking import Looked, Looker, Row, renumbered
from mitool.streaming.summing import Summing
from mitool.tables import Table
from mitool.tables.piece import Batch, Piece
from mitool.variables import Kind, Variable, Vector, complete, incomplete
from mitool.variables.kinds import MAX_LEVELS

Names = Sequence[str]
Found = TypeVar("Found")


@dataclass(eq=False)
class Stream:
    """Columns of a table, surveyed; ``declared`` are those whose kind the user decides."""

    table: Table
    declared: tuple[Collection[str], Collection[str]]
    n_jobs: int
    surveys: dict[str, Survey] = field(default_factory=dict)
    tallies: dict[Row, Summing[Cells] | MitoolError | None] = field(default_factory=dict)
    sums: dict[tuple[Row, Count], Summing[Any] | None] = field(default_factory=dict)

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
        self.tallies = {(*x, *y): Summing() for x, y in sides}
        self.sums = {((*x, *y), count): Summing() for x, y in sides for count in counts}
        looker = Looker(sides, counts, self.surveys, *self.declared)
        with closing(self._mapped(looker.look, names)) as seen:
            for looked in seen:
                self._take_in(looked)
        if not self.n_rows:
            raise self.table.none_in_range(sum(entry.rows for entry in self.table.inputs))
        for survey in self.surveys.values():
            survey.settle(self.table)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return next(iter(self.surveys.values())).n_rows

    def _mapped(self, function: Callable[[list[Piece]], Found], names: Names) -> Generator[Found]:
        """Pass over columns, on several threads; results come in the order of the rows."""

        def made(batch: Batch) -> Found:
            return function(batch())

        return ordered_map(made, self.table.batches(names), self.n_jobs)

    def _take_in(self, looked: Looked) -> None:
        places: dict[str, Vector | None] = {}
        for piece in looked.pieces:
            places[piece.name] = self.surveys[piece.name].add(piece, looked.counts[piece.name])
        for row, cells in looked.cells.items():
            tally = self.tallies[row]
            if cells is None or not all(self._may_be_labels(name) for name in row):
                self.tallies[row] = None
            elif isinstance(tally, Summing):
                try:
                    tally.add(renumbered(cells, [places[name] for name in row]))
                except MitoolError as error:  # too many cells: of this pair alone
                    self.tallies[row] = error
        for key, found in looked.sums.items():
            sums = self.sums[key]
            if found is None:
                self.sums[key] = None
            elif sums is not None:
                n_rows, counted = found
                sums.add(counted, n_rows)

    def _may_be_labels(self, name: str) -> bool:
        numbers = self.surveys[name].numbers
        if numbers is None or name in self.declared[0]:
            return True
        return numbers.buckets is None and len(numbers.values) <= MAX_LEVELS

    def cells(self, row: Row) -> Cells:
        """Give the joint rows of columns that are all labels, those with missing values too."""
        tally = self.tallies[row]
        if isinstance(tally, MitoolError):
            raise tally
        assert tally is not None  # only what cannot be labels is given up
        total = tally.total()
        assert total is not None  # of no rows there is no survey
        meant = [self.surveys[name].meant(total.rows[:, i]) for i, name in enumerate(row)]
        return Cells(np.column_stack(meant), total.counts).grouped()

    def summed(self, x: Variable, y: Variable, count: Count) -> Summing[Any]:
        """Sum up the complete rows of two variables, by a pass of its own if need be."""
        known = self.sums.get(((*x.names, *y.names), count))
        if known is not None:
            return known
        sums: Summing[Any] = Summing()

        def counted(pieces: list[Piece]) -> tuple[Any, int]:
            first, second = self.complete_rows(x, y, pieces)
            return count(first, second) if len(first) else None, len(first)

        names = list(dict.fromkeys((*x.names, *y.names)))
        with closing(self._mapped(counted, names)) as found:
            for piece, n_rows in found:
                sums.add(piece, n_rows)
        return sums

    def complete_rows(
        self, x: Variable, y: Variable, pieces: Sequence[Piece]
    ) -> tuple[Variable, Variable]:
        """Give both variables on the complete rows of a batch."""
        columns = {piece.name: piece for piece in pieces}
        (x, y), _ = complete(self._filled(x, columns), self._filled(y, columns))
        return x, y

    def _filled(self, variable: Variable, pieces: Mapping[str, Piece]) -> Variable:
        found = [self.surveys[name].valued(pieces[name]) for name in variable.names]
        values = np.column_stack(found)
        missing = np.asarray(np.isnan(values).any(axis=1))
        return variable.with_values(values, missing if missing.any() else None)

    def variable(self, names: Names) -> Variable:
        """Give a variable of these columns with their kinds and notes, and no rows."""
        found = [self.surveys[name].kind(*self.declared, self._recount) for name in names]
        kinds: tuple[Kind, ...] = tuple(kind for kind, _ in found)
        notes = tuple(note for _, note in found if note)
        return Variable(tuple(names), np.empty((0, len(kinds))), kinds, None, notes)

    def _recount(self, name: str, sieve: Sieve) -> Numbers:
        survey, sums = self.surveys[name], Summing[Numbers]()

        def counted(pieces: list[Piece]) -> Numbers:
            values = survey.valued(pieces[0])
            return Numbers.of(sifted(values[~np.isnan(values)], sieve), len(sieve))

        with closing(self._mapped(counted, [name])) as found:
            for numbers in found:
                sums.add(numbers)
        total = sums.total()
        assert total is not None  # there are rows
        return total


@dataclass(eq=False)
class Pair:
    """Two variables of a stream; see ``mitool.estimators.streamed.Batches``."""

    stream: Stream
    x: Variable
    y: Variable
    missing: Missing
    n_used: int = 0

    @property
    def n_dropped(self) -> int:
        """How many rows have a value missing."""
        return self.stream.n_rows - self.n_used

    @property
    def cells(self) -> Cells:
        """The joint rows of x and y, both labels, and how often each occurs."""
        found = self.stream.cells((*self.x.names, *self.y.names)).complete()
        self._used(found.n)
        return found

    def total(self, count: Callable[[Variable, Variable], Counted]) -> Counted:
        """Count every batch, on several threads, and add up in the order of the rows."""
        sums: Summing[Counted] = self.stream.summed(self.x, self.y, count)
        self._used(sums.n_rows)
        found = sums.total()
        assert found is not None  # ensured by the number of rows
        return found

    def _used(self, n_used: int) -> None:
        """Note how many rows are complete, and refuse too few."""
        self.n_used = n_used
        if self.n_dropped and self.missing == "error":
            raise incomplete(self.n_dropped, self.stream.n_rows, (self.x, self.y))
        require_rows(n_used, self.n_dropped, (self.x, self.y))
