"""Where to cut columns that are larger than memory: the same bins as of all rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.batches.draws import MOST_MARKS, Extremes, Marks
from mitool.kernels.batches.grid import Cut, Edges, Widths
from mitool.kernels.batches.ranks import Matters, Ranked
from mitool.kernels.types import Counts
from mitool.variables import Vector


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


def equally_wide(seen: Extremes, n_bins: Sequence[int]) -> list[Cut]:
    """Cut each column into bins of the same width."""
    return [Widths(*column) for column in zip(seen.low, seen.high, n_bins, strict=True)]


def at_each_level(
    are_labels: Sequence[bool], levels: Marks, names: Sequence[str], others: Sequence[Cut]
) -> Sequence[Cut]:
    """Cut columns of labels at each label, and others as these are cut."""
    if not any(are_labels):
        return others
    if not levels.is_whole:
        raise MitoolError(
            f"one of {', '.join(names)} has more than {MOST_MARKS} different labels, "
            "too many to count in bounded memory; take fewer rows with --sample N"
        )
    trios = zip(are_labels, levels.values, others, strict=True)
    return [Edges(values[1:]) if is_label else cut for is_label, values, cut in trios]


def crossing(n_bins: int, n: int) -> Matters:
    """Tell whether a bin ends between ranks."""

    def crosses(first: Counts, last: Counts) -> NDArray[np.bool_]:
        return np.asarray(n_bins * (2 * first + 1) // (2 * n) != n_bins * (2 * last - 1) // (2 * n))

    return crosses


def never(first: Counts, last: Counts) -> NDArray[np.bool_]:
    """Tell that no rank matters."""
    return np.zeros(len(first), dtype=np.bool_)
