"""pyarrow's parsers of delimited text, told how one file is written."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from mitool.errors import MitoolError
from mitool.once import once
from mitool.tables.dialect import Dialect
from mitool.tables.digits import ZeroSeeker
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source, damage
from mitool.tables.textlines import DataLines

MAX_LABELS = 2**31 - 1
BLOCK = 1 << 20
BLOCK_LINES = 8
MISFIT = re.compile(r"CSV column #(\d+): (?:Row #\d+: )?CSV conversion error")


def misfit_column(error: MitoolError) -> str | None:
    """Give the place of the column whose values are not of its type, if that is what is wrong."""
    misfit = MISFIT.search(str(error.__cause__))
    return misfit and misfit[1]


@dataclass(frozen=True)
class TextParser:
    """Parses one file, whose columns go by their places in it, such as "0".

    ``markers`` are what stands for a missing value among numbers.
    """

    source: Source
    dialect: Dialect
    options: ReadOptions
    lines: DataLines
    markers: Sequence[str]

    def blocks(self, places: Sequence[int], types: Mapping[str, Any]) -> Generator[Any]:
        """Yield Arrow batches of about a block of text each, which hold one row at least."""
        import pyarrow.csv

        n_rows = 0
        with self._explained(), self._opened() as stream:
            for block in pyarrow.csv.open_csv(stream, **self._settings(sorted(set(places)), types)):
                n_rows += block.num_rows
                yield block
        self._require_rows(n_rows)

    def table(self, places: Sequence[int], types: Mapping[str, Any] | None = None) -> Any:
        """Parse the whole file into an Arrow table."""
        import pyarrow.csv

        with self._explained(), self._opened() as stream:
            table = pyarrow.csv.read_csv(stream, **self._settings(places, types))
        self._require_rows(table.num_rows)
        return table

    def _require_rows(self, n_rows: int) -> None:
        """Refuse a file without rows: its head was looked at, and there are lines after it."""
        if not n_rows:
            raise MitoolError(
                f"{self.source.name} has no row after its header; where a quote is left open it "
                "takes the lines after it: close it"
            )

    def not_text(self, what: str) -> MitoolError:
        """Say that bytes of the file are not text in its encoding."""
        return MitoolError(
            f"{self.source.name}: {what} is not {self.dialect.encoding} text; name its encoding, "
            "such as --encoding latin-1"
        )

    def _settings(self, places: Sequence[int], types: Mapping[str, Any] | None) -> dict[str, Any]:
        """Give what pyarrow's readers of text need to know."""
        import pyarrow.csv

        dialect = self.dialect
        return {
            "read_options": pyarrow.csv.ReadOptions(
                column_names=[str(i) for i in range(len(dialect.names))],
                skip_rows=0 if self._cleaned else dialect.n_skip,
                encoding="utf-8" if self._cleaned else dialect.encoding,
                block_size=max(BLOCK, BLOCK_LINES * dialect.longest),
            ),
            "parse_options": pyarrow.csv.ParseOptions(
                delimiter=dialect.delimiter,
                newlines_in_values=True,
                ignore_empty_lines=len(dialect.names) > 1,
            ),
            "convert_options": pyarrow.csv.ConvertOptions(
                include_columns=[str(i) for i in places],
                column_types=types,
                null_values=self.markers,
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
            cannot_split = isinstance(error.__cause__, pyarrow.ArrowInvalid)
            if cannot_split and misfit_column(error) is None:
                with damage(self.source):
                    self.lines.refuse_uneven()
            raise

    @contextmanager
    def _opened(self) -> Iterator[IO[bytes]]:
        """Open the file, or its data lines without comments and runs of blanks, as UTF-8."""
        if self._cleaned:
            yield self.lines.opened()
        elif self.source.compression is None:  # pyarrow's threads call no Python meanwhile
            with self.source.random_access() as file:
                yield file
        else:
            with self.source.open() as stream:
                yield stream

    @once
    def has_leading_zeros(self) -> bool:
        """Whether a number anywhere in the file may have a zero in front; true if none can tell."""
        if not "0,".encode(self.dialect.encoding).endswith(b"0,"):
            return True
        seeker = ZeroSeeker(self.dialect.delimiter)
        with damage(self.source), self._opened() as stream:
            read = getattr(stream, "read_buffer", stream.read)  # of a mapped file, without copying
            while not seeker.has_found and len(block := read(BLOCK)):
                seeker.search(block)
        return seeker.has_found
