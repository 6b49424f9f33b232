"""Delimited text: pyarrow parses, and only the columns asked for are converted."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import IO, Any, cast

import numpy as np

from mitool.errors import MitoolError
from mitool.once import once
from mitool.tables.column import Column
from mitool.tables.convert import from_arrow, warn_if_rounded
from mitool.tables.dialect import Dialect, detect, is_comment
from mitool.tables.options import ReadOptions
from mitool.tables.source import Source, damage
from mitool.tables.tidy import Tidier

MAX_INT64 = 2.0**63
MAX_LABELS = 2**31 - 1
BLOCK = 1 << 20
BLOCK_LINES = 8
DIGITS = re.compile(r"\s*[+-]?\d+\s*", re.ASCII)


class TextPart:
    """One CSV, TSV or otherwise delimited file."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        self.options = options
        self.dialect: Dialect = detect(source, options)
        self.names = self.dialect.names
        self.groups: dict[str, tuple[str, ...]] = {}
        self._places = {name: place for place, name in enumerate(self.names)}
        self._tidier = Tidier(source.name, self.dialect.decimal, options)

    @once
    def n_rows(self) -> int:
        """The number of data rows; known only after parsing."""
        return int(self._parse([0]).num_rows)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Parse the file and convert the columns of these names."""
        places = [self._places[name] for name in names]
        table = self._parse(sorted(set(places)))
        self.__dict__["n_rows"] = int(table.num_rows)
        return [self._column(i, table.column(str(i))) for i in places]

    def _parse(self, places: Sequence[int], types: Mapping[str, str] | None = None) -> Any:
        """Parse into an Arrow table whose columns are named by their places in the file."""
        import pyarrow
        import pyarrow.csv

        dialect = self.dialect
        cleaned = dialect.blanks or self.options.comment is not None
        try:
            with damage(self.source), self._opened(cleaned) as stream:
                return pyarrow.csv.read_csv(
                    stream,
                    read_options=pyarrow.csv.ReadOptions(
                        column_names=[str(i) for i in range(len(self.names))],
                        skip_rows=0 if cleaned else dialect.n_skip,
                        encoding="utf-8" if cleaned else dialect.encoding,
                        block_size=max(BLOCK, BLOCK_LINES * dialect.longest),
                    ),
                    parse_options=pyarrow.csv.ParseOptions(
                        delimiter=dialect.delimiter,
                        newlines_in_values=True,
                        ignore_empty_lines=len(self.names) > 1,
                    ),
                    convert_options=pyarrow.csv.ConvertOptions(
                        include_columns=[str(i) for i in places],
                        column_types=types,
                        null_values=self._tidier.markers(among_numbers=True),
                        decimal_point=dialect.decimal,
                        auto_dict_encode=True,
                        auto_dict_max_cardinality=MAX_LABELS,
                    ),
                )
        except MitoolError as error:
            if isinstance(error.__cause__, pyarrow.ArrowInvalid):
                self._explain()
            raise

    @contextmanager
    def _opened(self, cleaned: bool) -> Iterator[IO[bytes]]:
        """Open the file, or its data lines without comments and runs of blanks, as UTF-8."""
        if cleaned:
            yield io.BytesIO("".join(line + "\n" for _, line in self._data_lines()).encode())
        elif self.source.is_plain_file:
            with self.source.mapped() as mapped:
                yield mapped
        else:
            with self.source.open() as stream:
                yield stream

    def _data_lines(self) -> Iterator[tuple[int, str]]:
        """Number and text of the data lines that are not comments, from 1."""
        dialect = self.dialect
        with self.source.open() as stream:
            text = io.TextIOWrapper(cast(io.BufferedReader, stream), encoding=dialect.encoding)
            for number, line in enumerate(text, 1):
                if number > dialect.n_skip and not is_comment(line, self.options):
                    yield number, " ".join(line.split()) if dialect.blanks else line.rstrip("\r\n")

    def _explain(self) -> None:
        """Find the first row with too few or too many fields and say where it is."""
        numbers, lines = zip(*self._data_lines(), strict=True)
        reader = csv.reader((line + "\n" for line in lines), delimiter=self.dialect.delimiter)
        widths = [(len(row), numbers[reader.line_num - 1]) for row in reader if row]
        expected = len(self.names)
        for width, line in widths:
            if width != expected:
                raise MitoolError(
                    f"{self.source.name} line {line} has {n_fields(width)}, but the header has "
                    f"{expected} ({self._shown()}); {self._remedy(widths)}"
                )

    def _shown(self) -> str:
        names = ", ".join(self.names[:5]) + (", …" if len(self.names) > 5 else "")
        return f"{names}; the delimiter is {self.dialect.delimiter!r}"

    def _remedy(self, widths: Sequence[tuple[int, int]]) -> str:
        """Say what to do about rows of these widths, each with its line."""
        usual = Counter(width for width, _ in widths).most_common(1)[0][0]
        if usual == len(self.names) or sum(width == usual for width, _ in widths) < 2:
            return "mend that line, or mark it with --comment"
        start = next(line for width, line in widths if width == usual)
        return f"if the table starts at line {start}, use --skip-rows {start - 1}"

    def _column(self, place: int, values: Any) -> Column:
        import pyarrow.types

        name = self.names[place]
        if pyarrow.types.is_binary(getattr(values.type, "value_type", values.type)):
            row = next(i for i, value in enumerate(values.to_pylist()) if not self._is_text(value))
            raise MitoolError(
                f"{self.source.name}: column {name!r} in row {row + 1} is not "
                f"{self.dialect.encoding} text; name its encoding, such as --encoding latin-1"
            )
        column = from_arrow(name, values, self.source.name)
        if pyarrow.types.is_floating(values.type):
            self._warn_of_long_numbers(place, column)
        return self._tidier.tidy(column) if column.origin == "text" else column

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


def n_fields(width: int) -> str:
    """A number of fields in words."""
    return "1 field" if width == 1 else f"{width} fields"
