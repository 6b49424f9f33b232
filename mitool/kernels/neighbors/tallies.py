"""How neighbours are counted, and what the counts come down to: tallies and means over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.digamma import digammas_up_to
from mitool.variables import Vector

NeighborCounts = NDArray[np.int32]
"""Shape (n_spaces, n)."""
Tally = NDArray[np.integer[Any]]
"""How many of some counts are 0, 1, … up to the largest: the order of rows and spaces is gone."""
Ball = Literal["open", "closed", "box"]
Scales = Sequence[tuple[int, Ball]]
"""Numbers of neighbours, ascending, and the ball in which the others are counted for each."""


def tallied(counts: NeighborCounts) -> Tally:
    """Tally all counts."""
    return np.bincount(counts.reshape(-1))


def mean_digamma(tally: Tally, n: int, shift: int = 0) -> float:
    """Give the mean over n points of the sum over spaces of psi(count + shift), all positive."""
    return mean_of(digammas_up_to, tally, n, shift)


def mean_of(values_up_to: Callable[[int], Vector], tally: Tally, n: int, shift: int = 0) -> float:
    """Give the mean over n points of the sum over spaces of a function of count + shift > 0.

    ``values_up_to(n)`` are its values at 1 … n. From a tally of the counts: the order of rows and
    of spaces cannot move a bit of it.
    """
    used = tally[1 - shift :]
    return float((used * values_up_to(len(used))).sum()) / n
