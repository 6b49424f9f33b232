"""What the first pass counts of a batch: of each column, and of the joint rows of pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod

import numpy as np

from mitool.estimators.streamed import Count, Sums
from mitool.kernels.batches.buckets import Numbers
from mitool.kernels.batches.cells import Cells, Levels
from mitool.kernels.batches.draws import Draw
from mitool.kernels.types import Counts
from mitool.streaming.census import Survey, values_at
from mitool.streaming.levels import Declared, levels_of, may_be_labels, short_levels
from mitool.tables.piece import Piece
from mitool.variables import Matrix, Variable, Vector, complete
from mitool.variables.kinds import Kind

Row = tuple[str, ...]
SMALL_TABLE = 1 << 12
"""Cells of a table that is counted before its columns are."""


@dataclass(frozen=True)
class BatchCounter:
    """What to count of a batch: joint rows of labels, and sums over numbers by each of ``sums``.

    ``declared`` are the columns whose kind the user decides.
    """

    pairs: Sequence[tuple[Row, Row]]
    sums: Sequence[Count]
    surveys: Mapping[str, Survey]
    declared: Declared

    def count(self, pieces: Sequence[Piece]) -> BatchCounts:
        """Count a batch; joint rows of small tables come first, which count their columns too."""
        by_name = {piece.name: piece for piece in pieces}
        levels = {piece.name: short_levels(piece) for piece in pieces}
        cells = {(*x, *y): _small_table([levels[name] for name in (*x, *y)]) for x, y in self.pairs}
        counts = {piece.name: self._counts(piece, levels[piece.name]) for piece in pieces}
        sums: dict[tuple[Row, Count], tuple[int, Sums | None] | None] = {}
        for x, y in self.pairs:
            row = (*x, *y)
            if not all(may_be_labels(name, counts[name], self.declared) for name in row):
                cells[row] = None
            elif cells[row] is None:
                cells[row] = Cells.of([levels[name] or levels_of(by_name[name]) for name in row])
            for count in self.sums:
                first, second = ([by_name[name] for name in names] for names in (x, y))
                sums[row, count] = summed(count, first, second, cells[row])
        return BatchCounts(list(pieces), counts, cells, sums)

    def _counts(self, piece: Piece, levels: Levels | None) -> Counts | Numbers:
        if levels is None:
            many = self.surveys[piece.name].has_many
            return Numbers.of(piece.present.astype(np.float64, copy=False), many=many)
        if piece.labels is not None:
            return levels.counts
        return Numbers.counted(levels.values, levels.counts)


def _small_table(columns: Sequence[Levels | None]) -> Cells | None:
    """Count joint rows if they fit a small table, so that each column need not be counted."""
    levels = [column for column in columns if column is not None]
    is_small = prod(column.n_levels for column in levels) <= SMALL_TABLE
    return Cells.of(levels) if len(levels) == len(columns) and is_small else None


@dataclass(frozen=True, eq=False)
class BatchCounts:
    """Counts of each column, joint rows where all may be labels, sums where all are numbers."""

    pieces: list[Piece]
    counts: dict[str, Counts | Numbers]
    cells: dict[Row, Cells | None]
    sums: dict[tuple[Row, Count], tuple[int, Sums | None] | None]


def summed(
    count: Count, x: list[Piece], y: list[Piece], cells: Cells | None = None
) -> tuple[int, Sums | None] | None:
    """Sum up complete rows, and say how many they are; None where there are labels.

    Labels can be drawn: their places among those of the batch are. What is counted already is drawn
    from its ``cells``.
    """
    if cells is not None and isinstance(count, Draw):
        whole = cells.complete()
        return whole.n, count.of_cells(whole) if whole.n else None
    if any(piece.labels is not None for piece in (*x, *y)) and not isinstance(count, Draw):
        return None
    first, second = variable_of(x), variable_of(y)
    (first, second), _ = complete(first, second)
    return len(first), count(first, second) if len(first) else None


def variable_of(pieces: Sequence[Piece]) -> Variable:
    """Give pieces of numbers as a variable; nothing is copied of one that is floats already."""
    columns = [piece.values for piece in pieces]
    values = columns[0][:, None] if len(columns) == 1 else np.column_stack(columns)
    masks = [piece.missing for piece in pieces if piece.missing is not None]
    missing = np.asarray(np.logical_or.reduce(masks)) if masks else None
    kinds: tuple[Kind, ...] = tuple("continuous" for _ in pieces)
    return Variable(tuple(piece.name for piece in pieces), values, kinds, missing)


def renumbered(rows: Matrix, places: Sequence[Vector | None]) -> Matrix:
    """Number the labels in rows of a batch by their places among all words."""
    pairs = zip(rows.T, places, strict=True)
    return np.column_stack([at if known is None else values_at(known, at) for at, known in pairs])
