"""Estimates as dots with their intervals: a ranking, several pairs, a difference."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mitool.plots.picture import Picture, Row, is_insignificant, label, quantity
from mitool.plots.style import ACCENT, BAND, FAINT, INK, SECOND

MOST = 40  # dots that a picture holds
PER_DOT = 0.24  # inches
QUANTILE = re.compile(r"q\d\d")
"""A name of a quantile among the extras, as an estimator gives them that was taught."""


def ranking(rows: Sequence[Row], alone: dict[str, float] | None = None) -> list[Picture]:
    """Give the picture of a ranking, the best above.

    Dots of columns that are not significant are hollow; a band is what chance reaches in 95 of 100
    cases, where the report says it. ``alone`` gives, by the name of a column, what its correlation
    with the target alone would say.
    """
    known = [row for row in rows if row["mi"] is not None]
    if not known:
        return []
    shown = known[:MOST]
    more = f", the first {MOST} of {len(known)}" if len(known) > MOST else ""
    title = f"Information with {label(known[0]['y'] or 'the target')}{more}"
    words = f"Ranking of {len(known)} columns by {quantity(known)}; the first is {shown[0]['x']}."
    words += _of_bars(shown)
    names = [label(row["x"]) for row in shown]
    return [_dots(title, words, names, shown, alone or {})]


def pairs(rows: Sequence[Row]) -> list[Picture]:
    """Give the picture of several pairs, in the order of the rows."""
    shown = [row for row in rows if row["mi"] is not None][:MOST]
    if not shown:
        return []
    estimators = {row["estimator"] for row in shown}
    names = [
        " with ".join(label(row[side], 20) for side in ("x", "y") if row[side])
        + (f", {row['estimator']}" if len(estimators) > 1 else "")
        for row in shown
    ]
    words = f"{len(shown)} estimates of {quantity(shown)} with their intervals.{_of_bars(shown)}"
    return [_dots("Estimates", words, names, shown, {})]


def _dots(
    title: str, words: str, names: Sequence[str], rows: Sequence[Row], alone: dict[str, float]
) -> Picture:
    inches = (6.5, 1.3 + PER_DOT * len(rows))

    def paint(figure: Any) -> None:
        panel = figure.subplots()
        _paint_dots(panel, rows, alone)
        panel.set_yticks(range(len(rows)), names)
        panel.set_ylim(len(rows) - 0.5, -0.5)
        panel.set(title=title, xlabel=quantity(rows))

    return Picture(title, words, inches, paint)


def _paint_dots(panel: Any, rows: Sequence[Row], alone: dict[str, float]) -> None:
    for place, row in enumerate(rows):
        extras = row.get("extras") or {}
        chance = extras.get("null_95")
        if chance is not None:
            panel.barh(place, chance, height=1.0, color=BAND, linewidth=0)
        for low, high in between(extras):
            panel.barh(
                place, high - low, left=low, height=0.5, color=ACCENT, alpha=0.15, linewidth=0
            )
        if row.get("ci_low") is not None:
            panel.plot((row["ci_low"], row["ci_high"]), (place, place), color=ACCENT, linewidth=1.5)
        fill = "white" if is_insignificant(row) else ACCENT
        panel.plot(row["mi"], place, "o", color=ACCENT, markerfacecolor=fill, markersize=4)
    ghosts = [(alone[row["x"]], place) for place, row in enumerate(rows) if row["x"] in alone]
    if ghosts:
        look = {"fillstyle": "none", "color": SECOND, "markersize": 6}
        panel.plot(*zip(*ghosts, strict=True), "o", label="by correlation alone", **look)
        panel.legend(loc="lower right")
    panel.axvline(0.0, color=FAINT, linewidth=0.8)


def _of_bars(rows: Sequence[Row]) -> str:
    """Say in words what bars there are."""
    has_bars = any(list(between(row.get("extras") or {})) for row in rows)
    return " Bars are darker, the likelier a number is." if has_bars else ""


def between(extras: Mapping[str, float]) -> Iterator[tuple[float, float]]:
    """Give the ends of the intervals between quantiles, the widest first, where there are any."""
    named = sorted(name for name in extras if QUANTILE.fullmatch(name))
    for low, high in zip(named[: len(named) // 2], reversed(named), strict=False):
        yield extras[low], extras[high]


def difference(rows: Sequence[Row], names: Sequence[str] = ()) -> list[Picture]:
    """Give the pictures of differences: the two estimates, and the difference with its interval.

    ``names`` are those of the two targets, groups or files, where they are at hand.
    """
    return [_two_and_between(row, names) for row in rows if row["mi"] is not None]


def _two_and_between(row: Row, names: Sequence[str]) -> Picture:
    first, second = row["extras"]["first"], row["extras"]["second"]
    unit = f" ({row['unit']})" if row["unit"] else ""
    one, other = [label(name) for name in names] or ("first", "second")
    less = f", less with {other}" if row["y"] in names else ""
    title = f"{label(row['x'])} with {label(row['y'])}{less}: {row['mi']:.3g}{unit}"
    words = f"{one} has {first:.3g}, {other} {second:.3g}, the difference is {row['mi']:.3g}."

    def paint(figure: Any) -> None:
        panel = figure.subplots()
        panel.plot((first, second), (0, 1), "o", color=INK, markersize=5)
        if row.get("ci_low") is not None:
            panel.plot((row["ci_low"], row["ci_high"]), (2, 2), color=ACCENT, linewidth=1.5)
        panel.plot(row["mi"], 2, "D", color=ACCENT, markersize=5)
        panel.axvline(0.0, color=FAINT, linewidth=0.8)
        panel.set_yticks((0, 1, 2), (one, other, "difference"))
        panel.set_ylim(2.5, -0.5)
        panel.set(title=title, xlabel=f"{row['estimand'].removesuffix('_difference')}{unit}")

    return Picture(title, words, (6.5, 2.2), paint)
