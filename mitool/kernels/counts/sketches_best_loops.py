"""The best of many scores for each column."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mitool.kernels.compiled import kernel

Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]


@kernel
def offer(score: float, partner: int, scores: Floats, partners: Numbers) -> None:
    """Put a partner among the best, in descending order: of equal scores the lowest number."""
    at = len(scores)
    while at > 0 and (
        score > scores[at - 1] or (score == scores[at - 1] and partner < partners[at - 1])
    ):
        at -= 1
    for k in range(len(scores) - 1, at, -1):
        scores[k], partners[k] = scores[k - 1], partners[k - 1]
    if at < len(scores):
        scores[at], partners[at] = score, partner


@kernel
def keep_best(
    found: Floats,
    rows: Numbers,
    columns: Numbers,
    starts: tuple[int, int],
    mutual: bool,
    scores: Floats,
    partners: Numbers,
) -> None:
    """Offer the scores of a band, (rows, columns), to the best of its rows, (all rows, k).

    Partners are kept by their places, which begin at ``starts``; ``rows`` and ``columns`` are what
    columns they are, below 0 where they fill up a tile. ``mutual`` offers each pair once, from its
    lower place, to both; -inf is offered to none, nor is a column to itself.
    """
    last = scores.shape[1] - 1
    for i in range(len(rows)):
        x = starts[0] + i
        for j in range(len(columns)):
            y, score = starts[1] + j, found[i, j]
            if rows[i] < 0 or columns[j] < 0 or rows[i] == columns[j] or score == -np.inf:
                continue
            if mutual and x > y:
                continue
            if score >= scores[x, last]:
                offer(score, y, scores[x], partners[x])
            if mutual and score >= scores[y, last]:
                offer(score, x, scores[y], partners[y])
