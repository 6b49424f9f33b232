"""A matrix as a heat map: columns that share information stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Any

import numpy as np

from mitool.plots.picture import ALPHA, Picture, Row, is_insignificant, label, quantity
from mitool.plots.style import FAINT, INK, SEQUENCE
from mitool.variables import Matrix

OPTIMAL = (
    1_000  # columns up to which the order of leaves is optimal: its cost grows with the square
)
NAMED = 80  # columns up to which each has its name
DENSE = 200  # columns above which cells are dots
MARKED = 60  # columns up to which insignificant cells are marked
LIMIT = 99.0  # percentile at which the colours end: one strong pair must not fade the others


@dataclass(frozen=True, eq=False)
class Cells:
    """A matrix to draw: ``values`` is NaN where there is none, shape (rows, columns).

    ``is_insignificant`` marks the cells whose adjusted, or else plain, p exceeds .05.
    """

    row_names: list[str]
    column_names: list[str]
    values: Matrix
    is_insignificant: Matrix

    @property
    def is_square(self) -> bool:
        """Whether one set of columns was paired with itself."""
        return self.row_names == self.column_names

    def ordered(self, order: Sequence[int]) -> Cells:
        """Give the same with rows and columns in another order."""
        names = [self.row_names[place] for place in order]
        at = np.ix_(order, order)
        return Cells(names, names, self.values[at], self.is_insignificant[at])


def cells_of(rows: Sequence[Row]) -> Cells:
    """Arrange the rows of a report; of a pair with several estimators the first is shown."""
    rows = list({(row["x"], row["y"]): row for row in reversed(rows)}.values())[::-1]
    firsts, seconds = (list(dict.fromkeys(row[side] for row in rows)) for side in ("x", "y"))
    if not set(firsts).isdisjoint(seconds) or len(rows) == 1:
        firsts = seconds = list(dict.fromkeys([*firsts, *seconds]))
    row_of, column_of = (
        {name: place for place, name in enumerate(names)} for names in (firsts, seconds)
    )
    values = np.full((len(firsts), len(seconds)), np.nan)
    marks = np.zeros(values.shape)
    for row in rows:
        places = [(row_of[row["x"]], column_of[row["y"]])]
        if firsts is seconds:
            places.append((column_of[row["y"]], row_of[row["x"]]))
        for place in places:
            values[place] = _shown(row)
            marks[place] = is_insignificant(row)
    return Cells(firsts, seconds, values, marks)


def _shown(row: Row) -> float:
    value = row["mi"] if row.get("normalized") is None else row["normalized"]
    return float("nan") if value is None else float(value)


def heatmap(rows: Sequence[Row]) -> list[Picture]:
    """Give the picture of a matrix of pairs, none if there are no pairs."""
    if not rows:
        return []
    cells, what = cells_of(rows), quantity(rows)
    if any(row.get("normalized") is not None for row in rows):
        what = "normalised"
    tree = (
        _tree(cells, rows[0].get("unit")) if cells.is_square and len(cells.row_names) > 2 else None
    )
    if tree is not None:
        cells = cells.ordered(tree["leaves"])
    side = min(3.2 + 0.16 * len(cells.row_names), 9.0)
    size = (min(3.2 + 0.16 * len(cells.column_names), 9.0) + 1.2, side)
    return [
        Picture(
            f"Mutual information of {len(cells.row_names)} columns",
            _words(cells, what),
            size,
            lambda figure: _paint(figure, cells, tree, what),
            is_dense=len(cells.row_names) > DENSE,
        )
    ]


def _words(cells: Cells, what: str) -> str:
    values = np.where(np.isfinite(cells.values), cells.values, -np.inf)
    place = np.unravel_index(np.argmax(values), values.shape)
    first, second = cells.row_names[place[0]], cells.column_names[place[1]]
    return (
        f"Heat map of {what} of {len(cells.row_names)} by {len(cells.column_names)} columns; the "
        f"strongest pair is {first} with {second}, {values[place]:.3g}."
    )


def _tree(cells: Cells, unit: str | None) -> Any:
    """Cluster the columns by 1 - r, r the coefficient that a Gaussian pair would have.

    r = sqrt(1 - exp(-2 I)) maps information to [0, 1) for columns of any kind (Linfoot 1957,
    https://doi.org/10.1016/S0019-9958(57)90116-X).
    """
    from scipy.cluster.hierarchy import dendrogram, linkage
    from scipy.spatial.distance import squareform

    per_nat = log(2.0) if unit == "bits" else 1.0
    information = np.clip(np.nan_to_num(cells.values, nan=0.0), 0.0, None) * per_nat
    distance = 1.0 - np.sqrt(-np.expm1(-2.0 * information))
    np.fill_diagonal(distance, 0.0)
    is_small = len(distance) <= OPTIMAL
    links = linkage(squareform(distance, checks=False), "average", optimal_ordering=is_small)
    return dendrogram(links, no_plot=True)


def _paint(figure: Any, cells: Cells, tree: Any, what: str) -> None:
    if tree is None:
        below = figure.subplots()
    else:
        above, below = figure.subplots(2, height_ratios=(1, 8), gridspec_kw={"hspace": 0.01})
        _paint_tree(above, tree)
    known = cells.values[np.isfinite(cells.values)]
    limit = max(float(np.percentile(known, LIMIT)), 1e-12) if known.size else 1.0
    below.set_facecolor("white")
    image = below.imshow(cells.values, SEQUENCE, vmin=0.0, vmax=limit, aspect="auto")
    beyond = "max" if known.size and known.max() > limit else "neither"
    bar = figure.colorbar(image, ax=below, extend=beyond, shrink=0.8)
    bar.set_label(what)
    _name(below.xaxis, cells.column_names, rotation=90)
    _name(below.yaxis, cells.row_names)
    if len(cells.row_names) <= MARKED and cells.is_insignificant.any():
        at_row, at_column = np.nonzero(cells.is_insignificant)
        below.plot(at_column, at_row, "x", color=FAINT, markersize=3, label=f"p > {ALPHA:g}")
        below.set_xlabel(f"x: p > {ALPHA:g}")


def _paint_tree(panel: Any, tree: Any) -> None:
    for across, up in zip(tree["icoord"], tree["dcoord"], strict=True):
        panel.plot((np.array(across) - 5.0) / 10.0, up, color=INK, linewidth=0.7)
    panel.set_xlim(-0.5, len(tree["leaves"]) - 0.5)
    panel.axis("off")


def _name(axis: Any, names: Sequence[str], rotation: float = 0.0) -> None:
    """Write names at an axis, or say how many there are."""
    if len(names) > NAMED:
        axis.set_ticks([])
        axis.set_label_text(f"{len(names)} columns")
        return
    size = 8 if len(names) <= 30 else 5
    axis.set_ticks(range(len(names)), [label(name) for name in names], rotation=rotation)
    axis.set_tick_params(labelsize=size, length=0)
