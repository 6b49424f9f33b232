"""Two columns themselves: a scatter of numbers, strips of numbers by labels, a mosaic of labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mitool.plots.picture import Picture, Row, label
from mitool.plots.style import ACCENT, FAINT, INK
from mitool.variables import Vector

DENSE = 2_000  # points above which a picture is better stored by its dots
MOST_LEVELS = 30
LOCAL = (
    "PuOr_r"  # diverging about 0, told apart in grey by its ends' darkness and by colour-blind eyes
)


@dataclass(frozen=True, eq=False)
class Side:
    """One column of the rows used: numbers, or codes of ``levels``."""

    name: str
    values: Vector
    levels: tuple[str, ...] = ()

    @property
    def is_labels(self) -> bool:
        """Whether the values are codes."""
        return bool(self.levels)


def pair_picture(
    x: Side, y: Side, row: Row, local: Vector | None = None, beside: str = ""
) -> Picture:
    """Give the picture of one pair; ``local`` colours points by what each adds, NaN where none.

    ``beside`` tells of columns that the variables have besides those drawn.
    """
    title = _title(x, y, row)
    words = f"{_kind(x, y)} of {len(x.values)} rows: {x.name} and {y.name}. {title}".replace(
        "\n", ": "
    )
    is_dense = len(x.values) > DENSE and not (x.is_labels and y.is_labels)

    def paint(figure: Any) -> None:
        panel = figure.subplots()
        _paint(panel, x, y, local, figure)
        panel.set_title(title + (f"\n{beside}" if beside else ""), fontsize="medium")

    return Picture(title, words, (5.2, 4.0), paint, is_dense)


def _kind(x: Side, y: Side) -> str:
    if x.is_labels and y.is_labels:
        return "Mosaic"
    return "Strips" if x.is_labels or y.is_labels else "Scatter"


def _title(x: Side, y: Side, row: Row) -> str:
    unit = f" {row['unit']}" if row.get("unit") else ""
    found = "no estimate" if row["mi"] is None else f"{row['estimand']} {row['mi']:.3g}{unit}"
    if row.get("ci_low") is not None:
        found += f" ({row['ci_level']:.0%}: {row['ci_low']:.3g} to {row['ci_high']:.3g})"
    if row.get("p_value") is not None:
        found += f", p {row['p_value']:.2g}"
    return f"{label(x.name)} and {label(y.name)}\n{found}"


def _paint(panel: Any, x: Side, y: Side, local: Vector | None, figure: Any) -> None:
    if x.is_labels and y.is_labels:
        _paint_mosaic(panel, x, y)
        return
    across, up = (_spread(side) for side in (x, y))
    if local is None:
        panel.plot(across, up, "o", color=ACCENT, alpha=0.5, markersize=2.5, markeredgewidth=0)
    else:
        limit = float(np.nanpercentile(np.abs(local), 98)) or 1.0
        points = panel.scatter(
            across,
            up,
            c=local,
            cmap=LOCAL,
            vmin=-limit,
            vmax=limit,
            s=8,
            edgecolors=FAINT,
            linewidths=0.2,
        )
        figure.colorbar(points, ax=panel, extend="both").set_label("what a row adds (nats)")
    _name_axes(panel, x, y)


def _spread(side: Side) -> Vector:
    """Give places along an axis: labels are jittered, always in the same way."""
    if not side.is_labels:
        return side.values
    jitter = np.random.default_rng(0).uniform(-0.3, 0.3, len(side.values))
    placed: Vector = side.values + jitter
    return placed


def _name_axes(panel: Any, x: Side, y: Side) -> None:
    panel.set(xlabel=label(x.name, 60), ylabel=label(y.name, 60))
    for axis, side in ((panel.xaxis, x), (panel.yaxis, y)):
        if side.is_labels and len(side.levels) <= MOST_LEVELS:
            rotation = 90 if axis is panel.xaxis and len(side.levels) > 4 else 0
            names = [label(level) for level in side.levels]
            axis.set_ticks(range(len(names)), names, rotation=rotation)


def _paint_mosaic(panel: Any, x: Side, y: Side) -> None:
    """Draw a bar for each level of x, as wide as it is frequent, parted by the levels of y."""
    table = np.zeros((len(x.levels), len(y.levels)))
    np.add.at(table, (x.values.astype(int), y.values.astype(int)), 1.0)
    widths = table.sum(axis=1) / table.sum()
    lefts = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    shares = table / np.maximum(table.sum(axis=1, keepdims=True), 1.0)
    floors = np.zeros(len(widths))
    shades = np.linspace(0.25, 0.95, max(len(y.levels), 2))
    for level, name in enumerate(y.levels):
        heights = shares[:, level]
        panel.bar(
            *(lefts, heights, widths, floors),
            align="edge",
            color=_shade(shades[level]),
            edgecolor="white",
            label=label(name),
        )
        floors = floors + heights
    _name_mosaic(panel, x, y, lefts + widths / 2.0)


def _shade(depth: float) -> Any:
    from matplotlib import colormaps

    return colormaps["cividis"](depth)


def _name_mosaic(panel: Any, x: Side, y: Side, centers: Sequence[float]) -> None:
    if len(x.levels) <= MOST_LEVELS:
        names = [label(level, 16) for level in x.levels]
        panel.set_xticks(centers, names, rotation=90 if len(names) > 4 else 0)
    panel.set(
        xlabel=label(x.name, 60), ylabel=f"share of {label(y.name, 50)}", xlim=(0, 1), ylim=(0, 1)
    )
    if len(y.levels) <= MOST_LEVELS // 2:
        panel.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), labelcolor=INK)
