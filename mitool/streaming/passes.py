"""Passes over a table that is larger than memory: batches counted on threads, added up in order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

import numpy as np

from mitool.estimators.base import Sums
from mitool.kernels.cells import Cells, Levels
from mitool.kinds import MAX_LEVELS
from mitool.measurement import require_rows
from mitool.parallel import ordered_map
from mitool.streaming.census import Counts, Frequent, Survey, looked_up
from mitool.tables import Column, Table
from mitool.tables.column import Batch
from mitool.variables import Kind, Missing, Variable, Vector, complete, incomplete

Counted = TypeVar("Counted", bound=Sums)
Names = Sequence[str]


class Summing(Generic[Counted]):
    """Adds up in pairs, and pairs of pairs: few large merges, and little rounding."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, Counted]] = []

    def add(self, piece: Counted) -> None:
        """Add what was counted of the rows that follow."""
        level = 0
        while self._waiting and self._waiting[-1][0] == level:
            piece = self._waiting.pop()[1].merged(piece)
            level += 1
        self._waiting.append((level, piece))

    def total(self) -> Counted | None:
        """Give the sum of all; None of none."""
        pieces = [piece for _, piece in self._waiting]
        while len(pieces) > 1:
            last = pieces.pop()
            pieces[-1] = pieces[-1].merged(last)
        return pieces[0] if pieces else None


@dataclass(eq=False)
class Stream:
    """Columns of a table, surveyed; ``declared`` are those whose kind the user decides."""

    table: Table
    declared: tuple[Collection[str], Collection[str]]
    n_jobs: int
    surveys: dict[str, Survey] = field(default_factory=dict)
    tallies: dict[tuple[str, ...], Summing[Cells] | None] = field(default_factory=dict)

    def survey(self, pairs: Sequence[tuple[Names, Names]]) -> None:
        """Pass over the columns of all pairs once."""
        rows = list(dict.fromkeys((*x, *y) for x, y in pairs))
        names = list(dict.fromkeys(name for row in rows for name in row))
        self.surveys = {name: Survey(name) for name in names}
        self.tallies = {row: Summing() for row in rows}

        def look(batch: Batch) -> tuple[list[Column], Looked]:
            columns = batch()
            return columns, Looked.at(columns, rows, self.declared)

        for columns, looked in ordered_map(look, self.table.batches(names), self.n_jobs):
            self._take_in(columns, looked)
        if not self.n_rows:
            raise self.table.none_in_range(sum(entry.rows for entry in self.table.inputs))
        for survey in self.surveys.values():
            survey.settle(self.table)

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return next(iter(self.surveys.values())).n_rows

    def _take_in(self, columns: Sequence[Column], looked: Looked) -> None:
        places: dict[str, Vector | None] = {}
        for column, levels, numbers in zip(columns, looked.levels, looked.numbers, strict=True):
            places[column.name] = self.surveys[column.name].add(column, levels, numbers)
        for row, cells in looked.cells.items():
            tally = self.tallies[row]
            if cells is None or not all(self._may_be_labels(name) for name in row):
                self.tallies[row] = None
            elif tally is not None:
                tally.add(renumbered(cells, [places[name] for name in row]))

    def _may_be_labels(self, name: str) -> bool:
        numbers = self.surveys[name].numbers
        if numbers is None or name in self.declared[0]:
            return True
        return not numbers.error and len(numbers.values) <= MAX_LEVELS

    def cells(self, row: tuple[str, ...]) -> Cells:
        """Give the joint rows of columns that are all labels, those with missing values too."""
        tally = self.tallies[row]
        assert tally is not None  # only what cannot be labels is given up
        total = tally.total()
        assert total is not None  # of no rows there is no survey
        meant = [self.surveys[name].meant(total.rows[:, i]) for i, name in enumerate(row)]
        return Cells(np.column_stack(meant), total.counts).grouped()

    def complete_rows(self, x: Variable, y: Variable, batch: Batch) -> tuple[Variable, Variable]:
        """Give both variables on the complete rows of a batch."""
        columns = {column.name: column for column in batch()}
        (x, y), _ = complete(self._filled(x, columns), self._filled(y, columns))
        return x, y

    def _filled(self, variable: Variable, columns: Mapping[str, Column]) -> Variable:
        found = [self.surveys[name].valued(columns[name]) for name in variable.names]
        values = np.column_stack(found)
        missing = np.asarray(np.isnan(values).any(axis=1))
        return replace(variable, values=values, missing=missing if missing.any() else None)

    def variable(self, names: Names) -> Variable:
        """Give a variable of these columns with their kinds and notes, and no rows."""
        found = [self.surveys[name].kind(*self.declared, self._recount) for name in names]
        kinds: tuple[Kind, ...] = tuple(kind for kind, _ in found)
        notes = tuple(note for _, note in found if note)
        return Variable(tuple(names), np.empty((0, len(kinds))), kinds, None, notes)

    def _recount(self, name: str, candidates: Vector) -> Counts:
        survey, total = self.surveys[name], np.zeros(len(candidates), dtype=np.int64)
        for batch in self.table.batches([name]):
            (column,) = batch()
            ordered = np.sort(survey.valued(column))
            after = np.searchsorted(ordered, candidates, side="right")
            total += after - np.searchsorted(ordered, candidates)
        return total


