"""The door for files: find each input's format, open it, and join the parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mitool.codes import warn
from mitool.errors import MitoolError, UsageError
from mitool.selection import is_number
from mitool.tables.arrays import open_npy, open_npz
from mitool.tables.binary import ArrowPart, ParquetPart
from mitool.tables.lines import JsonPart
from mitool.tables.options import ReadOptions
from mitool.tables.part import Part
from mitool.tables.source import STDIN, Source, found
from mitool.tables.stdin import received
from mitool.tables.table import Origin, Table
from mitool.tables.text import TextPart

OPENERS: dict[str, Callable[[Source, ReadOptions], Part]] = {
    "csv": TextPart,
    "tsv": TextPart,
    "jsonl": JsonPart,
    "parquet": ParquetPart,
    "feather": ArrowPart,
    "arrow": ArrowPart,
    "npy": open_npy,
    "npz": open_npz,
}


def open_table(paths: Sequence[str], options: ReadOptions | None = None) -> Table:
    """Open files as one table; several are row-wise parts of it, ``-`` is standard input.

    Formats are found from the first bytes, then from the suffix, unless ``options`` names one.
    """
    options = options or ReadOptions()
    if list(paths).count(STDIN) > 1:
        raise UsageError("standard input (-) can be read only once")
    parts, origins = [], []
    for path in paths:
        source = received() if path == STDIN else found(path)
        if not source.head:
            raise MitoolError(f"{source.name} is empty")
        format_ = source.format(options.format)
        parts.append(OPENERS[format_](source, options))
        origins.append(Origin(path, format_, source.n_bytes))
        require_same_columns(parts[0], origins[0].path, parts[-1], path)
    label = "standard input" if paths[0] == STDIN else paths[0]
    if len(paths) > 1:
        label += f" (and {len(paths) - 1} more)"
    warn_of_numeric_header(parts[0].names, label)
    return Table(parts, origins, label, options)


def require_same_columns(first: Part, first_path: str, part: Part, path: str) -> None:
    """Refuse a part whose columns are not those of the first."""
    if part.names == first.names:
        return
    if sorted(part.names) == sorted(first.names):
        what = "has the same columns in another order"
    else:
        lacks = [repr(n) for n in first.names if n not in part.names][:5]
        extra = [repr(n) for n in part.names if n not in first.names][:5]
        words = [f"lacks {', '.join(lacks)}"] * bool(lacks)
        words += [f"has {', '.join(extra)} besides"] * bool(extra)
        what = " and ".join(words) or "repeats columns"
    raise MitoolError(f"{path} is not a part of the same table as {first_path}: it {what}")


def warn_of_numeric_header(names: Sequence[str], label: str) -> None:
    """Warn that the first row of data may have been taken for the header."""
    if len(names) > 1 and all(is_number(name) for name in names):
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        warn("numeric_header", stacklevel=3, label=label, shown=shown)
