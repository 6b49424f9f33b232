"""A table: one or more inputs whose rows follow one another, read column by column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.selection import select
from mitool.tables.column import Column, stack, without
from mitool.tables.options import ReadOptions
from mitool.tables.part import Part, Reason, Text
from mitool.tables.piece import Batch, Piece
from mitool.tables.sample import drawn

BATCH_ROWS = 1 << 18
"""Rows of a piece: a few megabytes, which outlast the start of a task many times over."""

BYTES_PER_VALUE = 40
"""Of a column that is read, converted, sorted and prepared, at the peak."""


@dataclass(frozen=True)
class Input:
    """What the report says about one input; the fields are those of its ``input`` entries."""

    path: str
    format: str
    bytes: int
    rows: int
    columns: int


@dataclass(frozen=True)
class Origin:
    """Where a part comes from."""

    path: str
    format: str
    n_bytes: int


class Table:
    """Named columns of equal length; a column is read when first asked for, and kept.

    ``names`` are in file order. ``groups`` are the two-dimensional arrays of a .npz file or a
    dict, each with its columns. ``label`` is what messages call the table.
    """

    def __init__(
        self, parts: Sequence[Part], origins: Sequence[Origin], label: str, options: ReadOptions
    ) -> None:
        self.names: tuple[str, ...] = parts[0].names
        self.groups: Mapping[str, tuple[str, ...]] = parts[0].groups
        self.label = label
        self._parts = parts
        self._origins = origins
        self._options = options
        self._counts = Counter(self.names)
        self._kept: dict[str, Column] = {}

    @property
    def inputs(self) -> tuple[Input, ...]:
        """Path, format, bytes, rows and columns of each input."""
        pairs = zip(self._origins, self._parts, strict=True)
        return tuple(
            Input(o.path, o.format, o.n_bytes, part.n_rows, len(part.names)) for o, part in pairs
        )

    @property
    def n_rows(self) -> int:
        """How many rows each column has, after ``rows`` and ``sample``."""
        rows = self._rows()
        return self._n_all if rows is None else len(rows)

    def file_numbers(self) -> Column:
        """Give the number of the input that each row stands in, from 0."""
        sizes = [part.n_rows for part in self._parts]
        column = Column("file", np.repeat(np.arange(len(sizes), dtype=np.float64), sizes))
        rows = self._rows()
        return column if rows is None else column.take(rows)

    def bytes_when_read(self, names: Sequence[str]) -> int:
        """Predict the peak of memory of an estimate that has these columns read whole."""
        pairs = zip(self._parts, self._origins, strict=True)
        n_rows = sum(
            int(part.about_n_rows(origin.n_bytes)) if isinstance(part, Text) else part.n_rows
            for part, origin in pairs
        )
        return n_rows * BYTES_PER_VALUE * len(set(names))

    @property
    def _n_all(self) -> int:
        return sum(part.n_rows for part in self._parts)

    @property
    def aside(self) -> dict[str, Reason]:
        """The columns that are not meant where all are, and why."""
        return {name: why for part in self._parts for name, why in part.aside.items()}

    def select(self, spec: str) -> list[str]:
        """Give the names of the columns that a COLS expression means (see mitool.selection)."""
        return select(spec, self.names, self.label, self.groups)

    def _require_one_each(self, names: Sequence[str]) -> None:
        """Refuse names that are not those of exactly one column each."""
        for name in names:
            if self._counts[name] != 1:
                self.select(name.replace(",", r"\,"))

    def read(self, names: Sequence[str]) -> list[Column]:
        """Read columns by their exact names; a file is read once for all of them."""
        self._require_one_each(names)
        wanted = [name for name in dict.fromkeys(names) if name not in self._kept]
        if wanted:
            sampled = self._options.sample and all(part.in_pieces for part in self._parts)
            found = self._sampled(wanted) if sampled else self._whole(wanted)
            self._kept |= {column.name: column for column in found}
        return [self._kept[name] for name in names]

    def _whole(self, names: Sequence[str]) -> Iterator[Column]:
        parts = [part.read(names) for part in self._parts]
        rows = self._rows()
        for columns in zip(*parts, strict=True):
            column = self._joined(columns)
            yield column if rows is None else column.take(rows)

    def _sampled(self, names: Sequence[str]) -> Iterator[Column]:
        parts = drawn(self._parts, names, self._rows, BATCH_ROWS)
        for columns in zip(*parts, strict=True):
            yield self._joined(columns)

    def batches(self, names: Sequence[str]) -> Iterator[Batch]:
        """Read columns in pieces of at most so many rows; nothing is kept.

        Labels of a text file stay as they stand there, and markers of missing values among them,
        until ``settled`` has seen all that occur.
        """
        self._require_one_each(names)
        if self._options.rows is None:
            for part in self._parts:
                yield from (partial(self._made, batch) for batch in part.batches(names, BATCH_ROWS))
            return
        first, last = self._options.rows
        start = 0
        for batch in (batch for part in self._parts for batch in part.batches(names, BATCH_ROWS)):
            pieces = batch()
            kept = slice(max((first or 0) - start, 0), None if last is None else last - start)
            start += len(pieces[0])
            if len(pieces[0].stored[kept]):
                yield partial(self._made, partial(taken, pieces, kept))
            if last is not None and start >= last:
                return

    def _made(self, batch: Batch) -> list[Piece]:
        pieces = batch()
        if not self._options.na:
            return pieces
        return [p if p.labels else Piece.of(self._marked(p.column())) for p in pieces]

    def settled(self, words: Column) -> Column:
        """Turn a column of all different labels of a column into what they mean."""
        part = self._parts[0]
        return self._marked(part.tidied(words) if isinstance(part, Text) else words)

    def _marked(self, column: Column) -> Column:
        return without(column, self._options.na) if self._options.na else column

    def _joined(self, columns: Sequence[Column]) -> Column:
        if len(columns) > 1:
            self._require_one_origin(columns)
        column = columns[0] if len(columns) == 1 else stack(columns)
        return self._marked(column)

    def _require_one_origin(self, columns: Sequence[Column]) -> None:
        """Refuse parts that disagree on what a column holds; one that is all missing agrees."""
        found: dict[str, str] = {}
        for column, origin in zip(columns, self._origins, strict=True):
            if not np.isnan(column.values).all():
                found.setdefault(column.origin, origin.path)
        if len(found) > 1:
            (kind, path), (other, other_path) = list(found.items())[:2]
            raise MitoolError(
                f"column {columns[0].name!r} holds {kind} values in {path} but {other} values in "
                f"{other_path}; the parts of one table must agree"
            )

    def none_in_range(self, n_rows: int) -> MitoolError:
        """Say that none of so many rows is in the range asked for."""
        start, stop = self._options.rows or (None, None)
        return MitoolError(
            f"{self.label} has {n_rows} rows, none of them in the range "
            f"{start or 0}:{'' if stop is None else stop}"
        )

    def _rows(self) -> NDArray[np.int64] | None:
        """Find the rows that ``rows`` and ``sample`` leave; None if that is all of them."""
        options = self._options
        if options.rows is None and options.sample is None:
            return None
        kept = range(self._n_all)[slice(*(options.rows or (None, None)))]
        if not len(kept):
            raise self.none_in_range(self._n_all)
        if options.sample is None or options.sample >= len(kept):
            return np.arange(kept.start, kept.stop, dtype=np.int64)
        rng = np.random.default_rng(options.seed)
        return kept.start + np.sort(rng.choice(len(kept), size=options.sample, replace=False))


def taken(pieces: Sequence[Piece], rows: slice) -> list[Piece]:
    """Give some rows of pieces."""
    return [piece.take(rows) for piece in pieces]
