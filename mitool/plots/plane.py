"""The information plane of a network as a picture: layers as marks, epochs as shades."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from mitool.plots.picture import Picture, Row, label
from mitool.plots.sweep_panels import INCHES

MARKS = "osD^vP*Xhd<>"
"""A shape for each layer: it tells them apart without colour."""
STYLES = ("-", "--", "-.", ":")
SHADES = "viridis"
"""From dark to light in even steps, for readers of any colour vision and in print."""
KEPT, TOLD, RANK = "I(X;T)", "I(T;Y)", "effective_rank"

Points = dict[str, list[tuple[float, float]]]
"""For each layer what it had, or where it was, at each epoch."""


def plane(rows: Sequence[Row]) -> list[Picture]:
    """Give a picture for each estimator and set of labels, and one of the effective ranks."""
    kept = [r for r in rows if r["quantity"] in (KEPT, TOLD, RANK) and r["mi"] is not None]
    return [*_planes(kept), *_ranks(kept)]


def _planes(rows: Sequence[Row]) -> Iterator[Picture]:
    """Yield the plane of each estimator and set of labels, and its curves beside it."""
    made = dict.fromkeys((r["estimator"], r["y"]) for r in rows if r["quantity"] == TOLD)
    for estimator, labels in made:
        x = _values(rows, KEPT, estimator, None)
        y = _values(rows, TOLD, estimator, labels)
        unit = next(r["unit"] for r in rows if r["estimator"] == estimator) or ""
        title = estimator if len({y for _, y in made}) == 1 else f"{estimator}, {label(labels)}"
        parts = [
            _Plane(title, x, y, unit),
            _Curves(f"{title}: {KEPT}", x, unit),
            _Curves(f"{title}: {TOLD}", y, unit),
        ]
        words = f"Information plane by {title}: {len(y)} layers over their epochs."
        yield _side_by_side(f"Information plane, {title}", words, parts)


def _ranks(rows: Sequence[Row]) -> Iterator[Picture]:
    names = dict.fromkeys(r["estimator"] for r in rows if r["quantity"] == RANK)
    parts = [_Curves(f"effective rank, {e}", _values(rows, RANK, e, None), "") for e in names]
    if parts:
        yield _side_by_side("Effective rank", "Effective rank of each layer over epochs.", parts)


def _side_by_side(title: str, words: str, parts: Sequence[Any]) -> Picture:
    width, height = INCHES

    def paint(figure: Any) -> None:
        panels = figure.subplots(1, len(parts), squeeze=False)[0]
        for part, panel in zip(parts, panels, strict=True):
            part(panel, figure)

    return Picture(title, words, (width * len(parts), height), paint)


def _values(rows: Sequence[Row], quantity: str, estimator: str, labels: str | None) -> Points:
    """Give the value of each layer at each epoch; one epoch without a number is 0."""
    found: Points = {}
    for row in rows:
        fits = row["quantity"] == quantity and row["estimator"] == estimator
        if fits and (labels is None or row["y"] == labels):
            found.setdefault(label(row["layer"]), []).append((row["epoch"] or 0, row["mi"]))
    return found


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
