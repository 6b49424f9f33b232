"""Where to cut columns that are larger than memory: the same bins as of all rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.batches.grid import Cut, Edges, Widths
from mitool.kernels.batches.ranks import MOST_MARKS, Marks, Matters, Ranked, Total, ranked
from mitool.kernels.counts.binning import QUARTILES, bins_of_quartiles, quartile, quartile_ranks
from mitool.kernels.types import Counts
from mitool.variables import Variable, Vector


@dataclass(frozen=True, eq=False)
class Bins:
    """Numbered bins of equally many rows: where they change, and which comes first and next."""

    starts: Vector
    numbers: NDArray[np.int64]
    n_levels: int

    @classmethod
    def of(cls, ranks: Ranked, n_bins: int) -> Bins:
        """Cut where the bin of the average rank changes; ranks are known where it does.

        Where they are not, between some marks, the number of a value there means nothing.
        """
        bins = np.empty(2 * len(ranks.marks) + 1, dtype=np.int64)
        bins[1::2] = n_bins * (ranks.below + ranks.upto) // (2 * ranks.n)
        bins[::2] = n_bins * (2 * ranks.first + 1) // (2 * ranks.n)
        empty = np.flatnonzero(ranks.first == ranks.last) * 2
        bins[empty] = bins[np.where(empty > 0, empty - 1, 1)]
        starts = np.empty(len(bins) - 1)
        starts[::2], starts[1::2] = ranks.marks, np.nextafter(ranks.marks, np.inf)
        changes = bins[1:] != bins[:-1]
        return cls(starts[changes], bins[np.append(True, changes)], n_bins)

    def levels(self, values: Vector) -> NDArray[np.int64]:
        """Give the number of the bin of each value, shape (n,)."""
        numbers: NDArray[np.int64] = self.numbers[np.searchsorted(self.starts, values, "right")]
        return numbers


def quartile_bins(total: Total, drawn: Marks, numeric: Sequence[bool]) -> list[int]:
    """Give the bins of each column by Freedman and Diaconis; of labels it means nothing."""
    wanted = np.array(quartile_ranks(drawn.n))

    def between(first: Counts, last: Counts) -> NDArray[np.bool_]:
        return np.asarray(np.searchsorted(wanted, first) < np.searchsorted(wanted, last))

    ranks = ranked(total, drawn, [between if is_number else never for is_number in numeric])
    bins = []
    for i, is_number in enumerate(numeric):
        values = [ranks[i].at(int(rank)) for rank in wanted] if is_number else [0.0] * 4
        pairs = zip(QUARTILES, values[::2], values[1::2], strict=True)
        quartiles = [quartile(drawn.n, *pair) for pair in pairs]
        bins.append(bins_of_quartiles(drawn.n, drawn.low[i], drawn.high[i], *quartiles))
    return bins


def equally_wide(drawn: Marks, n_bins: Sequence[int]) -> list[Cut]:
    """Cut each column into bins of the same width."""
    return [Widths(*column) for column in zip(drawn.low, drawn.high, n_bins, strict=True)]


@dataclass(frozen=True, eq=False)
class Looked:
    """What is drawn of all columns, and every level of those that are labels, by one pass."""

    drawn: Marks
    levels: Marks

    @classmethod
    def at(cls, are_labels: Sequence[bool], x: Variable, y: Variable) -> Looked:
        """Look at the rows of two variables."""
        return cls(Marks.drawn(x, y), Marks.different(are_labels, x, y))

    def merged(self, other: Looked) -> Looked:
        """Add what other rows hold."""
        return Looked(self.drawn.merged(other.drawn), self.levels.merged(other.levels))


def looked(total: Total, are_labels: Sequence[bool]) -> Looked:
    """Pass over all rows; of numbers alone what the first pass drew is known."""
    if any(are_labels):
        both: Looked = total(partial(Looked.at, are_labels))
        return both
    drawn: Marks = total(Marks.drawn)
    return Looked(drawn, drawn)


def at_each_level(levels: Marks, names: Sequence[str]) -> list[Cut]:
    """Cut columns of labels at each label."""
    if not levels.is_whole:
        raise MitoolError(
            f"one of {', '.join(names)} has more than {MOST_MARKS} different labels, "
            "too many to count in bounded memory; take fewer rows with --sample N"
        )
    return [Edges(values[1:]) for values in levels.values]


def crossing(n_bins: int, n: int) -> Matters:
    """Tell whether a bin ends between ranks."""

    def crosses(first: Counts, last: Counts) -> NDArray[np.bool_]:
        return np.asarray(n_bins * (2 * first + 1) // (2 * n) != n_bins * (2 * last - 1) // (2 * n))

    return crosses


def never(first: Counts, last: Counts) -> NDArray[np.bool_]:
    """Tell that no rank matters."""
    return np.zeros(len(first), dtype=np.bool_)
