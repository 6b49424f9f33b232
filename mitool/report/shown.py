"""What of a report is for people to read: the columns with something to say, as text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mitool.printable import printable
from mitool.report.writers import Row
from mitool.result.fields import ESTIMATE_FIELDS, Field

ALWAYS = ("x", "estimator", "mi", "n_used")
IF_ANY = (
    *("y", "given", "lag", "normalized", "ci_low", "ci_high", "p_value", "reliability"),
    *("warning_codes", "p_adjusted", "form", "ceiling", "transposed", "half", "quarter", "gap"),
    "loss_in_sample",
)
HEADS = {"n_used": "n", "p_value": "p", "warning_codes": "warnings"}
DIGITS = {"p_value": 3, "p_adjusted": 3, "at": 6}  # of numbers that need no trailing zeros


@dataclass(frozen=True)
class ShownColumn:
    """A column of text: ``name`` is its field's, ``head`` what stands over it."""

    name: str
    head: str
    cells: tuple[str, ...]
    is_number: bool = False


def shown_columns(fields: Sequence[Field], rows: Sequence[Row]) -> list[ShownColumn]:
    """Give the columns of a report that have something to say, in the order of ``fields``."""
    columns = [
        ShownColumn(field.name, printable(head), _cells(field, rows), _is_number(field))
        for head, field in _heads(fields, rows)
    ]
    widths = tuple(_widths(row) for row in rows)
    if any(widths):  # a kernel measure is nothing without its bandwidth
        columns.append(ShownColumn("bandwidth", "bandwidth", widths, is_number=True))
    return columns


def _is_number(field: Field) -> bool:
    return field.type in ("integer", "number")


def _cells(field: Field, rows: Sequence[Row]) -> tuple[str, ...]:
    return tuple(_cell(field, row[field.name]) for row in rows)


def _widths(row: Row) -> str:
    """Give the kernel widths of a row, in the order x, y, given."""
    extras = row.get("extras") or {}
    bandwidths = [value for name, value in extras.items() if name.startswith("bandwidth")]
    return " ".join(f"{value:.3g}" for value in bandwidths)


def _heads(fields: Sequence[Field], rows: Sequence[Row]) -> list[tuple[str, Field]]:
    """Give the columns with something to say, and their heads."""
    if not set(ESTIMATE_FIELDS) <= set(fields):  # no estimates: all columns are the command's own
        return [(field.name, field) for field in fields]
    return [
        (_head(field, rows) if field in ESTIMATE_FIELDS else field.name, field)
        for field in fields
        if _is_shown(field, rows)
    ]


def _is_shown(field: Field, rows: Sequence[Row]) -> bool:
    if field.name in ("x", "estimand") and rows and "quantity" in rows[0]:
        return False  # named by layer and quantity
    if field.name in ALWAYS or (field not in ESTIMATE_FIELDS and field.name not in IF_ANY):
        return True
    if field.name in ("estimand", "unit"):
        return len(_distinct(field.name, rows)) > 1
    if field.name == "status":
        return not _distinct("status", rows) <= {"ok"}
    return field.name in IF_ANY and any(row[field.name] is not None for row in rows)


def _distinct(name: str, rows: Sequence[Row]) -> set[Any]:
    return {row[name] for row in rows}


def _head(field: Field, rows: Sequence[Row]) -> str:
    if field.name != "mi":
        return HEADS.get(field.name, field.name)
    if rows and "quantity" in rows[0]:
        return "value"
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
