"""The information plane of a network as a picture: layers as marks, epochs as shades."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mitool.plots.figure import INCHES, blank, kind_of, save
from mitool.report.places import check_writable

MARKS = "osD^vP*Xhd<>"
"""A shape for each layer: it tells them apart without colour."""
STYLES = ("-", "--", "-.", ":")
SHADES = "viridis"
"""From dark to light in even steps, for readers of any colour vision and in print."""
KEPT, TOLD, RANK = "I(X;T)", "I(T;Y)", "effective_rank"

Row = Mapping[str, Any]
Points = dict[str, list[tuple[float, float]]]
"""For each layer what it had, or where it was, at each epoch."""


@dataclass(frozen=True)
class Drawing:
    """Gathers rows of a report of layers, and draws them when all are there."""

    rows: list[Row] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Keep what is drawn of a row."""
        if row["quantity"] in (KEPT, TOLD, RANK) and row["mi"] is not None:
            self.rows.append(row)

    def draw(self, path: Path) -> None:
        """Draw into a file; its suffix says the format (png, svg, pdf)."""
        check_writable(path)
        lines = list(self._lines())
        width, height = INCHES
        n_across = max(len(lines[0]) if lines else 1, 1)
        figure = blank(width * n_across, height * max(len(lines), 1))
        kind = kind_of(path, figure)
        panels = figure.subplots(max(len(lines), 1), n_across, squeeze=False)
        for line, places in zip(lines, panels, strict=True):
            for draw, place in zip(line, places, strict=True):
                draw(place, figure)
        if not lines:
            panels[0][0].set_title("nothing to draw: all rows failed")
        save(figure, path, kind)

    def _lines(self) -> Iterator[list[Any]]:
        """Yield the panels of each estimator and set of labels, side by side."""
        made = dict.fromkeys((r["estimator"], r["y"]) for r in self.rows if r["quantity"] == TOLD)
        for estimator, labels in made:
            x = self._values(KEPT, estimator, None)
            y = self._values(TOLD, estimator, labels)
            unit = next(r["unit"] for r in self.rows if r["estimator"] == estimator) or ""
            title = estimator if len({y for _, y in made}) == 1 else f"{estimator}, {labels}"
            yield [
                _Plane(title, x, y, unit),
                _Curves(f"{title}: {KEPT}", x, unit),
                _Curves(f"{title}: {TOLD}", y, unit),
            ]
        ranks = dict.fromkeys(r["estimator"] for r in self.rows if r["quantity"] == RANK)
        if ranks:
            line = [_Curves(f"effective rank, {e}", self._values(RANK, e, None), "") for e in ranks]
            yield [*line, *[_off] * (3 - len(line))]

    def _values(self, quantity: str, estimator: str, labels: str | None) -> Points:
        """Give the value of each layer at each epoch; one epoch without a number is 0."""
        found: Points = {}
        for row in self.rows:
            fits = row["quantity"] == quantity and row["estimator"] == estimator
            if fits and (labels is None or row["y"] == labels):
                found.setdefault(row["layer"], []).append((row["epoch"] or 0, row["mi"]))
        return found


def _off(panel: Any, figure: Any) -> None:
    panel.set_axis_off()


@dataclass(frozen=True)
class _Plane:
    title: str
    kept: Points
    told: Points
    unit: str

    def __call__(self, panel: Any, figure: Any) -> None:
        epochs = [epoch for points in self.told.values() for epoch, _ in points]
        shade: Any = None
        for at, (layer, points) in enumerate(self.told.items()):
            x, y, when = _paired(self.kept.get(layer, []), points)
            panel.plot(x, y, color="0.75", linewidth=0.8, linestyle=STYLES[at % len(STYLES)])
            shade = panel.scatter(
                x,
                y,
                c=when,
                cmap=SHADES,
                vmin=min(epochs),
                vmax=max(epochs),
                marker=MARKS[at % len(MARKS)],
                s=28,
                edgecolors="0.3",
                linewidths=0.4,
                zorder=3,
                label=layer,
            )
        panel.set(title=self.title, xlabel=f"{KEPT} ({self.unit})", ylabel=f"{TOLD} ({self.unit})")
        _legend(panel)
        if shade is not None and len(set(epochs)) > 1:
            figure.colorbar(shade, ax=panel, label="epoch")


@dataclass(frozen=True)
class _Curves:
    title: str
    values: Points
    unit: str

    def __call__(self, panel: Any, figure: Any) -> None:
        for at, (layer, points) in enumerate(self.values.items()):
            epochs, values = zip(*points, strict=True)
            panel.plot(
                epochs,
                values,
                color=str(0.15 + 0.5 * at / max(len(self.values), 1)),
                linestyle=STYLES[at % len(STYLES)],
                marker=MARKS[at % len(MARKS)],
                markersize=3.5,
                linewidth=1,
                label=layer,
            )
        panel.set(title=self.title, xlabel="epoch", ylabel=self.unit or "directions")
        _legend(panel)


def _legend(panel: Any) -> None:
    if panel.get_legend_handles_labels()[0]:
        panel.legend(fontsize="x-small", frameon=False)


def _paired(
    kept: Sequence[tuple[float, float]], told: Sequence[tuple[float, float]]
) -> tuple[list[float], list[float], list[float]]:
    """Give x, y and epoch of the epochs that have both."""
    x = dict(kept)
    both = [(x[epoch], value, epoch) for epoch, value in told if epoch in x]
    return tuple(map(list, zip(*both, strict=True))) if both else ([], [], [])  # type: ignore[return-value]
