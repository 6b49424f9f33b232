"""The bias that is left in an estimate, by how it changes as rows are added."""

from __future__ import annotations

from functools import partial
from math import sqrt

from mitool.errors import attempt
from mitool.inference.resampling import parts
from mitool.inference.sample import Sample
from mitool.seeds import stream

PARTS = (8, 4, 2)
FEWEST_ROWS = 25
"""Of a part: the rows are parted in eighths, or in quarters or halves where eighths have fewer."""
SHUFFLES = 2
SHARE = 0.75
"""How much of the bias is taken that would be left if it fell as n to the power -1/2.

That is what it does at edges and in heavy tails; where the density is smooth it falls faster, and
what is taken is too much.
"""

OF_GAP, OF_DRIFT, OF_SIDES, OF_ALL = 0.55, 0.27, 0.048, 0.83
"""What each sign is worth in ``bias_of_scales``.

By least squares of the error over its standard deviation, on 72 distributions with 200, 500 and
1000 rows, each weighing alike; held against 47 that were sealed before (studies/edges.md).
"""


def bias_of_scales(gap: float, growth: float, uneven: float, n: int) -> float:
    """Give how far the truth is expected above an estimate of one column a side at two scales.

    ``gap`` is by how much the fine scale finds more than the coarse one in subsamples, and
    ``growth`` what all n rows find more than these, both as in all rows if it fell as their root;
    ``uneven`` is how much more one-sided neighbours are than where the density is even. Edges and
    jumps make a gap, and leave neighbours on all sides of most rows: the estimate is too low.
    Ridges make one, too, but the estimate grows faster; about peaks and in tails neighbours are
    one-sided: there it is too low by less, or too high. How it grows alone takes all of these for
    the same.
    """
    return OF_GAP * gap - OF_DRIFT * growth + (OF_ALL - OF_SIDES * uneven) / sqrt(n)


def bias_left(sample: Sample) -> float:
    """Give how far the truth is expected above the estimate, or below it where this is negative.

    With a bias that falls as the root of n, k parts of the rows are as far below all of them, times
    1 / (√k - 1), as these are below the truth. An exponent found from three sizes is noise: with it
    intervals of the same width covered less.
    """
    n_rows = sample.units.n_rows
    for n_parts in PARTS:
        if n_rows < n_parts * FEWEST_ROWS and n_parts != PARTS[-1]:
            continue
        mean = attempt(partial(_mean_over_parts, sample, n_parts), lambda error: None)
        if mean is not None:
            return SHARE * (sample.estimate - mean) / (sqrt(n_parts) - 1.0)
    return 0.0


def _mean_over_parts(sample: Sample, n_parts: int) -> float | None:
    """Give the mean estimate over parts of the rows, over some ways to part them."""
    purpose = f"{sample.task} drift"
    draws = (
        rows
        for shuffle in range(SHUFFLES)
        for rows in parts(sample.units, n_parts, stream(sample.seed, purpose, shuffle))
    )
    return float(sample.replicates(draws).mean())
