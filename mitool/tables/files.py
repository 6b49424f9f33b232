"""The door for files: find each input's format, open it, and join the parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mitool.errors import MitoolError, UsageError
from mitool.result.codes import warn
from mitool.tables.columnspecs import is_number
from mitool.tables.opened import Opened, require_same_columns
from mitool.tables.readoptions import ReadOptions
from mitool.tables.recognition import format_of
from mitool.tables.source import STDIN
from mitool.tables.stdin import source_of
from mitool.tables.table import Table


def open_table(paths: Sequence[str], options: ReadOptions | None = None) -> Table:
    """Open files as one table; several are row-wise parts of it, ``-`` is standard input.

    Formats are found from the first bytes, then from the suffix, unless ``options`` names one.
    """
    options = options or ReadOptions()
    if list(paths).count(STDIN) > 1:
        raise UsageError("standard input (-) can be read only once")
    inputs: list[Opened] = []
    for path in paths:
        inputs.append(opened(path, options))
        require_same_columns(inputs[0], inputs[-1])
    label = "standard input" if paths[0] == STDIN else paths[0]
    if len(paths) > 1:
        label += f" (and {len(paths) - 1} more)"
    warn_of_numeric_header(inputs[0].reader.names.stored, label)
    return Table(inputs, label, options)


def opened(path: str, options: ReadOptions) -> Opened:
    """Open one file, or standard input, by the opener of its format."""
    source = replace(source_of(path), is_bounded=not options.allow_expansion)
    if not source.head:
        raise MitoolError(f"{source.name} is empty")
    form = format_of(source, options.format)
    reader = form.load_opener()(source, options)
    return Opened(reader, path, form.name, source.n_bytes)


def warn_of_numeric_header(names: Sequence[str], label: str) -> None:
    """Warn that the first row of data may have been taken for the header."""
    if len(names) > 1 and all(is_number(name) for name in names):
        shown = ", ".join(names[:3]) + (", …" if len(names) > 3 else "")
        warn("numeric_header", stacklevel=3, label=label, shown=shown)
