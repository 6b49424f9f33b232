"""The first lines of a text file: decoded, without what stands before the table, and split."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator, Sequence

from mitool.errors import MitoolError
from mitool.tables.readoptions import ReadOptions
from mitool.tables.source import Source

BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def first_lines(source: Source, encoding: str) -> list[str]:
    """Give the whole lines among those that are read to find out how the file is written."""
    lines = re.split(r"\r\n|\n|\r", decode(source, encoding))
    if not lines[-1]:
        lines.pop()
    if not source.lines[1] and len(lines) > 1:
        lines.pop()
    return lines


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


def parse(lines: Sequence[str], delimiter: str, *, strip: bool = True) -> Iterator[list[str]]:
    """Split lines into fields, without padding if told to; blank lines are left out."""
    if delimiter == " ":
        lines = [" ".join(line.split()) for line in lines]
    ended, padded = (line + "\n" for line in lines), delimiter != " "
    for row in csv.reader(ended, delimiter=delimiter, skipinitialspace=padded):
        if row:
            yield [field.strip() for field in row] if strip else row
