"""Neighbouring rows that resemble each other because they are of one group: panels, repeats.

A table of countries and years, sorted by country, looks as a series does. Said to be merely sorted,
its rows would be taken as independent, and intervals would be several times too narrow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from mitool.diagnostics.row_notes import lags_one
from mitool.result import Estimate, Note
from mitool.result.codes import note_of
from mitool.variables import Variable, Vector
from mitool.variables.magnitudes import lines_near_one

FEWEST_GROUPS = 5
"""What an interval over groups needs at least."""

MOST_COLUMNS = 20
"""Of the columns that may be groups, how many are tried: each costs a sort for every variable."""

EXPLAINED = 0.5
"""Of the likeness of neighbours, what a group must explain to be named: more than all else."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """A column whose values may be groups of rows; ``values`` (n,) are NaN where missing."""

    name: str
    values: Vector


Groupings = Callable[[], Iterable[Grouping]]
"""Gives the columns that may be groups, once they are needed."""


def panel_named(estimate: Estimate, x: Variable, y: Variable, columns: Groupings) -> Estimate:
    """Where neighbours resemble each other, name the column that explains it, if one does."""
    notes = [_renamed(note, x, y, columns) for note in estimate.notes]
    return estimate if tuple(notes) == estimate.notes else replace(estimate, notes=tuple(notes))


def _renamed(note: Note, x: Variable, y: Variable, columns: Groupings) -> Note:
    if note.code != "autocorrelation":
        return note
    taken = {*x.names, *y.names}
    group = explaining(x, y, [column for column in columns() if column.name not in taken])
    if group is None:
        return note
    return note_of("panel", (*x.names, *y.names), x=x.name, y=y.name, group=group)


def explaining(x: Variable, y: Variable, columns: Sequence[Grouping]) -> str | None:
    """Name the column that explains most of why neighbours resemble each other, if it is enough."""
    shares = {c.name: min(_kept_share(x, c), _kept_share(y, c)) for c in columns}
    best = max(shares, key=lambda name: shares[name], default=None)
    return best if best is not None and shares[best] >= EXPLAINED else None


def _kept_share(variable: Variable, column: Grouping) -> float:
    """What ``_share`` finds, kept with the variable: many pairs ask."""
    kept: float = variable.remember(("panel", column.name), lambda: _share(variable, column))
    return kept


def _share(variable: Variable, column: Grouping) -> float:
    """How much of the lag-1 autocorrelation of a variable its group means would make."""
    present = ~np.isnan(column.values)
    if variable.missing is not None:
        present &= ~variable.missing
    _, codes = np.unique(column.values[present], return_inverse=True)
    n_groups = int(codes.max()) + 1 if len(codes) else 0
    if not FEWEST_GROUPS <= n_groups <= len(codes) // 2:
        return 0.0
    lines = lines_near_one(variable.take(np.flatnonzero(present)))
    lags = lags_one(lines)
    most = int(lags.argmax())
    together = float(np.mean(codes[1:] == codes[:-1]))
    between = _between_groups(lines[most], codes, n_groups)
    return together * between / float(lags[most]) if lags[most] > 0 else 0.0


def _between_groups(values: Vector, codes: NDArray[np.signedinteger], n_groups: int) -> float:
    """The share of the variance that lies between groups, less what chance puts there."""
    centred = values - values.mean()
    means = np.bincount(codes, centred, n_groups) / np.bincount(codes, minlength=n_groups)
    n_rows, within = len(values), centred - means[codes]
    total = float(centred @ centred) / (n_rows - 1)
    return 1.0 - float(within @ within) / (n_rows - n_groups) / total if total > 0 else 0.0


def groupings_among(variables: Iterable[Variable]) -> list[Grouping]:
    """Take the labels, and the whole numbers, among single columns as possible groups."""
    single = (Grouping(v.name, v.values[:, 0]) for v in variables if v.n_dims == 1)
    return list(islice(filter(_may_be_groups, single), MOST_COLUMNS))


def _may_be_groups(column: Grouping) -> bool:
    """Whether values are codes or whole numbers that neighbours share."""
    present = column.values[~np.isnan(column.values)]
    repeats = bool(np.count_nonzero(present[1:] == present[:-1]) * 2 >= len(present) - 1 > 0)
    return repeats and bool(np.all(present == np.floor(present)))
