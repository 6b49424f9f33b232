"""Bounds as a picture: each with its interval, and the most that it could be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mitool.plots.picture import Picture, Row, label
from mitool.plots.style import ACCENT, FAINT

NAME = 44  # characters of a name that stand at the axis
SHAPES = {"lower": ">", "upper": "<", "estimate": "o"}
"""Of the marks: a lower bound points at what lies above it."""
PER_BOUND = 0.26  # inches
MOST = 40  # bounds that a picture holds


def bounds(rows: Sequence[Row], ceiling: str = "log N") -> list[Picture]:
    """Give the picture of all numbers with a unit, beside them half and quarter of the contexts.

    ``ceiling`` says what the dashed lines are, which no number exceeds.
    """
    known = [row for row in rows if row["mi"] is not None and row["unit"] is not None]
    shown = known[:MOST]
    if not shown:
        return []
    more = f"   (the first {MOST} of {len(known)})" if len(known) > MOST else ""
    ceilings = {row["ceiling"] for row in shown} - {None}
    dashed = f"   dashed: {ceiling}" if ceilings else ""
    title = f"> lower   < upper   o estimate{dashed}{more}"
    words = f"{len(shown)} bounds with their intervals, in {shown[0]['unit']}."
    name = _naming(shown)

    def paint(figure: Any) -> None:
        panel = figure.subplots()
        for place, row in enumerate(shown):
            _paint(panel, place, row)
        for most in sorted(ceilings):
            panel.axvline(most, linestyle="--", linewidth=1, color=FAINT)
        panel.set_yticks(range(len(shown)), [name(row) for row in shown])
        panel.set_ylim(len(shown) - 0.5, -0.5)
        panel.set(title=title, xlabel=shown[0]["unit"])

    return [Picture("Bounds", words, (6.5, 1.3 + PER_BOUND * len(shown)), paint)]


def _paint(panel: Any, place: int, row: Row) -> None:
    values = [(row.get("quarter"), "0.8"), (row.get("half"), "0.6"), (row["mi"], ACCENT)]
    if row.get("ci_low") is not None:
        panel.plot((row["ci_low"], row["ci_high"]), (place, place), color=ACCENT, linewidth=1.5)
    for value, colour in values:
        if value is not None:
            shape = SHAPES.get(row["kind"], "o")
            panel.plot(value, place, marker=shape, linestyle="", color=colour, markersize=5)


def _naming(rows: Sequence[Row]) -> Callable[[Row], str]:
    """Give what names a row: estimator and form, and of columns and estimands what differs."""
    differing = [
        name for name in ("x", "y", "estimand") if len({row.get(name) for row in rows}) > 1
    ]

    def name(row: Row) -> str:
        form = "" if row["form"] is None else f" ({row['form']})"
        before = [str(row[name]) for name in differing if row.get(name) is not None]
        return label(", ".join([*before, f"{row['estimator']}{form}"]), NAME)

    return name
