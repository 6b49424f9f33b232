"""The formats of files that can be read, one entry each: nothing else names them.

To add a format, write a module with its reader (see ``mitool.tables.reader``) and add its entry to
``BUILTIN``. Messages, help and manual list what stands here. What can only be converted first is
in ``mitool.tables.foreign``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Format:
    """How a format is recognised, what it is called, and who opens it.

    ``opener`` is "module:callable", imported when a file of this format is opened; it takes a
    ``Source`` and ``ReadOptions``. ``suffixes`` are lower case. ``magic`` are first bytes, any of
    which states the format whatever the file is called; a format without them is text. Text that
    begins with one of ``text_starts`` is of this format unless its name or the user says otherwise.
    ``delimiter`` goes with the name of the format. Formats of one ``family`` may be named for each
    other.
    """

    name: str
    title: str
    opener: str
    suffixes: tuple[str, ...]
    magic: tuple[bytes, ...] = ()
    text_starts: tuple[bytes, ...] = ()
    delimiter: str | None = None
    family: str = ""

    @property
    def is_text(self) -> bool:
        """Whether no first bytes state the format."""
        return not self.magic

    def is_kin(self, other: Format) -> bool:
        """Whether a file of one may be called one of the other."""
        return self.name == other.name or "" != self.family == other.family

    def load_opener(self) -> Callable[..., Any]:
        """Import what opens a file of this format."""
        module, _, name = self.opener.partition(":")
        opener: Callable[..., Any] = getattr(import_module(module), name)
        return opener


BUILTIN = (
    Format("csv", "CSV", "mitool.tables.textfiles:TextReader", (".csv",)),
    Format("tsv", "TSV", "mitool.tables.textfiles:TextReader", (".tsv", ".tab"), delimiter="\t"),
    Format(
        *("parquet", "Parquet", "mitool.tables.parquetfiles:ParquetReader", (".parquet", ".pq")),
        magic=(b"PAR1",),
    ),
    Format(
        *("feather", "Feather", "mitool.tables.arrowfiles:ArrowReader", (".feather",)),
        magic=(b"FEA1",),
        family="arrow",
    ),
    Format(
        *("arrow", "Arrow", "mitool.tables.arrowfiles:ArrowReader", (".arrow",)),
        magic=(b"ARROW1", b"\xff\xff\xff\xff"),
        family="arrow",
    ),
    Format("npy", "NPY", "mitool.tables.numpyfiles:open_npy", (".npy",), magic=(b"\x93NUMPY",)),
    Format("npz", "NPZ", "mitool.tables.numpyfiles:open_npz", (".npz",), magic=(b"PK\x03\x04",)),
    Format(
        *(
            "jsonl",
            "JSON Lines",
            "mitool.tables.jsonlines:JsonLinesReader",
            (".jsonl", ".ndjson", ".json"),
        ),
        text_starts=(b"{", b"["),
    ),
)
FORMATS: dict[str, Format] = {entry.name: entry for entry in BUILTIN}
"""Every format by its name, in the order in which they are listed; also read when compressed."""

DEFAULT = "csv"
"""What text is taken for that nothing else is said about."""


def with_magic(head: bytes) -> Format | None:
    """Find the format that the first bytes of a file state; None for text."""
    return next((f for f in FORMATS.values() if f.magic and head.startswith(f.magic)), None)


def with_suffix(suffix: str) -> Format | None:
    """Find the format that a suffix such as ``.csv`` states."""
    return next((f for f in FORMATS.values() if suffix.lower() in f.suffixes), None)


def guessed_from_text(head: bytes) -> Format:
    """Find the format of text whose name does not say it."""
    start = head.lstrip()[:1]
    return next((f for f in FORMATS.values() if start in f.text_starts), FORMATS[DEFAULT])


def listed(last: str) -> str:
    """List the names of all formats in a sentence, with the word ``last`` before the last one."""
    *names, final = FORMATS
    return f"{', '.join(names)} {last} {final}"
