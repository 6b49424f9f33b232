"""The header of a text file: which lines it is, and how it names the columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mitool.errors import MitoolError
from mitool.tables.column import NUMBER
from mitool.tables.readoptions import MISSING_NUMBERS, ReadOptions
from mitool.tables.source import Source
from mitool.tables.texthead import is_comment, parse

SHOWN = 10


@dataclass(frozen=True)
class Header:
    """The names of the columns, and how many lines of the table and rows of the sample hold them.

    Where ``row_names`` the first column has no name of its own, as pandas and R write row numbers.
    """

    names: tuple[str, ...]
    n_lines: int = 0
    n_rows: int = 0
    row_names: bool = False

    @classmethod
    def numbered(cls, n_columns: int) -> Header:
        """Name the columns c1, c2, … where no line does."""
        return cls(tuple(f"c{i}" for i in range(1, n_columns + 1)))

    @classmethod
    def in_first_row(
        cls,
        rows: Sequence[Sequence[str]],
        lines: Sequence[str],
        delimiter: str,
        options: ReadOptions,
    ) -> Header:
        """Take the first of ``rows`` as the names; ``lines`` are those of the table."""
        names = header_names(rows)
        row_names = len(names) > 1 and names[0] == "c1" != rows[0][0]
        return cls(names, header_lines(lines, delimiter, options), 1, row_names)


def require_data(source: Source, rows: Sequence[Sequence[str]]) -> None:
    """Refuse a whole file that has a header and nothing below it."""
    if len(rows) == 1 and source.lines[1]:
        shown = ", ".join(rows[0][:SHOWN]) + (", …" if len(rows[0]) > SHOWN else "")
        raise MitoolError(
            f"{source.name} has a header but no rows (columns: {shown}); "
            "if its first line is data, use --no-header"
        )


def header_names(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Name the columns by the first row; a column without a name is c and its number.

    One name too few is that of the row names, as R writes them, or of nothing after a last
    delimiter.
    """
    header = list(rows[0])
    if len(header) > 1 and {len(row) for row in rows[1:]} == {len(header) + 1}:
        ends_empty = not any(row[-1] for row in rows[1:])
        header.insert(len(header) if ends_empty else 0, "")
    return tuple(name or f"c{i}" for i, name in enumerate(header, 1))


def hidden_header(
    hashes: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str
) -> tuple[str, ...] | None:
    """Find the names in the last leading ``#`` line, as numpy.savetxt and BED files have it."""
    if not hashes:
        return None
    names = next(parse([hashes[-1].lstrip("#")], delimiter), [])
    if len(names) != len(rows[0]):
        return None
    is_data = any(NUMBER.fullmatch(f.replace(",", ".")) or f in MISSING_NUMBERS for f in rows[0])
    return header_names([names]) if is_data else None


def header_lines(lines: Sequence[str], delimiter: str, options: ReadOptions) -> int:
    """Count the physical lines up to the end of the header."""
    n_lines, text = 0, ""
    for line in lines:
        n_lines += 1
        if is_comment(line, options) or not (text or line.strip()):
            continue
        text += line + "\n"
        if delimiter == " " or text.count('"') % 2 == 0:
            break
    return n_lines