@dataclass(frozen=True, eq=False)
class Looked:
    """What the first pass sees in one batch: of each column, and of the joint rows of labels."""

    levels: list[Levels]
    numbers: list[Frequent | None]
    cells: dict[tuple[str, ...], Cells | None]

    @classmethod
    def at(
        cls,
        columns: Sequence[Column],
        rows: Iterable[tuple[str, ...]],
        declared: tuple[Collection[str], Collection[str]],
    ) -> Looked:
        """Look at a batch; joint rows are counted where all may turn out to be labels."""
        levels, numbers, countable = {}, [], {}
        discrete, continuous = declared
        for column in columns:
            name, found = column.name, levels_of(column)
            known = None
            if column.labels is None:
                known = Frequent.counted(found.values, found.coded.counts)
            few = known is None or len(known.values) <= MAX_LEVELS
            countable[name] = name in discrete or (few and name not in continuous)
            levels[name] = found
            numbers.append(known)
        cells = {
            row: Cells.of([levels[name] for name in row])
            if all(countable[name] for name in row)
            else None
            for row in rows
        }
        return cls(list(levels.values()), numbers, cells)


def levels_of(column: Column) -> Levels:
    """Code a batch of a column."""
    if column.labels is None:
        return Levels.of(column.values)
    return Levels.of_labels(column.values, len(column.labels))


def renumbered(cells: Cells, places: Sequence[Vector | None]) -> Cells:
    """Number the labels of a batch by their places among all words."""
    columns = [
        column if known is None else looked_up(known, column)
        for column, known in zip(cells.rows.T, places, strict=True)
    ]
    return Cells(np.column_stack(columns), cells.counts).grouped()


@dataclass(eq=False)
class Pair:
    """Two variables of a stream; see ``mitool.estimators.base.Batches``."""

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
        sums: Summing[Counted] = Summing()
        n_used = 0

        def counted(batch: Batch) -> tuple[int, Counted | None]:
            x, y = self.stream.complete_rows(self.x, self.y, batch)
            return len(x), count(x, y) if len(x) else None

        names = list(dict.fromkeys((*self.x.names, *self.y.names)))
        batches = self.stream.table.batches(names)
        for n, piece in ordered_map(counted, batches, self.stream.n_jobs):
            n_used += n
            if piece is not None:
                sums.add(piece)
        self._used(n_used)
        found = sums.total()
        assert found is not None  # ensured by the number of rows
        return found

    def _used(self, n_used: int) -> None:
        """Note how many rows are complete, and refuse too few."""
        self.n_used = n_used
        if self.n_dropped and self.missing == "error":
            raise incomplete(self.n_dropped, self.stream.n_rows, (self.x, self.y))
        require_rows(n_used, self.n_dropped, (self.x, self.y))
