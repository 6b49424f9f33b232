"""How a text file is written: encoding, delimiter, decimal mark, header. Found from its head."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from mitool.errors import MitoolError
from mitool.tables.column import NUMBER
from mitool.tables.formats import FORMATS
from mitool.tables.header import Header, hidden_header, require_data
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source
from mitool.tables.texthead import encoding_of, first_lines, is_comment, parse, skipped
from mitool.tables.tidy import COMMA_NUMBER, THOUSANDS

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
    encoding = options.encoding or encoding_of(source.lines[0])
    lines = first_lines(source, encoding)
    n_skip, hashes = skipped(lines, options)
    body = [line for line in lines[n_skip:] if not is_comment(line, options)]
    delimiter = options.delimiter or delimiter_of(options.format) or likely_delimiter(body)
    rows = list(islice(parse(body, delimiter), SAMPLE_ROWS))
    if not rows:
        after = f" after the first {n_skip} lines" if options.skip_rows else ""
        raise MitoolError(f"{source.name} holds no table{after}, only blank lines or comments")
    decimal = options.decimal or likely_decimal(rows, delimiter)
    if not options.header:
        header = Header.numbered(len(rows[0]))
    elif hidden := hidden_header(hashes, rows, delimiter):
        header = Header(hidden)
    else:
        require_data(source, rows)
        header = Header.in_first_row(rows, lines[n_skip:], delimiter, options)
    longest, widths = max(map(len, lines)), frozenset(map(len, rows[header.n_rows :]))
    n_skip, names, row_names = n_skip + header.n_lines, header.names, header.row_names
    return Dialect(names, n_skip, delimiter, decimal, encoding, longest, widths, row_names)


def delimiter_of(format_name: str | None) -> str | None:
    """Give the delimiter that goes with the format the user names, if one does."""
    return FORMATS[format_name].delimiter if format_name else None


def likely_delimiter(lines: Sequence[str]) -> str:
    """Choose the delimiter by which most lines have as many fields as the first, at least two."""
    best, share = ",", 0.5
    for delimiter in LIKELY:
        try:
            widths = list(map(len, islice(parse(lines, delimiter, strip=False), SAMPLE_ROWS)))
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
    if delimiter == ",":
        return "."
    fields = {field for row in rows for field in row}
    commas = [f for f in fields if COMMA_NUMBER.fullmatch(f) and not THOUSANDS.fullmatch(f)]
    points = any("." in field and NUMBER.fullmatch(field) for field in fields)
    return "," if commas and not points else "."
