"""The pass that looks where columns are to be cut: at ranks of marks, at levels, near quartiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, sqrt

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.batches.cutting import crossing, never
from mitool.kernels.batches.draws import (
    Drawn,
    Extremes,
    Marks,
    Spans,
    columns_of,
    inside_of,
)
from mitool.kernels.batches.ranks import (
    Matters,
    Ranked,
    Ranks,
    Total,
    enough,
    n_open,
    narrowed,
    ranked,
)
from mitool.kernels.counts.binning import QUARTILES, bins_of_quartiles, quartile, quartile_ranks
from mitool.kernels.types import Counts
from mitool.variables import Variable, Vector

FEW = 1 << 14
"""Rows of each column that are to be kept, where marks enough were drawn."""
MOST_NUMBERS = 1 << 23
"""Of rows that a pass keeps: 64 MB."""
DEVIATIONS = 7.0
"""By which the quartile of rows that are drawn evenly may be off: it never is."""
NONE: tuple[Vector, Vector] = np.empty(0), np.empty(0)


@dataclass(frozen=True, eq=False)
class Seen:
    """What a look shows: extremes, levels of labels, ranks of marks, numbers near quartiles.

    ``kept`` are, of each column, the numbers within its windows that are no marks.
    """

    extremes: Extremes
    levels: Marks
    ranks: Ranks
    kept: list[Vector]

    @classmethod
    def without_ranks(cls, extremes: Extremes) -> Seen:
        """Take extremes that are known, where nothing else is needed."""
        return cls(extremes, Marks([]), Ranks([], []), [])

    def merged(self, other: Seen) -> Seen:
        """Add what other rows hold."""
        return Seen(
            self.extremes.merged(other.extremes),
            self.levels.merged(other.levels),
            self.ranks.merged(other.ranks),
            [np.append(a, b) for a, b in zip(self.kept, other.kept, strict=True)],
        )


@dataclass(frozen=True, eq=False)
class Look:
    """Looks at columns; ``windows`` are open intervals near quartiles, whose ends are marks.

    A column may have neither marks nor windows.
    """

    are_labels: Sequence[bool]
    marks: Sequence[Vector]
    windows: Spans

    def __call__(self, x: Variable, y: Variable) -> Seen:
        """Look at the rows of two variables, at least one."""
        trios = list(zip(columns_of(x, y), self.marks, self.windows, strict=True))
        ordered = [np.sort(column) if len(marks) else column for column, marks, _ in trios]
        kept = []
        for column, (_, marks, window) in zip(ordered, trios, strict=True):
            near = inside_of(column, *window)
            kept.append(near[~is_among(marks, near)])
        levels = Marks.different(self.are_labels, x, y)
        return Seen(Extremes.of(x, y), levels, Ranks.among(self.marks, ordered), kept)


def is_among(marks: Vector, values: Vector) -> NDArray[np.bool_]:
    """Tell which values are among marks, which ascend, shape (n,)."""
    return np.asarray(np.searchsorted(marks, values) < np.searchsorted(marks, values, "right"))


def look_for(
    drawn: Drawn, are_labels: Sequence[bool], n_bins: Sequence[int], *, quartiles: bool
) -> Look:
    """Plan a look by what was drawn: at ranks where about so many bins end, and near quartiles."""
    n, n_numeric = drawn.extremes.n, max(are_labels.count(False), 1)
    marks, windows = [], []
    for column, (is_label, n_here) in enumerate(zip(are_labels, n_bins, strict=True)):
        known = np.empty(0) if is_label else drawn.marks(column)
        window = NONE
        if quartiles and not is_label:
            window = near_quartiles(np.sort(drawn.rows[:, column]), n, MOST_NUMBERS // n_numeric)
        windows.append(window)
        edges = enough(known, n, crossing(n_here, n), FEW) if n_here else np.empty(0)
        near = [known[(low <= known) & (known <= high)] for low, high in zip(*window, strict=True)]
        marks.append(np.unique(np.concatenate([edges, *near])))
    return Look(are_labels, marks, windows)


def near_quartiles(ordered: Vector, n: int, most: int) -> tuple[Vector, Vector]:
    """Give the intervals that hold the quartiles of n rows, by m drawn of them, which ascend.

    No more than about ``most`` of the rows lie in them.
    """
    m = len(ordered)
    if not m:
        return NONE
    half = min(1.0 + DEVIATIONS * sqrt(QUARTILES[0] * QUARTILES[1] * m), most * m / (4.0 * n))
    places = [(floor(share * (m - 1) - half), ceil(share * (m - 1) + half)) for share in QUARTILES]
    low = [ordered[first] if first >= 0 else -np.inf for first, _ in places]
    high = [ordered[last] if last < m else np.inf for _, last in places]
    if low[1] < high[0]:
        low, high = low[:1], high[1:]
    return np.array(low), np.array(high)


def about_quartile_bins(drawn: Drawn, column: int) -> int:
    """Guess the bins of a column by Freedman and Diaconis from what was drawn of it."""
    if not len(drawn.rows):
        return 2
    first, third = np.quantile(drawn.rows[:, column], QUARTILES)
    low, high = drawn.extremes.low[column], drawn.extremes.high[column]
    return bins_of_quartiles(drawn.extremes.n, low, high, first, third)


def quartile_bins(total: Total, look: Look, seen: Seen) -> list[int]:
    """Give the bins of each column by Freedman and Diaconis; of labels it means nothing.

    Quartiles that lie in none of the windows take two passes more.
    """
    n = seen.extremes.n
    wanted = np.array(quartile_ranks(n))

    def between(first: Counts, last: Counts) -> NDArray[np.bool_]:
        return np.asarray(np.searchsorted(wanted, first) < np.searchsorted(wanted, last))

    matters: list[Matters] = [never if is_label else between for is_label in look.are_labels]
    known = zip(ranked(look.marks, seen.ranks, n), look.windows, seen.kept, matters, strict=True)
    columns = [_filled(*column) for column in known]
    while n_open(columns, matters):
        columns = narrowed(total, columns, matters)
    return [
        2 if is_label else _bins_of(column, wanted, low, high)
        for is_label, column, low, high in zip(
            look.are_labels, columns, seen.extremes.low, seen.extremes.high, strict=True
        )
    ]


def _filled(known: Ranked, window: tuple[Vector, Vector], kept: Vector, matters: Matters) -> Ranked:
    """Add what was kept, if it holds all where ranks matter."""
    ends = zip(*known.open(matters), strict=True)
    if all(np.any((window[0] <= low) & (high <= window[1])) for low, high in ends):
        return known.filled(kept, matters)
    return known


def _bins_of(column: Ranked, wanted: NDArray[np.int64], low: float, high: float) -> int:
    values = [column.at(int(rank)) for rank in wanted]
    pairs = zip(QUARTILES, values[::2], values[1::2], strict=True)
    quartiles = [quartile(column.n, *pair) for pair in pairs]
    return bins_of_quartiles(column.n, low, high, *quartiles)
