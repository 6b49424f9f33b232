"""One column against many: those of one sorted line are counted as orders of its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mitool.kernels.neighbors.counting import (
    ROWS_AT_ONCE,
    announce,
    permuted_tallies,
    tallies_at_scales,
)
from mitool.kernels.neighbors.margin import Margin
from mitool.kernels.neighbors.tallies import Scales, Tally
from mitool.variables import Rows


def tallies_with_each(x: Margin, ys: Sequence[Margin], scales: Scales) -> Iterator[list[Tally]]:
    """Yield ``tallies_at_scales`` of x with each of several margins of the same rows.

    Ranks and normal scores without ties are the same line in every column: what belongs to it is
    made once for many, in one call of compiled code.
    """
    n = len(x)
    announce(len(ys), n)
    if n > ROWS_AT_ONCE // 2 or any(margin.n_dims > 1 for margin in (x, *ys)):
        yield from (tallies_at_scales(x, y, scales) for y in ys)
        return
    start = 0
    while start < len(ys):
        line, stop = ys[start].ascending, start + 1
        while stop < len(ys) and ys[stop].ascending is line:
            stop += 1
        if stop - start == 1:
            yield tallies_at_scales(x, ys[start], scales)
        else:
            as_it_lies = Margin.in_order(line)
            ranks = (_ranks(y) for y in ys[start:stop])
            yield from permuted_tallies(x, as_it_lies, ranks, scales)
        start = stop


def _ranks(margin: Margin) -> Rows:
    """Give the place of each row in the order of a margin of one column."""
    ranks = np.empty(len(margin), dtype=np.int64)
    ranks[margin.order] = np.arange(len(margin))
    return ranks
