"""The data lines of a text file, numbered as an editor numbers them, and which of them is wrong."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

from mitool.errors import MitoolError
from mitool.tables.dialect import Dialect
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source
from mitool.tables.texthead import is_comment


@dataclass(frozen=True)
class DataLines:
    """The lines below the header that are not comments, runs of blanks made one where they part."""

    source: Source
    dialect: Dialect
    options: ReadOptions

    def __iter__(self) -> Iterator[tuple[int, str]]:
        dialect = self.dialect
        with self.source.open() as stream:
            text = io.TextIOWrapper(cast(io.BufferedReader, stream), encoding=dialect.encoding)
            for number, line in enumerate(text, 1):
                if number > dialect.n_skip and not is_comment(line, self.options):
                    yield number, " ".join(line.split()) if dialect.blanks else line.rstrip("\r\n")

    def opened(self) -> io.BufferedReader:
        """Give them as a stream of UTF-8."""
        return io.BufferedReader(Stream(line + "\n" for _, line in self))

    def refuse_uneven(self) -> None:
        """Find the first row with too few or too many fields, and say where it is."""
        numbers, lines = zip(*self, strict=True)
        reader = csv.reader((line + "\n" for line in lines), delimiter=self.dialect.delimiter)
        widths = [(len(row), numbers[reader.line_num - 1]) for row in reader if row]
        expected = len(self.dialect.names)
        for width, line in widths:
            if width != expected:
                raise MitoolError(
                    f"{self.source.name} line {line} has {_n_fields(width)}, but the header has "
                    f"{expected} ({self._shown()}); {self._remedy(widths)}"
                )

    def _shown(self) -> str:
        names = self.dialect.names
        shown = ", ".join(names[:5]) + (", …" if len(names) > 5 else "")
        return f"{shown}; the delimiter is {self.dialect.delimiter!r}"

    def _remedy(self, widths: Sequence[tuple[int, int]]) -> str:
        """Say what to do about rows of these widths, each with its line."""
        usual = Counter(width for width, _ in widths).most_common(1)[0][0]
        if usual == len(self.dialect.names) or sum(width == usual for width, _ in widths) < 2:
            return "mend that line, or mark it with --comment"
        start = next(line for width, line in widths if width == usual)
        return f"if the table starts at line {start}, use --skip-rows {start - 1}"


class Stream(io.RawIOBase):
    """Lines of text as a stream of bytes, made as it is read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines, self._rest = lines, b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what follows; 0 at the end."""
        while len(self._rest) < len(buffer):
            line = next(self._lines, None)
            if line is None:
                break
            self._rest += line.encode()
        given = self._rest[: len(buffer)]
        buffer[: len(given)] = given
        self._rest = self._rest[len(given) :]
        return len(given)


def _n_fields(width: int) -> str:
    return "1 field" if width == 1 else f"{width} fields"
