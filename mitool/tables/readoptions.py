"""How a file is to be read: everything that the user may say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mitool.errors import UsageError
from mitool.limits import MOST_DIGITS
from mitool.tables.columnspecs import select
from mitool.tables.encodings import require_text_encoding
from mitool.tables.formats import FORMATS

MISSING = (
    *("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "-NaN"),
    *("NULL", "Null", "null", "None", "?"),
)
"""What stands for a missing value in a text file."""

MISSING_NUMBERS = (*MISSING, "-", "--", ".", "..", "*")
"""What stands for a missing value among numbers, but may be a label among labels."""

DELIMITERS = {
    "comma": ",",
    "tab": "\t",
    "\\t": "\t",
    "semicolon": ";",
    "pipe": "|",
    "bar": "|",
    "space": " ",
    "whitespace": " ",
}

RowRange = tuple[int | None, int | None]


@dataclass(frozen=True)
class ReadOptions:
    """What the user says about the input; None means: find out from the file.

    ``delimiter`` is one character or a name (tab, space, comma, semicolon, pipe); a space means
    any run of blanks. ``na`` adds markers of missing values (numbers among them match by value, so
    -999 is also -999.0); with ``default_na=False`` they are the only ones. ``rows`` is a half-open
    range counted from 0 over all files together; ``sample`` then takes that many of them at random
    without replacement, in their order. ``discrete`` and ``continuous`` are the columns whose kind
    the user decides (COLS expressions): text of the former is read as it is written. Packed input
    that grows more than 1000-fold, beyond 1 GB, is refused without ``allow_expansion``.
    """

    format: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    comment: str | None = None
    skip_rows: int = 0
    header: bool = True
    na: tuple[str, ...] = ()
    default_na: bool = True
    rows: RowRange | None = None
    sample: int | None = None
    seed: int = 0
    discrete: tuple[str, ...] = ()
    continuous: tuple[str, ...] = ()
    allow_expansion: bool = False

    def __post_init__(self) -> None:
        delimiter = DELIMITERS.get(self.delimiter or "", self.delimiter)
        object.__setattr__(self, "delimiter", delimiter)
        if self.format is not None and self.format not in FORMATS:
            raise UsageError(
                f"unknown input format {self.format!r}; it is one of {', '.join(FORMATS)}"
            )
        if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
            raise UsageError(
                f"delimiter {delimiter!r} must be one character or one of {', '.join(DELIMITERS)}"
            )
        if self.decimal not in (None, ".", ","):
            raise UsageError(f"the decimal mark is . or , but not {self.decimal!r}")
        if self.decimal == "," == delimiter:
            raise UsageError("delimiter and decimal mark cannot both be a comma")
        if self.encoding is not None:
            require_text_encoding(self.encoding)
        if self.comment == "":
            raise UsageError("the comment mark must not be empty")
        if self.skip_rows < 0:
            raise UsageError(f"skip_rows must be at least 0, got {self.skip_rows}")
        if self.sample is not None and self.sample < 1:
            raise UsageError(f"sample must be at least 1 row, got {self.sample}")


def declared(
    discrete: Sequence[str], continuous: Sequence[str], known: Sequence[str]
) -> tuple[frozenset[str], frozenset[str]]:
    """Give the columns whose kind the user decides: the discrete, and the continuous."""
    labels, numbers = (
        frozenset(name for spec in specs for name in select(spec, known, "the input"))
        for specs in (discrete, continuous)
    )
    for name in sorted(labels & numbers):
        raise UsageError(f"column {name!r} cannot be both --discrete and --continuous")
    return labels, numbers


def parse_rows(text: str) -> RowRange:
    """Read a row range ``A:B``, counted from 0, half open; either end may be left out."""
    start, colon, stop = text.partition(":")
    try:
        first = int(start) if start else None
        last = int(stop) if stop else None
    except ValueError:
        colon = ""
    if max(len(start), len(stop)) > MOST_DIGITS:
        colon = ""
    if not colon:
        raise UsageError(f"rows {text!r} is not a range A:B of whole numbers, such as 0:1000")
    for end in (first, last):
        if end is not None and end < 0:
            raise UsageError(f"rows {text!r} counts from 0 and has no negative ends")
    if first is not None and last is not None and last <= first:
        raise UsageError(f"rows {text!r} holds no row; the second number must be the larger")
    return first, last
