"""How a text file is written: encoding, delimiter, decimal mark, header. Found from its head."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from mitool.errors import MitoolError
from mitool.tables.column import NUMBER
from mitool.tables.formats import FORMATS
from mitool.tables.options import MISSING_NUMBERS, ReadOptions
from mitool.tables.source import Source
from mitool.tables.tidy import COMMA_NUMBER, THOUSANDS

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
LIKELY = ("\t", ";", "|", ",", " ")
"""Delimiters in the order in which they are believed when several fit equally well."""

SAMPLE_ROWS = 200


@dataclass(frozen=True)
class Dialect:
    """What parsing needs to know.

    ``n_skip`` physical lines stand before the first data line; ``longest`` is the length of the
    longest of the first lines in characters; ``widths`` are how many fields the first rows have.
    Where ``row_names`` the first column has no name of its own, as pandas and R write row numbers.
    """

    names: tuple[str, ...]
    n_skip: int
    delimiter: str
    decimal: str
    encoding: str
    longest: int
    widths: frozenset[int]
    row_names: bool

    @property
    def blanks(self) -> bool:
        """Whether any run of blanks separates."""
        return self.delimiter == " "


def detect(source: Source, options: ReadOptions) -> Dialect:
    """Find the dialect from the head of the file and what the user says."""
    head, is_whole = source.lines
    encoding = options.encoding or encoding_of(head)
    lines = re.split(r"\r\n|\n|\r", decode(source, encoding))
    if not lines[-1]:
        lines.pop()
    if not is_whole and len(lines) > 1:
        lines.pop()
    n_skip, hashes = skipped(lines, options)
    body = [line for line in lines[n_skip:] if not is_comment(line, options)]
    delimiter = options.delimiter or delimiter_of(options.format) or likely_delimiter(body)
    rows = list(islice(parse(body, delimiter), SAMPLE_ROWS))
    if not rows:
        after = f" after the first {n_skip} lines" if options.skip_rows else ""
        raise MitoolError(f"{source.name} holds no table{after}, only blank lines or comments")
    decimal = options.decimal or likely_decimal(rows, delimiter)
    row_names = False
    if not options.header:
        names = tuple(f"c{i}" for i in range(1, len(rows[0]) + 1))
    elif hidden := hidden_header(hashes, rows, delimiter):
        names = hidden
    else:
        if len(rows) == 1 and is_whole:
            raise MitoolError(
                f"{source.name} has a header but no rows (columns: {', '.join(rows[0])}); "
                "if its first line is data, use --no-header"
            )
        n_skip += header_lines(lines[n_skip:], delimiter, options)
        names, (header, *rows) = header_names(rows), rows
        row_names = len(names) > 1 and names[0] == "c1" != header[0]
    longest, widths = max(map(len, lines)), frozenset(map(len, rows))
    return Dialect(names, n_skip, delimiter, decimal, encoding, longest, widths, row_names)


def delimiter_of(format_name: str | None) -> str | None:
    """Give the delimiter that goes with the format the user names, if one does."""
    return FORMATS[format_name].delimiter if format_name else None


def encoding_of(head: bytes) -> str:
    """The encoding that a byte order mark states, else UTF-8."""
    return next((name for bom, name in BOMS.items() if head.startswith(bom)), "utf-8")


def decode(source: Source, encoding: str) -> str:
    """Decode the head; a character cut off at its end is left out."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(source.lines[0])
    except UnicodeDecodeError as error:
        line = source.lines[0].count(b"\n", 0, error.start) + 1
        raise MitoolError(
            f"{source.name} line {line} is not {encoding} text; if it is text, name its encoding, "
            "such as --encoding latin-1"
        ) from error
    except LookupError as error:
        raise MitoolError(f"unknown encoding {encoding!r}; such as utf-8 or latin-1") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise MitoolError(f"{source.name} is not a text file: line {line} has a NUL byte")
    return text.lstrip("\ufeff")


def is_comment(line: str, options: ReadOptions) -> bool:
    """Whether the user's comment mark starts the line."""
    return options.comment is not None and line.lstrip().startswith(options.comment)


def skipped(lines: Sequence[str], options: ReadOptions) -> tuple[int, list[str]]:
    """Count the lines before the table; also give the leading lines that start with ``#``."""
    n_skip = options.skip_rows
    hashes: list[str] = []
    if options.comment is None:
        while n_skip < len(lines) and (lines[n_skip][:1] == "#" or not lines[n_skip].strip()):
            hashes.append(lines[n_skip])
            n_skip += 1
    return n_skip, hashes


def parse(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    """Split lines into fields without padding; blank lines are left out."""
    if delimiter == " ":
        lines = [" ".join(line.split()) for line in lines]
    ended, padded = (line + "\n" for line in lines), delimiter != " "
    for row in csv.reader(ended, delimiter=delimiter, skipinitialspace=padded):
        if row:
            yield [field.strip() for field in row]


def likely_delimiter(lines: Sequence[str]) -> str:
    """Choose the delimiter by which most lines have as many fields as the first, at least two."""
    best, share = ",", 0.5
    for delimiter in LIKELY:
        try:
            widths = [len(row) for row in islice(parse(lines, delimiter), SAMPLE_ROWS)]
        except csv.Error:
            continue
        if not widths or max(widths) < 2:
            continue
        width = widths[0] if widths[0] > 1 else 0
        fits = sum(w == width for w in widths) / len(widths)
        if width > 1 and set(widths[1:]) == {width + 1}:
            fits = 1.0  # the header has no name for the row names, as R writes it
        if fits > share:
            best, share = delimiter, fits
    return best


def likely_decimal(rows: Sequence[Sequence[str]], delimiter: str) -> str:
    """Find a decimal comma: some fields are numbers only with it, none only with the point."""
    fields = [field for row in rows for field in row]
    commas = [f for f in fields if COMMA_NUMBER.fullmatch(f) and not THOUSANDS.fullmatch(f)]
    points = any(NUMBER.fullmatch(field) and "." in field for field in fields)
    return "," if commas and not points and delimiter != "," else "."


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
    found = list(parse([hashes[-1].lstrip("#")], delimiter))
    if not found or len(found[0]) != len(rows[0]):
        return None
    is_data = any(NUMBER.fullmatch(f.replace(",", ".")) or f in MISSING_NUMBERS for f in rows[0])
    return header_names([found[0]]) if is_data else None


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
