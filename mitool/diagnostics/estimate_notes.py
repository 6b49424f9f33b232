"""What an estimate shows beside the data it is from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import log, prod, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable

SINGLETON_SHARE = 0.05
MANY_DIMS = 6  # nearest-neighbour bias was -0.05 to -0.9 nats from here on
ROWS_PER_CELL = 5
CEILING_SHARE = 0.7  # at .74 of it the bias was -2 %, at .88 it was -8 %
NEAR_ENTROPY = 0.95
FINE_EXCESS = 3.0
"""Of the fine scale over the coarse one, over the root of the rows: beyond it were three quarters
of samples with a bias that matters, and 0.14 of the others."""
BELOW_ZERO = 2.5
"""Over the square root of the rows: 1.9 at most in 6,000 independent samples of 100 and 1000 rows,
whose estimates by five estimators deviate by 0.2 to 0.7."""


def table_notes(
    x: Variable, y: Variable, n_rows: int, facts: Mapping[str, float]
) -> Iterator[Note]:
    """What to know of an estimate from counts; ``facts`` hold the levels counted (bins too)."""
    n_cells = prod(int(facts.get(f"levels_{side}", 1)) for side in ("x", "y", "given"))
    if _is_undersampled(n_cells, n_rows):
        words = {"n_cells": n_cells, "n_rows": n_rows, "rows_per_cell": ROWS_PER_CELL}
        yield note_of("undersampled_table", (*x.names, *y.names), x=x.name, y=y.name, **words)


def neighbour_notes(
    x: Variable, y: Variable, mi: float, facts: Mapping[str, float]
) -> Iterator[Note]:
    """What to know of an estimate from nearest neighbours; ``facts`` hold rows it left out."""
    names, n_rows = (*x.names, *y.names), len(x)
    n_single = int(facts.get("n_singletons", 0))
    if n_single > SINGLETON_SHARE * n_rows:
        side = x if x.kind == "discrete" else y
        words = {"n_single": n_single, "n_rows": n_rows, "name": side.name}
        yield note_of("singletons", side.names, **words)
    yield from _below_zero(x, y, mi)
    dims = x.n_dims + y.n_dims
    if dims >= MANY_DIMS:
        yield note_of("dimension", names, n_dims=dims)
    n_used = n_rows - n_single
    ceiling = log(n_used)
    if _is_near_ceiling(mi, n_used):
        yield note_of("ceiling", names, x=x.name, y=y.name, n_rows=n_used, ceiling=ceiling)
    for side in (x, y):
        if side.kind == "discrete" and mi > NEAR_ENTROPY * entropy_of_labels(side):
            yield note_of("near_deterministic", side.names, name=side.name)


def resolution_notes(x: Variable, y: Variable, extras: Mapping[str, float]) -> Iterator[Note]:
    """What an estimate by two scales, kept in ``extras``, shows of its resolution."""
    fine, coarse = extras.get("fine", 0.0), extras.get("coarse", 0.0)
    if _is_finer(fine, coarse, len(x)):
        yield note_of("scales", (*x.names, *y.names), fine=fine, coarse=coarse)


def _below_zero(x: Variable, y: Variable, mi: float) -> Iterator[Note]:
    """Say where an estimate is less than chance makes of 0."""
    if _is_below_zero(mi, len(x)):
        yield note_of("below_zero", (*x.names, *y.names), x=x.name, y=y.name)


def numbers_are_plain(
    family: str,
    mi: Sequence[float],
    extras: Mapping[str, Sequence[float]],
    facts: Mapping[str, Sequence[float]],
    n_rows: int,
) -> NDArray[np.bool_]:
    """Tell of which estimates the numbers give no cause for a note, (n_estimates,).

    These are of pairs of single columns, labels in the family of counts and else numbers: then no
    other of the notes above can come. What is not finite is never plain.
    """
    columns = [np.asarray(column, dtype=float) for column in (mi, *extras.values())]
    loud = ~np.logical_and.reduce([np.isfinite(column) for column in columns])
    if family == "counts":
        n_cells = np.multiply(facts.get("levels_x", 1), facts.get("levels_y", 1))
        loud |= _is_undersampled(n_cells, n_rows)
    if family == "neighbours":
        loud |= _is_below_zero(columns[0], n_rows) | _is_near_ceiling(columns[0], n_rows)
        if "fine" in extras:
            fine, coarse = np.array(extras["fine"]), np.array(extras["coarse"])
            loud |= _is_finer(fine, coarse, n_rows)
    plain: NDArray[np.bool_] = ~loud
    return plain


def _is_undersampled(n_cells: Any, n_rows: int) -> Any:
    return n_cells > n_rows / ROWS_PER_CELL


def _is_below_zero(mi: Any, n_rows: int) -> Any:
    return mi < -BELOW_ZERO / sqrt(n_rows)


def _is_near_ceiling(mi: Any, n_rows: int) -> Any:
    return mi > CEILING_SHARE * log(n_rows)


def _is_finer(fine: Any, coarse: Any, n_rows: int) -> Any:
    return fine - coarse > FINE_EXCESS / sqrt(n_rows)


def entropy_of_labels(variable: Variable) -> float:
    """The plug-in entropy of a variable's joint rows, in nats."""
    share = np.bincount(variable.codes) / len(variable)
    return -float(share @ np.log(share))
