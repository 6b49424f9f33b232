"""Bounds as a picture: each with its interval, and the most that so many contexts can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mitool.plots.picture import Picture, Row, label
from mitool.plots.style import ACCENT, FAINT

SHAPES = {"lower": ">", "upper": "<", "estimate": "o"}
"""Of the marks: a lower bound points at what lies above it."""
PER_BOUND = 0.26  # inches


def bounds(rows: Sequence[Row]) -> list[Picture]:
    """Give the picture of all numbers with a unit, beside them half and quarter of the contexts."""
    shown = [row for row in rows if row["mi"] is not None and row["unit"] is not None]
    if not shown:
        return []
    title = "> lower   < upper   o estimate   dashed: log N"
    words = f"{len(shown)} bounds with their intervals, in {shown[0]['unit']}."

    def paint(figure: Any) -> None:
        panel = figure.subplots()
        for place, row in enumerate(shown):
            _paint(panel, place, row)
        for ceiling in {row["ceiling"] for row in shown if row["ceiling"] is not None}:
            panel.axvline(ceiling, linestyle="--", linewidth=1, color=FAINT)
        panel.set_yticks(range(len(shown)), [_name(row) for row in shown])
        panel.set_ylim(len(shown) - 0.5, -0.5)
        panel.set(title=title, xlabel=shown[0]["unit"])

    return [Picture("Bounds", words, (6.5, 1.3 + PER_BOUND * len(shown)), paint)]


def _paint(panel: Any, place: int, row: Row) -> None:
    values = [(row["quarter"], "0.8"), (row["half"], "0.6"), (row["mi"], ACCENT)]
    if row["ci_low"] is not None:
        panel.plot((row["ci_low"], row["ci_high"]), (place, place), color=ACCENT, linewidth=1.5)
    for value, colour in values:
        if value is not None:
            shape = SHAPES.get(row["kind"], "o")
            panel.plot(value, place, marker=shape, linestyle="", color=colour, markersize=5)


def _name(row: Row) -> str:
    form = "" if row["form"] is None else f" ({row['form']})"
    return label(f"{row['estimator']}{form}")
