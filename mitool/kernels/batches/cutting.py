"""Where to cut columns that are larger than memory: the same bins as of all rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kernels.batches.grid import Cut, Edges, Widths
from mitool.kernels.batches.ranks import MOST_MARKS, Marks, Matters, Total, ranked
from mitool.kernels.counts.binning import QUARTILES, bins_of_quartiles, quartile, quartile_ranks
from mitool.kernels.types import Counts


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


def equally_full(total: Total, drawn: Marks, n_bins: Sequence[int]) -> list[Cut]:
    """Cut each column into bins of equally many rows; those of 0 bins are left alone."""
    ranks = ranked(total, drawn, [crossing(n, drawn.n) if n else never for n in n_bins])
    pairs = zip(ranks, n_bins, strict=True)
    return [Edges.of_equal_frequency(ranks, n) if n else Edges(np.empty(0)) for ranks, n in pairs]


def at_each_level(total: Total, names: Sequence[str], are_labels: Sequence[bool]) -> list[Cut]:
    """Cut columns of labels at each label."""
    levels = total(partial(Marks.different, are_labels))
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
