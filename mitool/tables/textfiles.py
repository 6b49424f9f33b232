"""Delimited text: pyarrow parses, and only the columns asked for are converted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from mitool.tables.arrowbatches import Cutter, slices
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow, warn_if_rounded
from mitool.tables.dialect import Dialect, detect
from mitool.tables.piece import Batch
from mitool.tables.reader import Reason
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage
from mitool.tables.textlines import DataLines
from mitool.tables.textparser import TextParser
from mitool.tables.texttypes import TextTypes
from mitool.tables.tidy import Tidier

MAX_INT64 = 2.0**63
DIGITS = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)

NAMELESS = ("nameless", "")


class TextReader:
    """One CSV, TSV or otherwise delimited file."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        with damage(source):
            self.dialect: Dialect = detect(source, options)
        self.names = self.dialect.names
        self.groups: dict[str, tuple[str, ...]] = {}
        named = not self.dialect.row_names
        self.aside: Mapping[str, Reason] = {} if named else {self.names[0]: NAMELESS}
        self._places = {name: place for place, name in enumerate(self.names)}
        lines = DataLines(source, self.dialect, options)
        if self.dialect.widths - {len(self.names)}:  # before a name is asked for that it lacks
            with damage(source):
                lines.refuse_uneven()
        self._tidier = Tidier(source.name, self.dialect.decimal, options)
        markers = self._tidier.markers(among_numbers=True)
        self._parser = TextParser(source, self.dialect, options, lines, markers)
        self._types = TextTypes(self._parser)

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
        table = self._parser.table(sorted(set(places)))
        self._types.n_rows = int(table.num_rows)
        return [self._column(i, table.column(str(i))) for i in places]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Parse block by block; text stays as it stands until ``interpreted`` sees all of it."""
        cutter = Cutter({name: str(self._places[name]) for name in names}, self.source.name)
        places = [self._places[name] for name in names]
        for block in self._parser.blocks(places, self._types.of(places)):
            for rows in slices(block, n_rows):
                yield partial(cutter.pieces, rows)

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
        """Warn if whole numbers that no integer type holds became equal as floats."""
        present = np.abs(column.values[np.isfinite(column.values)])
        if not len(present) or present.max() < MAX_INT64:
            return
        text = self._parser.table([place], {str(place): "string"}).column(0)
        words = [word for word in text.unique().to_pylist() if DIGITS.fullmatch(word or "")]
        numbers = np.array([float(word) for word in words])
        warn_if_rounded(Column(column.name, numbers), len({int(word) for word in words}))
