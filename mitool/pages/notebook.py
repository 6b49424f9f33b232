"""Results in a notebook: a small table, which takes its colours from where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from mitool.plots.picture import Row
from mitool.report.shown import ShownColumn, shown_columns
from mitool.result.fields import Field

CELL = "padding:.2em .6em;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent)"
NUMBER = f"{CELL};text-align:right;font-variant-numeric:tabular-nums"
TEXT = f"{CELL};text-align:left"


def notebook_table(head: str, rows: Sequence[Row], fields: Sequence[Field], n_more: int) -> str:
    """Give HTML of some rows: what the terminal shows, under a head; so many more there are."""
    columns = shown_columns(fields, rows) if rows else []
    heads = "".join(_cell("th", column, column.head) for column in columns)
    lines = zip(*(column.cells for column in columns), strict=True)
    body = "".join(f"<tr>{_line(columns, cells)}</tr>" for cells in lines)
    more = f"<p>… and {n_more} more</p>" if n_more > 0 else ""
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>" if rows else ""
    return f"<div><p>{escape(head)}</p>{table}{more}</div>"


def _line(columns: Sequence[ShownColumn], cells: Sequence[str]) -> str:
    return "".join(_cell("td", column, cell) for column, cell in zip(columns, cells, strict=True))


def _cell(tag: str, column: ShownColumn, text: str) -> str:
    style = NUMBER if column.is_number else TEXT
    return f'<{tag} style="{style}">{escape(text)}</{tag}>'
