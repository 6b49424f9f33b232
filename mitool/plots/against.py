"""Reports as curves: estimates against the lag, errors of estimators against the number of rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import partial
from typing import Any

from mitool.plots.picture import Picture, Row, is_insignificant, label, quantity
from mitool.plots.style import ACCENT, FAINT, INK, MARKERS, SECOND

PANELS = 12


def lag_curves(rows: Sequence[Row]) -> list[Picture]:
    """Give a picture for each pair and estimator: the estimate against the lag."""
    pictures = []
    for (first, second, estimator), found in _grouped(rows, "x", "y", "estimator").items():
        title = f"{label(first)} with {label(second or '')} against the lag, {estimator}"
        words = f"Curve of {quantity(found)} at {len(found)} lags."
        paint = partial(_paint_lags, rows=found, title=title)
        pictures.append(Picture(title, words, (6.5, 3.4), paint))
    return pictures


def _paint_lags(figure: Any, rows: Sequence[Row], title: str) -> None:
    panel = figure.subplots()
    lags = [row["lag"] for row in rows]
    if all(row.get("ci_low") is not None for row in rows):
        lows, highs = ([row[end] for row in rows] for end in ("ci_low", "ci_high"))
        panel.fill_between(lags, lows, highs, color=ACCENT, alpha=0.2, linewidth=0)
    panel.plot(lags, [row["mi"] for row in rows], "-", color=ACCENT, linewidth=1)
    _paint_significance(panel, rows)
    panel.axhline(0.0, color=FAINT, linewidth=0.8)
    panel.set(title=title, xlabel="lag (rows)", ylabel=quantity(rows))


def _paint_significance(panel: Any, rows: Sequence[Row]) -> None:
    """Fill the dots of significant lags; the null's 95th percentile is a line where it is known."""
    bands = [(row.get("extras") or {}).get("null_95") for row in rows]
    if all(band is not None for band in bands):
        lags = [row["lag"] for row in rows]
        panel.plot(lags, bands, "--", color=INK, linewidth=1, label="95 % of chance")
        panel.legend()
    for row in rows:
        fill = "white" if is_insignificant(row) else ACCENT
        panel.plot(row["lag"], row["mi"], "o", color=ACCENT, markerfacecolor=fill, markersize=4)


def accuracy(rows: Sequence[Row]) -> list[Picture]:
    """Give the picture of a benchmark: bias and error of each estimator against n."""
    pictures = []
    for (name,), found in list(_grouped(rows, "distribution").items())[:PANELS]:
        title = f"{label(name, 50)}, truth {found[0]['truth']:.3g}"
        words = f"Bias and error of {len({row['estimator'] for row in found})} estimators by n."
        paint = partial(_paint_accuracy, rows=found, title=title)
        pictures.append(Picture(title, words, (7.0, 3.0), paint))
    return pictures


def _paint_accuracy(figure: Any, rows: Sequence[Row], title: str) -> None:
    panels = figure.subplots(1, 2)
    figure.suptitle(title, x=0.01, ha="left")
    unit = f" ({rows[0]['unit']})" if rows[0].get("unit") else ""
    shades = (ACCENT, SECOND, INK, FAINT)
    for number, ((name,), found) in enumerate(_grouped(rows, "estimator").items()):
        look = {"color": shades[number % 4], "marker": MARKERS[number % 6], "markersize": 4}
        sizes = [row["n_used"] for row in found]
        for panel, what in zip(panels, ("bias", "rmse"), strict=True):
            panel.plot(sizes, [row[what] for row in found], label=label(name), **look)
    for panel, what in zip(panels, ("bias", "error (rmse)"), strict=True):
        panel.axhline(0.0, color=FAINT, linewidth=0.8)
        panel.set(xlabel="rows", ylabel=f"{what}{unit}", xscale="log")
    panels[1].legend()


def _grouped(rows: Sequence[Row], *names: str) -> dict[tuple[Any, ...], list[Row]]:
    groups: defaultdict[tuple[Hashable, ...], list[Row]] = defaultdict(list)
    for row in rows:
        if row["mi"] is not None:
            groups[tuple(row[name] for name in names)].append(row)
    return dict(groups)
