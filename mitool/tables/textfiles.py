"""Delimited text: pyarrow parses, and only the columns asked for are converted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from mitool.result.codes import warn
from mitool.tables.arrowbatches import Cutter, slices
from mitool.tables.column import Column
from mitool.tables.columnnames import ColumnNames
from mitool.tables.convert import from_arrow
from mitool.tables.dialect import Dialect, detect
from mitool.tables.piece import Batch
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions, declared
from mitool.tables.source import Source, damage
from mitool.tables.textlines import DataLines
from mitool.tables.textparser import TextParser
from mitool.tables.texttypes import TextTypes, has_fraction
from mitool.tables.tidy import Tidier

MAX_INT64 = 2.0**63
FINITE = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,5})?\s*", re.ASCII)

NEAR = 1e-10
"""Of their size: nearer numbers may have been different before they were floats."""

NAMELESS = ("nameless", "")


class TextReader:
    """One CSV, TSV or otherwise delimited file."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        with damage(source):
            self.dialect: Dialect = detect(source, options)
        self.names = ColumnNames(self.dialect.names)
        self.groups: dict[str, tuple[str, ...]] = {}
        named = not self.dialect.row_names
        self.aside: Mapping[str, Reason] = {} if named else {self.names[0]: NAMELESS}
        self._places = {name: place for place, name in enumerate(self.names)}
        lines = DataLines(source, self.dialect, options)
        if self.dialect.widths - {len(self.names)}:  # before a name is asked for that it lacks
            with damage(source):
                lines.refuse_uneven()
        written, numeric = declared(options.discrete, options.continuous, self.names)
        self._tidier = Tidier(source.name, self.dialect.decimal, options, written, numeric)
        markers = self._tidier.markers(among_numbers=True)
        self._parser = TextParser(source, self.dialect, options, lines, markers)
        as_text, as_numbers = (
            [self._places[name] for name in names] for names in (written, numeric)
        )
        self._types = TextTypes(self._parser, as_text, as_numbers)

    @property
    def n_rows(self) -> int:
        """The number of data rows; known only after parsing."""
        if self._types.n_rows is None:
            self.find_types(self.names[:1])
        return self._types.n_rows or 0

    def find_types(self, names: Sequence[str]) -> None:
        """Find the types of these columns and the number of rows, by passes over the file."""
        self._types.of([self._places[name] for name in names])

    def read(self, names: Sequence[str]) -> list[Column]:
        """Parse the file and convert the columns of these names."""
        places = [self._places[name] for name in names]
        types, wanted = self._types, sorted(set(places))
        table = self._parser.table(wanted, types.text_of(types.written))
        types.n_rows = int(table.num_rows)
        columns = {i: table.column(str(i)) for i in wanted}
        fractions = [i for i, column in columns.items() if has_fraction(column.chunks)]
        named = types.names_among({i: c.type for i, c in columns.items()}, fractions)
        if named:
            table = self._parser.table(named, types.text_of(named))
            columns |= {i: table.column(str(i)) for i in named}
        return [self._column(i, columns[i]) for i in places]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Parse block by block; text stays as it stands until ``interpreted`` sees all of it."""
        places = [self._places[name] for name in names]
        cutter = Cutter(
            names, lambda given: [given.index(str(i)) for i in places], self.source.name
        )
        for block in self._parser.blocks(places, self._types.of(places)):
            for rows in slices(block, n_rows):
                yield cutter.later(rows)

    def about_n_rows(self, n_bytes: int) -> float:
        """Guess the number of rows from the first lines; packed text is about a quarter."""
        head = self.source.head
        unpacked = n_bytes * (4.0 if self.source.compression else 1.0)
        return unpacked * head.count(b"\n") / len(head)

    def interpreted(self, column: Column) -> Column:
        """Turn a column of all its different words into what they mean."""
        return self._tidier.tidy(column) if column.origin == "text" else column

    def _column(self, place: int, values: Any) -> Column:
        import pyarrow.types

        name = self.names[place]
        if pyarrow.types.is_binary(getattr(values.type, "value_type", values.type)):
            row = next(i for i, value in enumerate(values.to_pylist()) if not self._is_text(value))
            raise self._parser.not_text(f"column {name!r} in row {row + 1}")
        column = from_arrow(name, values, self.source.name)
        if pyarrow.types.is_floating(values.type):
            self._warn_of_long_numbers(place, column)
        return self.interpreted(column)

    def _is_text(self, value: bytes | None) -> bool:
        try:
            (value or b"").decode(self.dialect.encoding)
        except UnicodeDecodeError:
            return False
        return True

    def _warn_of_long_numbers(self, place: int, column: Column) -> None:
        """Warn if numbers became equal as floats: whole ones too large, and those near together."""
        present = column.values[np.isfinite(column.values)]
        largest = np.abs(present).max(initial=0.0)
        if largest < MAX_INT64 and (np.ptp(present) if len(present) else 1.0) > NEAR * largest:
            return
        text = self._parser.table([place], {str(place): "string"}).column(0)
        words = [w.replace(self.dialect.decimal, ".") for w in text.unique().to_pylist() if w]
        finite = [word for word in words if FINITE.fullmatch(word)]
        n_distinct, n_kept = len(set(map(Decimal, finite))), len(set(map(float, finite)))
        if n_kept < n_distinct:
            numbers = {"n_distinct": n_distinct, "n_kept": n_kept}
            warn("rounded", stacklevel=2, name=column.name, **numbers)
