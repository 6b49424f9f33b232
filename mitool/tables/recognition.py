"""Which format an input is in: by its first bytes, the user's word, or its name."""

from __future__ import annotations

from pathlib import Path

from mitool.errors import MitoolError
from mitool.tables.foreign import conversion
from mitool.tables.formats import FORMATS, Format, guessed_from_text, with_suffix
from mitool.tables.source import Source


def format_of(source: Source, given: str | None) -> Format:
    """Give the format that the first bytes state, else the given, else that of the suffix."""
    foreign = conversion(source.path, source.head)
    if foreign:
        raise MitoolError(f"{source.name} {foreign}")
    by_bytes = source.binary_format
    if by_bytes is not None:
        if given and not by_bytes.is_kin(FORMATS[given]):
            raise MitoolError(f"{source.name} is in {by_bytes.name} format, not {given}")
        return by_bytes
    stated = FORMATS[given] if given else _by_name(source.path)
    if stated is None:
        return guessed_from_text(source.head)
    if not stated.is_text:
        raise MitoolError(
            f"{source.name} is not in {stated.name} format"
            + ("" if given else ", although it is named so; say what it is by --input-format")
        )
    return stated


def _by_name(path: str) -> Format | None:
    """Find the format that the last telling suffix of a file states, as .csv in x.csv.gz."""
    formats = (with_suffix(suffix) for suffix in reversed(Path(path).suffixes))
    return next((form for form in formats if form is not None), None)
