"""Ties broken by noise of 1e-10 of a column's spread, last, and by the data alone.

Where values repeat, neighbours at distance 0 say nothing, so estimators that need them apart have
ties broken. Which of two equal values comes first is chance, and moves an estimate by up to its
standard error (integers of few values); but equal data meet the same chance. The noise of a row
depends on the ranks in all columns taken together: not on names, seeds, units, the order of rows
or of columns, nor on which side is x. Columns of equal content get noise of their own each, so
that I(a;a) and I(a; a copy of a) are one number: about the entropy of the values as they repeat.

How: rows and columns have keys of 64 bits, sums of scrambled ranks over what stands in them, in
which order does not matter. Rows in the order of their keys meet the normal numbers that begin with
the key of a column. Rows of one key are equal, so that their own order changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from mitool.variables.magnitudes import deviation
from mitool.variables.transforms import average_ranks, tied_columns
from mitool.variables.variable import Codes, Variable

JITTER = 1e-10

Keys = NDArray[np.uint64]
Scrambled = TypeVar("Scrambled", Keys, np.uint64)


def without_ties(
    variables: Sequence[Variable], transformed: Sequence[Variable]
) -> tuple[Variable, ...]:
    """Break the ties of numeric columns of variables of the same rows.

    ``variables`` tell rows apart, what they were ``transformed`` to gets the noise. Columns
    without ties, and constant ones, are left as they are. A variable is numbers or labels.
    """
    wanted = [[j for j in tied_columns(v) if v.n_distinct(j) > 1] for v in variables]
    if not any(wanted):
        return tuple(transformed)
    rows, seeds = _keys(variables)
    order = np.argsort(rows)
    return tuple(
        _with_noise(ready, {j: seeds[i, j] for j in columns}, order) if columns else ready
        for i, (ready, columns) in enumerate(zip(transformed, wanted, strict=True))
    )


class Marks(NamedTuple):
    """What is known of a numeric column alone."""

    of_rows: Keys
    """Scrambled ranks, which no unit and no increasing transform changes; (n,)."""
    alone: np.uint64
    """All of them together."""
    content: np.uint64
    """The same of the values themselves."""

    @classmethod
    def of(cls, variable: Variable, column: int) -> Marks:
        """Mark a column of a variable (kept)."""
        marks: Marks = variable.remember(("marks", column), lambda: cls._made(variable, column))
        return marks

    @classmethod
    def _made(cls, variable: Variable, column: int) -> Marks:
        marks = scrambled((2.0 * average_ranks(variable, column)).astype(np.uint64))
        content = scrambled((variable.values[:, column] + 0.0).view(np.uint64))  # -0 is 0
        return cls(marks, scrambled(marks.sum()), content.sum())


def _with_noise(variable: Variable, seeds: dict[int, int], order: NDArray[np.intp]) -> Variable:
    """Add the noise that each seed begins to its column, the rows taken in an order."""
    values = variable.values.copy()
    for column, seed in seeds.items():
        noise = np.random.default_rng(seed).standard_normal(len(order))
        values[order, column] += JITTER * _spread(variable, column) * noise
    return variable.with_values(values, variable.missing)


def _spread(variable: Variable, column: int) -> float:
    """Give the standard deviation of a column (kept)."""
    spread: float = variable.remember(
        ("spread", column), lambda: deviation(variable.values[:, column])
    )
    return spread


def _keys(variables: Sequence[Variable]) -> tuple[Keys, dict[tuple[int, int], int]]:
    """Give the keys of rows, (n,), and of numeric columns by the number of variable and column."""
    numeric = [(i, v) for i, v in enumerate(variables) if v.kind != "discrete"]
    places = [(i, j) for i, v in numeric for j in range(v.n_dims)]
    columns = [Marks.of(variables[i], j) for i, j in places]
    rows = np.asarray(sum(scrambled(one.of_rows + one.alone) for one in columns))
    labels = [_marks_of_labels(v.codes, rows) for v in variables if v.kind == "discrete"]
    rows = np.asarray(sum(labels, rows))
    together = np.array([scrambled(one.of_rows ^ rows).sum() for one in columns])
    keys = _told_apart(together, np.array([one.content for one in columns]))
    told = (scrambled(one.of_rows ^ key) for one, key in zip(columns, keys, strict=True))
    rows = np.asarray(sum((*told, *labels)))
    return rows, dict(zip(places, keys.tolist(), strict=True))


def _marks_of_labels(codes: Codes, rows: Keys) -> Keys:
    """Mark labels by the rows that have them, and not by what they are called; (n,)."""
    levels = np.zeros(int(codes.max()) + 1, dtype=np.uint64)
    np.add.at(levels, codes, scrambled(rows))
    return _told_apart(levels, np.zeros_like(levels))[codes]


def _told_apart(keys: Keys, contents: Keys) -> Keys:
    """Give equal keys numbers, by their contents where these differ, and make keys of both."""
    if len(set(keys.tolist())) == len(keys):
        return keys
    order = np.lexsort((contents, keys))
    ordered = keys[order]
    numbers = np.empty_like(keys)
    numbers[order] = np.arange(len(keys)) - np.searchsorted(ordered, ordered)
    return scrambled(keys + numbers)


def scrambled(keys: Scrambled) -> Scrambled:
    """Mix 64 bits so that sums of them tell contents apart, as SplitMix64 does.

    Steele, Lea & Flood (2014), doi:10.1145/2714064.2660195.
    """
    with np.errstate(over="ignore"):  # of single numbers; arrays do not tell
        keys = keys + np.uint64(0x9E3779B97F4A7C15)
        keys = (keys ^ (keys >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        keys = (keys ^ (keys >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return keys ^ (keys >> np.uint64(31))
