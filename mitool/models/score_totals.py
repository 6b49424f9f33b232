"""The sums over all pairs of different contexts, without one context after the other."""

from __future__ import annotations

import numpy as np

from mitool.models.pairing import Pairing
from mitool.models.score_sums import ScoreSums, log_sums
from mitool.models.score_tiles import Scores, tiles
from mitool.variables import Vector

HALF = 0.5
"""Of a sum: what is left is added up again where more is taken away."""


def totals_without(scores: Scores, sums: ScoreSums, clip: float) -> tuple[Vector, Vector]:
    """Give the logs of the sums over all pairs, plain and clipped, without each context."""
    pairing = sums.pairing
    of_rows, of_columns = log_sums(sums.rows, axis=1), log_sums(sums.columns, axis=0)
    level = float(of_rows.max())
    shift = level if np.isfinite(level) else 0.0
    rows, columns = np.exp(of_rows - shift), pairing.sums_by_context(np.exp(of_columns - shift))
    plain = rows.sum() - rows - columns
    rows, columns = sums.clipped_rows.sum(axis=1), sums.clipped_columns.sum(axis=0)
    taken = rows + pairing.sums_by_context(columns)
    clipped = rows.sum() - taken
    special = np.flatnonzero((plain < HALF * np.exp(of_rows - shift).sum()) | (clipped < taken))
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(plain) + shift, np.log(clipped)
    for context in special:
        found[0][context], found[1][context] = _without(scores, pairing, int(context), clip)
    return found


def _without(scores: Scores, pairing: Pairing, context: int, clip: float) -> tuple[float, float]:
    """Add up all pairs of different contexts but those of one, in logs: plain, and clipped."""
    kept = np.flatnonzero(pairing.owner != context)
    total = clipped = -np.inf
    for start, tile in tiles(scores):
        stop = start + len(tile)
        own = pairing.positives_of(start, stop)
        cut = np.clip(tile, -clip, clip)
        for values in (tile, cut):
            values[own] = -np.inf
            if start <= context < stop:
                values[context - start] = -np.inf
        total = np.logaddexp(total, log_sums(tile[:, kept].reshape(1, -1), axis=1)[0])
        clipped = np.logaddexp(clipped, log_sums(cut[:, kept].reshape(1, -1), axis=1)[0])
    return float(total), float(clipped)
