"""Delimited text: pyarrow parses, and only the columns asked for are converted."""

from __future__ import annotations

import csv
import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import IO, Any, cast

import numpy as np

from mitool.errors import MitoolError, MitoolWarning
from mitool.tables.column import NUMBER, Column, coded
from mitool.tables.convert import from_arrow
from mitool.tables.dialect import Dialect, detect, is_comment
from mitool.tables.options import MISSING, MISSING_NUMBERS, ReadOptions
from mitool.tables.source import Source, damage


class TextPart:
    """One CSV, TSV or otherwise delimited file."""

    def __init__(self, source: Source, options: ReadOptions) -> None:
        self.source = source
        self.options = options
        self.dialect: Dialect = detect(source, options)
        self.names = self.dialect.names
        self.groups: dict[str, tuple[str, ...]] = {}

    @cached_property
    def n_rows(self) -> int:
        """The number of data rows; known only after parsing."""
        return int(self._parse([0]).num_rows)

    def read(self, names: Sequence[str]) -> list[Column]:
        """Parse the file and convert the columns of these names."""
        places = [self.names.index(name) for name in names]
        table = self._parse(sorted(set(places)))
        self.__dict__["n_rows"] = int(table.num_rows)
        return [self._column(n, table.column(str(i))) for n, i in zip(names, places, strict=True)]

    def _parse(self, places: Sequence[int]) -> Any:
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
                    ),
                    parse_options=pyarrow.csv.ParseOptions(
                        delimiter=dialect.delimiter,
                        newlines_in_values=True,
                        ignore_empty_lines=len(self.names) > 1,
                    ),
                    convert_options=pyarrow.csv.ConvertOptions(
                        include_columns=[str(i) for i in places],
                        null_values=self._markers(MISSING_NUMBERS),
                        decimal_point=dialect.decimal,
                    ),
                )
        except MitoolError:
            self._explain()
            raise

    def _markers(self, default: Sequence[str]) -> list[str]:
        return [*(default if self.options.default_na else ()), *self.options.na]

    @contextmanager
    def _opened(self, cleaned: bool) -> Iterator[IO[bytes]]:
        """Open the file, or its data lines without comments and runs of blanks, as UTF-8."""
        if cleaned:
            yield io.BytesIO("".join(line + "\n" for _, line in self._data_lines()).encode())
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
        lines = dict(self._data_lines())
        numbers = iter(lines)
        reader = csv.reader((v + "\n" for v in lines.values()), delimiter=self.dialect.delimiter)
        numbered = list(numbers)
        for row in reader:
            if row and len(row) != len(self.names):
                raise MitoolError(
                    f"{self.source.name} line {numbered[reader.line_num - 1]} has {len(row)} "
                    f"fields where {len(self.names)} are expected ({self._expected()}); "
                    "mend the line, or see --delimiter, --comment and --skip-rows"
                )

    def _expected(self) -> str:
        shown = ", ".join(self.names[:5]) + (", …" if len(self.names) > 5 else "")
        return f"{shown}, separated by {self.dialect.delimiter!r}"

    def _column(self, name: str, values: Any) -> Column:
        import pyarrow.types

        if pyarrow.types.is_binary(values.type):
            raise MitoolError(
                f"{self.source.name}: column {name!r} is not {self.dialect.encoding} text; name "
                "its encoding, such as --encoding latin-1"
            )
        column = from_arrow(name, values, self.source.name)
        return self._tidy(column) if column.origin == "text" else column

    def _tidy(self, column: Column) -> Column:
        """Strip padding, drop the missing markers, and give numbers where only numbers are left."""
        words = [word.strip() for word in column.labels or ()]
        among_numbers = set(self._markers(MISSING_NUMBERS))
        if self.dialect.decimal == ",":
            words = [
                w.replace(",", ".") if NUMBER.fullmatch(w.replace(",", ".")) else w for w in words
            ]
        if all(word in among_numbers or NUMBER.fullmatch(word) for word in words):
            numbers = [np.nan if w in among_numbers else float(w) for w in words] + [np.nan]
            codes = np.where(np.isnan(column.values), len(words), column.values).astype(np.int64)
            return Column(column.name, np.array(numbers)[codes])
        markers = set(self._markers(MISSING))
        kept = [None if word in markers else word for word in words]
        labelled = coded(column.name, column.values, kept, "text")
        self._warn_of_stray_text(labelled)
        return labelled

    def _warn_of_stray_text(self, column: Column) -> None:
        """Say what turned a column of numbers into labels."""
        labels = column.labels or ()
        numeric = np.array([NUMBER.fullmatch(label) is not None for label in labels], dtype=bool)
        present = column.values[~np.isnan(column.values)].astype(np.int64)
        stray = column.first_text()
        if stray is None or 2 * np.count_nonzero(numeric[present]) <= len(present):
            return
        row, label = stray
        message = (
            f"{self.source.name}: column {column.name!r} is read as labels because of {label!r} "
            f"in row {row + 1}; if that means missing, use --na {label!r}"
        )
        warnings.warn(MitoolWarning("text_among_numbers", message), stacklevel=2)
