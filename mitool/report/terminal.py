"""The table for people: six digits, and only the columns that have something to say."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from typing import IO, Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from mitool.printable import printable
from mitool.report.run import Run
from mitool.report.writers import Row, Writer
from mitool.result.fields import ESTIMATE_FIELDS, Field

ALWAYS = ("x", "estimator", "mi", "n_used")
IF_ANY = (
    *("y", "given", "lag", "normalized", "ci_low", "ci_high", "p_value", "reliability"),
    *("warning_codes", "p_adjusted", "form", "ceiling", "transposed", "half", "quarter", "gap"),
    "loss_in_sample",
)
HEADS = {"n_used": "n", "p_value": "p", "warning_codes": "warnings"}
DIGITS = {"p_value": 3, "p_adjusted": 3, "at": 6}  # of numbers that need no trailing zeros
FOLDED = 10  # characters of a name that stay together
GAP = 2  # blanks between columns
UNFOLDED = 100_000  # characters a line may have where nothing says how wide it may be


class TerminalTable(Writer):
    """Gathers all rows, because widths need them, and draws once."""

    def __init__(self, file: IO[bytes], fields: Sequence[Field], run: Run) -> None:
        super().__init__(file, fields, run)
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        """Keep a row."""
        self._rows.append(row)

    def close(self) -> None:
        """Draw, folding names where the terminal is narrow."""
        width = shutil.get_terminal_size(fallback=(UNFOLDED, 0)).columns
        self.put(drawn(self._rows, self.fields, width))


def drawn(rows: Sequence[Row], fields: Sequence[Field], width: int) -> str:
    """Draw rows in ``width`` characters by folding names; numbers stay whole, whatever it takes."""
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    columns = []
    for name, field in _shown(fields, rows):
        head = printable(name)
        cells = [_cell(field, row[field.name]) for row in rows]
        number, widest = field.type in ("integer", "number"), max(map(len, (head, *cells)))
        table.add_column(
            Text(head),
            justify="right" if number else "left",
            overflow="fold",
            min_width=widest if number else min(widest, FOLDED),
        )
        columns.append(cells)
    widths = [_widths(row) for row in rows]
    if any(widths):  # a kernel measure is nothing without its bandwidth
        table.add_column(Text("bandwidth"), justify="right", min_width=max(map(len, widths)))
        columns.append(widths)
    for line in zip(*columns, strict=True):
        table.add_row(*map(Text, line))
    return _rendered(table, width)


def _rendered(table: Table, width: int) -> str:
    least = sum((column.min_width or 0) + GAP for column in table.columns)
    console = Console(width=max(width, least), color_system=None)
    text = "".join(segment.text for segment in console.render(table))
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def _widths(row: Row) -> str:
    """Give the kernel widths of a row, in the order x, y, given."""
    extras = row.get("extras", {})
    bandwidths = [value for name, value in extras.items() if name.startswith("bandwidth")]
    return " ".join(f"{value:.3g}" for value in bandwidths)


def _shown(fields: Sequence[Field], rows: Sequence[Row]) -> list[tuple[str, Field]]:
    """Give the columns with something to say, and their heads."""
    if not set(ESTIMATE_FIELDS) <= set(fields):  # no estimates: all columns are the command's own
        return [(field.name, field) for field in fields]
    return [
        (_head(field.name, rows) if field in ESTIMATE_FIELDS else field.name, field)
        for field in fields
        if _is_shown(field, rows)
    ]


def _is_shown(field: Field, rows: Sequence[Row]) -> bool:
    if field.name in ALWAYS or (field not in ESTIMATE_FIELDS and field.name not in IF_ANY):
        return True
    if field.name in ("estimand", "unit"):
        return len(_distinct(field.name, rows)) > 1
    if field.name == "status":
        return not _distinct("status", rows) <= {"ok"}
    return field.name in IF_ANY and any(row[field.name] is not None for row in rows)


def _distinct(name: str, rows: Sequence[Row]) -> set[Any]:
    return {row[name] for row in rows}


def _head(name: str, rows: Sequence[Row]) -> str:
    if name != "mi":
        return HEADS.get(name, name)
    estimands = _distinct("estimand", rows)
    what = estimands.pop() if len(estimands) == 1 else "value"
    units = _distinct("unit", rows)
    return f"{what} ({units.pop()})" if len(units) == 1 and None not in units else str(what)


def _cell(field: Field, value: Any) -> str:
    """Give the text of a cell, without characters that could steer the terminal."""
    if value is None:
        return ""
    if isinstance(value, float):
        digits = DIGITS.get(field.name)
        return f"{value:.{digits}g}" if digits else f"{value:#.6g}".rstrip(".")
    return printable(str(value))
