"""Which pictures a report has by its rows alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from mitool.plots.against import accuracy, lag_curves
from mitool.plots.bounded import bounds
from mitool.plots.dots import difference, pairs, ranking
from mitool.plots.heatmap import heatmap
from mitool.plots.picture import Picture, Row
from mitool.plots.plane import plane


def pictures_of(command: str, rows: Sequence[Row], compared: Sequence[str] = ()) -> list[Picture]:
    """Give the pictures of a report that its rows can draw, none where there is nothing to see.

    ``compared`` are the names of the two that a difference is of.
    """
    if any((row.get("estimand") or "").endswith("_difference") for row in rows):
        return difference(rows, compared)
    act = PICTURES.get(command)
    return act(rows) if act and rows else []


def compared_in(warnings: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Give the names of what was compared, if the warnings of a report tell of one pair of them."""
    named = {tuple(each["columns"]) for each in warnings if each["code"] == "compared"}
    return named.pop() if len(named) == 1 else ()


def estimates(rows: Sequence[Row]) -> list[Picture]:
    """Draw what ``estimate`` gives: curves over lags, or dots with intervals."""
    if len({row.get("lag") for row in rows}) > 1:
        return lag_curves(rows)
    return pairs(rows)


PICTURES: dict[str, Callable[[Sequence[Row]], list[Picture]]] = {
    "benchmark": accuracy,
    "bounds": bounds,
    "coupling": partial(bounds, ceiling="the most it can be"),
    "entropy": pairs,
    "estimate": estimates,
    "layers": plane,
    "matrix": heatmap,
    "predictions": partial(bounds, ceiling="the most it can be"),
    "screen": ranking,
}
