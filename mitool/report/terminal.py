"""The table for people: six digits, one line a row, as many columns as the terminal has room for.

Columns that do not fit are left out whole, in the order of ``DROPPED``, and the last line says how
many; ``--fields`` chooses others, and a file has them all.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mitool.report.shown import ShownColumn, shown_columns
from mitool.report.writers import Gathering, Row
from mitool.result.fields import Field

KEPT = ("x", "y", "mi")  # whatever the width
DROPPED = (
    *("bandwidth", "estimand", "unit", "estimator", "n_used", "normalized", "warning_codes"),
    *("reliability", "p_value", "given", "lag", "status", "ci_low", "ci_high", "p_adjusted"),
)
"""Columns of estimates that a narrow terminal goes without, the first one first.

A command's own columns come after them, the last one first.
"""
LEAST_NAME = 12  # characters of a name that stay, whatever the width
GAP = 2  # blanks between columns
UNBOUNDED = 100_000  # characters a line may have where nothing says how wide it may be


class TerminalTable(Gathering):
    """Draws once, because widths need all rows."""

    def close(self) -> None:
        """Draw, with the columns that the terminal has room for."""
        width = shutil.get_terminal_size(fallback=(UNBOUNDED, 0)).columns
        self.put(drawn(self.rows, self.fields, width))


def drawn(rows: Sequence[Row], fields: Sequence[Field], width: int) -> str:
    """Draw rows in ``width`` characters; names may be cut in the middle, numbers stay whole."""
    columns = shown_columns(fields, rows)
    fitting = _fitting(columns, width)
    text = _rendered([_narrowed(column, fitting, width) for column in fitting])
    left_out = [column.head for column in columns if column not in fitting]
    if not left_out:
        return text
    what = "1 column" if len(left_out) == 1 else f"{len(left_out)} columns"
    return f"{text}{what} left out for want of room; -o FILE.csv has all\n"


def _fitting(columns: Sequence[ShownColumn], width: int) -> list[ShownColumn]:
    """Leave out columns until the rest fits with its names cut; never those of ``KEPT``."""
    left = list(columns)
    for column in _expendable(columns):
        if sum(_least(each) + GAP for each in left) - GAP <= width:
            break
        left.remove(column)
    return left


def _expendable(columns: Sequence[ShownColumn]) -> list[ShownColumn]:
    named = {column.name: column for column in columns}
    own = [column for column in columns[1:] if column.name not in (*KEPT, *DROPPED)]
    return [named[name] for name in DROPPED if name in named] + own[::-1]


def _least(column: ShownColumn) -> int:
    return _widest(column) if column.is_number else min(_widest(column), LEAST_NAME)


def _widest(column: ShownColumn) -> int:
    return max(map(cell_len, (column.head, *column.cells)))


def _narrowed(column: ShownColumn, columns: Sequence[ShownColumn], width: int) -> ShownColumn:
    """Cut the names of a column to its share of the room, where there is too little."""
    if column.is_number:
        return column
    texts = [each for each in columns if not each.is_number]
    room = width - GAP * (len(columns) - 1) - sum(map(_widest, set(columns) - set(texts)))
    most = _share(sorted(map(_widest, texts)), room)
    cells = tuple(_cut(cell, most) for cell in column.cells)
    return ShownColumn(column.name, _cut(column.head, most), cells)


def _share(widths: Sequence[int], room: int) -> int:
    """Give the widest that a text may be so that all fit: short ones leave theirs to long ones."""
    for place, width in enumerate(widths):
        share = room // (len(widths) - place)
        if width > share:
            return max(share, LEAST_NAME)
        room -= width
    return UNBOUNDED


def _cut(text: str, most: int) -> str:
    """Leave out the middle of a text: names often differ at their ends."""
    if cell_len(text) <= most:
        return text
    first = most // 2
    last = most - first - 1
    start = set_cell_size(text, first).rstrip()
    end = set_cell_size(text[::-1], last).rstrip()[::-1]
    return f"{start}…{end}"


def _rendered(columns: Sequence[ShownColumn]) -> str:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for column in columns:
        head = Text(column.head)
        table.add_column(head, justify="right" if column.is_number else "left", no_wrap=True)
    for line in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*map(Text, line))
    console = Console(width=UNBOUNDED, color_system=None)
    text = "".join(segment.text for segment in console.render(table))
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())
