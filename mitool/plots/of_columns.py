"""The pictures of pairs whose columns are at hand: every row is drawn, not only the estimate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from mitool.choices import Unit
from mitool.errors import MitoolError
from mitool.measure.estimation import measure
from mitool.measure.pointwise import local_terms
from mitool.measure.settings import Settings
from mitool.plots.dots import ranking
from mitool.plots.of_rows import estimates
from mitool.plots.picture import Picture, Row
from mitool.plots.sides import Side, pair_picture
from mitool.tables.column import Column
from mitool.uncertainty.naming import level_names
from mitool.variables import Rows, Variable, Vector
from mitool.variables.missing import complete

MOST_PAIRS = 9  # panels of one file
MOST_POINTS = 20_000  # rows that are drawn; of more, so many that are chosen evenly
MOST_COLOURED = 10_000  # rows up to which points show what each adds

Columns = Callable[[str], Column | None]
"""Gives a column as it was read, for the names of its levels."""


@dataclass(frozen=True, eq=False)
class Pair:
    """What one row of a report was estimated from."""

    x: Variable
    y: Variable
    settings: Settings


def pictures_of_pairs(
    rows: Sequence[Row], pairs: Sequence[Pair], columns: Columns
) -> list[Picture]:
    """Give a picture for each pair; of several lags or too many pairs, those of their estimates."""
    has_lags = len({row.get("lag") for row in rows}) > 1
    if has_lags or len(rows) != len(pairs) or len(rows) > MOST_PAIRS:
        return estimates(rows)
    return [_picture(row, pair, columns) for row, pair in zip(rows, pairs, strict=True)]


def _picture(row: Row, pair: Pair, columns: Columns) -> Picture:
    (x, y), _ = complete(pair.x, pair.y)
    local = _local(pair) if len(x) <= MOST_COLOURED and row["mi"] is not None else None
    shown = np.arange(len(x))
    if len(x) > MOST_POINTS:
        shown = np.linspace(0, len(x) - 1, MOST_POINTS).astype(np.int64)
    first, second = (_side(variable, shown, columns) for variable in (x, y))
    beside = [
        f"{variable.names[0]} is one of {variable.n_dims} columns taken together"
        for variable in (x, y)
        if variable.n_dims > 1
    ]
    if len(shown) < len(x):
        beside.append(f"{len(shown)} of {len(x)} rows")
    given = [f"given {row['given']}"] if row.get("given") else []
    lag = [f"at lag {row['lag']}"] if row.get("lag") else []
    return pair_picture(first, second, row, local, "; ".join(given + lag + beside))


def _local(pair: Pair) -> Vector | None:
    """Give what each row adds, where the estimator can say it."""
    try:
        return local_terms(pair.x, pair.y, pair.settings).local
    except MitoolError:
        return None


def _side(variable: Variable, rows: Rows, columns: Columns) -> Side:
    """Give the first column of a variable; labels as codes of their sorted levels."""
    name, values = variable.names[0], variable.values[rows, 0]
    if variable.kinds[0] != "discrete":
        return Side(name, values)
    present = np.unique(variable.values[:, 0])
    column = columns(name)
    names = _level_names(column, present) if column else tuple(f"{value:g}" for value in present)
    return Side(name, np.searchsorted(present, values).astype(np.float64), names)


def _level_names(column: Column, present: Vector) -> tuple[str, ...]:
    known = np.unique(column.values[column.values == column.values])
    named = dict(zip(known.tolist(), level_names([column]), strict=True))
    return tuple(named.get(value, f"{value:g}") for value in present.tolist())


def ranking_of_columns(
    rows: Sequence[Row], columns: Sequence[Variable], target: Variable
) -> list[Picture]:
    """Give the picture of a ranking, with what the correlation of each column alone would say.

    That is the information of a Gaussian pair with the correlation of the normal scores; labels
    have none.
    """
    shown = {row["x"] for row in rows}
    unit: Unit = next((row["unit"] for row in rows if row.get("unit")), "nats")
    alone = {
        column.name: found.mi
        for column in columns
        if column.name in shown and column.kind != "discrete" and target.kind != "discrete"
        if (found := measure(column, target, None, Settings("gcmi")).to(unit)).mi is not None
    }
    return ranking(rows, alone)
