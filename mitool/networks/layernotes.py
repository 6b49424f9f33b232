"""What a reader of an information plane must know: saturation, dead layers, equal rows."""

from __future__ import annotations

from collections.abc import Iterator

from mitool.networks.activations import Activations
from mitool.result import Note
from mitool.result.codes import note_of

NEAR = 0.95
"""Of its ceiling: a value above tells how many rows there are."""
ROWS_PER_CELL = 5
"""With fewer rows a cell the plug-in entropy is that of the number of rows."""
MOST_EQUAL = 0.01
"""The share of rows equal to another from which neighbours at distance 0 matter."""


def saturation(
    layer: Activations, estimator: str, value: float, n_cells: float | None = None
) -> Iterator[Note]:
    """Say that I(X;T) is near what so many rows can show, or its cells are too many to count."""
    full = value >= NEAR * layer.most > 0
    sparse = n_cells is not None and n_cells * ROWS_PER_CELL > len(layer)
    if full or sparse:
        what = f"in some epochs at least, I(X;T) of layer {layer.layer!r} by {estimator}"
        limit = f"{len(layer)} rows and the resolution let it be"
        remedy = "use coarser bins or more noise, and look only at layers below the ceiling"
        yield note_of("saturated", (layer.layer,), what=what, limit=limit, remedy=remedy)


def death(layer: Activations) -> Iterator[Note]:
    """Say that a layer gives the same for every input."""
    if layer.is_dead:
        yield note_of("dead_layer", (layer.layer,), title=layer.title)


def equality(layer: Activations) -> Iterator[Note]:
    """Say that many rows of a layer equal another, for those that look at neighbours."""
    n_equal = len(layer) - layer.n_distinct
    if n_equal > MOST_EQUAL * len(layer) and not layer.is_dead:
        what = f"{n_equal} of {len(layer)} rows of {layer.title} equal another"
        yield note_of("duplicate_rows", (layer.layer,), what=what)
