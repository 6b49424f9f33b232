"""A table: one or more inputs whose rows follow one another, read column by column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.tables.column import Column, stack, without
from mitool.tables.columnnames import ColumnNames
from mitool.tables.columnspecs import absent, select
from mitool.tables.opened import Input, Opened, require_one_origin
from mitool.tables.piece import Batch, Piece
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.rowchoice import RowChoice
from mitool.tables.sampledrows import sampled_columns

BATCH_ROWS = 1 << 18
"""Rows of a piece: a few megabytes, which outlast the start of a task many times over."""

BYTES_PER_VALUE = 40
"""Of a column that is read, converted, sorted and prepared, at the peak."""


class Table:
    """Named columns of equal length; a column is read when first asked for, and kept.

    ``names`` are in file order; those that repeat in the file are numbered. ``groups`` are the
    two-dimensional arrays of a .npz file or a dict, each with its columns. ``label`` is what
    messages call the table.
    """

    def __init__(self, inputs: Sequence[Opened], label: str, options: ReadOptions) -> None:
        self.names: ColumnNames = inputs[0].reader.names
        self.groups: Mapping[str, tuple[str, ...]] = inputs[0].reader.groups
        self.label = label
        self._inputs = inputs
        self._readers = [opened.reader for opened in inputs]
        self._options = options
        self._choice = RowChoice(label, options)
        self._known = frozenset(self.names)
        self._kept: dict[str, Column] = {}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Path, format, bytes, rows and columns of each input."""
        return tuple(opened.entry for opened in self._inputs)

    @property
    def n_rows(self) -> int:
        """How many rows each column has, after ``rows`` and ``sample``."""
        rows = self._rows()
        return self._n_all if rows is None else len(rows)

    def file_numbers(self) -> Column:
        """Give the number of the input that each row stands in, from 0."""
        sizes = [reader.n_rows for reader in self._readers]
        column = Column("file", np.repeat(np.arange(len(sizes), dtype=np.float64), sizes))
        rows = self._rows()
        return column if rows is None else column.take(rows)

    def bytes_when_read(self, names: Sequence[str]) -> int:
        """Predict the peak of memory of an estimate that has these columns read whole."""
        n_rows = sum(opened.about_n_rows for opened in self._inputs)
        return n_rows * BYTES_PER_VALUE * len(set(names))

    @property
    def _n_all(self) -> int:
        return sum(reader.n_rows for reader in self._readers)

    @property
    def aside(self) -> dict[str, Reason]:
        """The columns that are left out where all are taken, and why."""
        return {name: why for reader in self._readers for name, why in reader.aside.items()}

    def select(self, spec: str) -> list[str]:
        """Give the names of the columns that a COLS expression means (see ``columnspecs``)."""
        return select(spec, self.names, self.label, self.groups)

    def _require_one_each(self, names: Sequence[str]) -> None:
        """Refuse names that are not those of exactly one column each."""
        for name in names:
            if name not in self._known:
                raise absent(name, self.names, self.label)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read columns by their exact names; a file is read once for all of them."""
        self._require_one_each(names)
        wanted = [name for name in dict.fromkeys(names) if name not in self._kept]
        if wanted:
            sampled = self._options.sample and all(reader.in_pieces for reader in self._readers)
            columns = self._sampled(wanted) if sampled else self._whole(wanted)
            self._kept |= {column.name: column for column in columns}
        return [self._kept[name] for name in names]

    def _whole(self, names: Sequence[str]) -> Iterator[Column]:
        inputs = [reader.read(names) for reader in self._readers]
        rows = self._rows()
        for columns in zip(*inputs, strict=True):
            column = self._joined(columns, self._inputs)
            yield column if rows is None else column.take(rows)

    def _sampled(self, names: Sequence[str]) -> Iterator[Column]:
        samples = sampled_columns(self._inputs, names, self._rows, BATCH_ROWS)
        for columns in zip(*samples.values(), strict=True):
            yield self._joined(columns, list(samples))

    def batches(self, names: Sequence[str]) -> Iterator[Batch]:
        """Read columns in pieces of at most so many rows; nothing is kept.

        Labels of a text file stay as they stand there, and markers of missing values among them,
        until ``interpreted`` has seen all that occur.
        """
        self._require_one_each(names)
        for batch in self._choice.in_range(self._stored(names)):
            yield partial(self._without_markers, batch)

    def _stored(self, names: Sequence[str]) -> Iterator[Batch]:
        """Read all inputs; what large numbers are counted from is that of the first that has any.

        So that numbers of all inputs are distances from one, as ``stack`` makes them.
        """
        if len(self._readers) == 1:
            yield from self._readers[0].batches(names, BATCH_ROWS)
            return
        offsets: dict[str, Fraction] = {}
        for reader in self._readers:
            for batch in reader.batches(names, BATCH_ROWS):
                if len(offsets) < len(names):
                    offsets = {p.name: p.offset for p in batch() if len(p.present)} | offsets
                yield partial(_counted_from, batch, offsets)

    def _without_markers(self, batch: Batch) -> list[Piece]:
        pieces = batch()
        if not self._options.na:
            return pieces
        return [p if p.labels else Piece.of(self._without_na(p.column())) for p in pieces]

    def interpreted(self, words: Column) -> Column:
        """Turn a column of all different labels of a column into what they mean."""
        return self._without_na(self._inputs[0].interpreted(words))

    def _without_na(self, column: Column) -> Column:
        return without(column, self._options.na) if self._options.na else column

    def _joined(self, columns: Sequence[Column], inputs: Sequence[Opened]) -> Column:
        if len(columns) > 1:
            require_one_origin(columns, inputs)
        column = columns[0] if len(columns) == 1 else stack(columns)
        return self._without_na(column)

    def none_in_range(self, n_rows: int) -> MitoolError:
        """Say that none of so many rows is in the range asked for."""
        return self._choice.none_in_range(n_rows)

    def _rows(self) -> NDArray[np.int64] | None:
        return self._choice.numbers(self._n_all)


def _counted_from(batch: Batch, offsets: Mapping[str, Fraction]) -> list[Piece]:
    return [piece.less(offsets.get(piece.name, piece.offset)) for piece in batch()]
