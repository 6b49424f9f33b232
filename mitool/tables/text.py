"""Delimited text: pyarrow parses, and only the columns asked for are converted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import IO, Any

import numpy as np

from mitool.errors import MitoolError
from mitool.once import once
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow, warn_if_rounded
from mitool.tables.datalines import DataLines
from mitool.tables.dialect import Dialect, detect
from mitool.tables.loosening import looser
from mitool.tables.options import ReadOptions
from mitool.tables.part import Reason
from mitool.tables.piece import Batch
from mitool.tables.pieces import Cutter, slices
from mitool.tables.source import Source, damage
from mitool.tables.tidy import Tidier

MAX_INT64 = 2.0**63
MAX_LABELS = 2**31 - 1
BLOCK = 1 << 20
BLOCK_LINES = 8
MISFIT = re.compile(r"CSV column #(\d+): CSV conversion error")
DIGITS = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)


NAMELESS = ("nameless", "")


class TextPart:
    """One CSV, TSV or otherwise delimited file."""

    in_pieces = True

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        self.options = options
        self.dialect: Dialect = detect(source, options)
        self.names = self.dialect.names
        self.groups: dict[str, tuple[str, ...]] = {}
        named = not self.dialect.row_names
        self.aside: Mapping[str, Reason] = {} if named else {self.names[0]: NAMELESS}
        self._places = {name: place for place, name in enumerate(self.names)}
        self._types: dict[str, Any] = {}
        self._lines = DataLines(source, self.dialect, options)
        if self.dialect.widths - {len(self.names)}:  # before a name is asked for that it lacks
            self._lines.refuse_uneven()
        self._tidier = Tidier(source.name, self.dialect.decimal, options)

    @once
    def n_rows(self) -> int:
        """The number of data rows; known only after parsing."""
        self.settle(self.names[:1])
        return int(self.__dict__["n_rows"])

    def settle(self, names: Sequence[str]) -> None:
        """Find the types of these columns and the number of rows, by passes over the file."""
        self._settled([self._places[name] for name in names])

    def read(self, names: Sequence[str]) -> list[Column]:
        """Parse the file and convert the columns of these names."""
        places = [self._places[name] for name in names]
        table = self._parse(sorted(set(places)))
        self.__dict__["n_rows"] = int(table.num_rows)
        return [self._column(i, table.column(str(i))) for i in places]

    def batches(self, names: Sequence[str], n_rows: int) -> Iterator[Batch]:
        """Parse block by block; text stays as it stands until ``tidied`` has seen all of it."""
        cutter = Cutter({name: str(self._places[name]) for name in names}, self.source.name)
        numbers = [self._places[name] for name in names]
        for block in self._blocks(numbers, self._settled(numbers)):
            for part in slices(block, n_rows):
                yield partial(cutter.pieces, part)

    def about_n_rows(self, n_bytes: int) -> float:
        """Guess the number of rows from the first lines; packed text is about a quarter."""
        head = self.source.head
        unpacked = n_bytes * (4.0 if self.source.compression else 1.0)
        return unpacked * head.count(b"\n") / len(head)

    def tidied(self, column: Column) -> Column:
        """Turn a column of all its different words into what they mean."""
        return self._tidier.tidy(column) if column.origin == "text" else column

    def _settled(self, places: Sequence[int]) -> dict[str, Any]:
        """Find the types that hold for the whole file; the first block may mislead.

        A pass over the file for each block that does not fit, in the order in which pyarrow
        loosens the type of a whole column, so that both ways of reading agree.
        """
        types, wanted = self._types, [i for i in places if str(i) not in self._types]
        while wanted:
            found: dict[str, Any] = {}
            try:
                n_rows = 0
                for block in self._blocks(wanted, types):
                    found = {field.name: field.type for field in block.schema}
                    n_rows += block.num_rows
            except MitoolError as error:
                misfit = MISFIT.search(str(error.__cause__))
                if misfit is None:
                    raise
                place = misfit[1]
                types[place] = self._looser(place, types.get(place, found.get(place)))
                continue
            types |= found
            self.__dict__["n_rows"] = n_rows
            wanted = []
        return types

    def _looser(self, place: str, kind: Any) -> Any:
        """Give the next type that values of a column may have."""
        found = looser(kind)
        if found is None:
            raise self._not_text(f"column {self.names[int(place)]!r}")
        return found

    def _blocks(self, places: Sequence[int], types: Mapping[str, Any]) -> Iterator[Any]:
        """Yield Arrow batches of about a block of text each; an empty file has an empty one."""
        import pyarrow.csv

        with self._explained(), self._opened() as stream:
            yield from pyarrow.csv.open_csv(stream, **self._how(sorted(set(places)), types))

    def _parse(self, places: Sequence[int], types: Mapping[str, Any] | None = None) -> Any:
        """Parse into an Arrow table whose columns are named by their places in the file."""
        import pyarrow.csv

        with self._explained(), self._opened() as stream:
            return pyarrow.csv.read_csv(stream, **self._how(places, types))

    def _how(self, places: Sequence[int], types: Mapping[str, Any] | None) -> dict[str, Any]:
        """Tell pyarrow's readers of text what they need to know."""
        import pyarrow.csv

        dialect = self.dialect
        return {
            "read_options": pyarrow.csv.ReadOptions(
                column_names=[str(i) for i in range(len(self.names))],
                skip_rows=0 if self._cleaned else dialect.n_skip,
                encoding="utf-8" if self._cleaned else dialect.encoding,
                block_size=max(BLOCK, BLOCK_LINES * dialect.longest),
            ),
            "parse_options": pyarrow.csv.ParseOptions(
                delimiter=dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(self.names) > 1,
            ),
            "convert_options": pyarrow.csv.ConvertOptions(
                include_columns=[str(i) for i in places],
                column_types=types,
                null_values=self._tidier.markers(among_numbers=True),
                decimal_point=dialect.decimal,
                auto_dict_encode=True,
                auto_dict_max_cardinality=MAX_LABELS,
            ),
        }

    @property
    def _cleaned(self) -> bool:
        """Whether lines are changed before they are parsed."""
        return self.dialect.blanks or self.options.comment is not None

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Say where the lines are that the parser cannot split."""
        import pyarrow

        try:
            with damage(self.source):
                yield
        except MitoolError as error:
            if isinstance(error.__cause__, pyarrow.ArrowInvalid) and not MISFIT.search(
                str(error.__cause__)
            ):
                self._lines.refuse_uneven()
            raise

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        """Open the file, or its data lines without comments and runs of blanks, as UTF-8."""
        if self._cleaned:
            yield self._lines.opened()
        elif self.source.is_plain_file:
            with self.source.mapped() as mapped:
                yield mapped
        else:
            with self.source.open() as stream:
                yield stream

    def _column(self, place: int, values: Any) -> Column:
        import pyarrow.types

        name = self.names[place]
        if pyarrow.types.is_binary(getattr(values.type, "value_type", values.type)):
            row = next(i for i, value in enumerate(values.to_pylist()) if not self._is_text(value))
            raise self._not_text(f"column {name!r} in row {row + 1}")
        column = from_arrow(name, values, self.source.name)
        if pyarrow.types.is_floating(values.type):
            self._warn_of_long_numbers(place, column)
        return self._tidier.tidy(column) if column.origin == "text" else column

    def _not_text(self, what: str) -> MitoolError:
        return MitoolError(
            f"{self.source.name}: {what} is not {self.dialect.encoding} text; name its encoding, "
            "such as --encoding latin-1"
        )

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
        text = self._parse([place], {str(place): "string"}).column(0)
        words = [word for word in text.unique().to_pylist() if DIGITS.fullmatch(word or "")]
        numbers = np.array([float(word) for word in words])
        warn_if_rounded(Column(column.name, numbers), len({int(word) for word in words}))
