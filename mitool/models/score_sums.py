"""Sums of exp(scores) over the pairs that do not belong together, in one pass over the tiles.

All are kept for every fourth context apart, because bounds from half and from a quarter of the
contexts come of the same sums. A tile shares one exponent; a sum too small beside it for digits
is added up again by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mitool.models.pairing import N_PARTS, Pairing, Places
from mitool.models.score_tiles import Scores, tiles
from mitool.variables import Matrix, Vector

SMALL = 1e-200
"""A sum below this, beside the largest term of its tile, is added up by itself."""
SAFE = 700.0
"""exp(x) neither overflows nor loses digits for x within this of 0."""


@dataclass(frozen=True, eq=False)
class ScoreSums:
    """What bounds need of a matrix of scores; sums leave out the pairs of the same context.

    ``positives`` (n_samples,) are the scores of samples under their own contexts. ``rows``
    (n_contexts, 4) and ``columns`` (4, n_samples) are logs of sums of exp over the samples or the
    contexts of each part; ``clipped_rows`` and ``clipped_columns`` are sums of exp of clipped
    scores, ``plain_rows`` and ``plain_columns`` of the scores themselves.
    """

    pairing: Pairing
    positives: Vector
    rows: Matrix
    columns: Matrix
    clipped_rows: Matrix
    clipped_columns: Matrix
    plain_rows: Matrix
    plain_columns: Matrix


def sums_of(scores: Scores, pairing: Pairing, clip: float) -> ScoreSums:
    """Pass once over the scores; ``clip`` is what ``smile`` cuts them at."""
    gathering = _Gathering.begun(pairing, clip)
    for start, tile in tiles(scores):
        gathering.add(start, tile)
    return gathering.finished(scores)


@dataclass(eq=False)
class _Gathering:
    """The sums so far; those of columns beside exp(``level``), which grows as need be."""

    sums: ScoreSums
    clip: float
    level: float = -np.inf

    @classmethod
    def begun(cls, pairing: Pairing, clip: float) -> _Gathering:
        n, m = pairing.n_contexts, pairing.n_samples
        of_rows, of_columns = (N_PARTS,), (N_PARTS, m)
        sums = ScoreSums(
            pairing,
            np.empty(m),
            np.empty((n, *of_rows)),
            np.zeros(of_columns),
            np.empty((n, *of_rows)),
            np.zeros(of_columns),
            np.empty((n, *of_rows)),
            np.zeros(of_columns),
        )
        return cls(sums, clip)

    def add(self, start: int, tile: Matrix) -> None:
        """Add a tile, which is used up."""
        sums, stop = self.sums, start + len(tile)
        own = sums.pairing.positives_of(start, stop)
        sums.positives[own[1]] = tile[own]
        tile[own] = 0.0
        self._put(tile, start, sums.plain_rows, sums.plain_columns)
        tile[own] = -np.inf
        level = float(tile.max())
        if level == -np.inf:
            sums.rows[start:stop] = -np.inf
            sums.clipped_rows[start:stop] = 0.0
            clipped = np.full_like(tile, np.exp(-self.clip))
        else:
            exps = np.exp(tile - level)
            self._put_exps(tile, exps, level, start)
            clipped = self._clipped(tile, exps, level)
        clipped[own] = 0.0
        self._put(clipped, start, sums.clipped_rows, sums.clipped_columns)

    def _put(self, tile: Matrix, start: int, of_rows: Matrix, of_columns: Matrix) -> None:
        for part, chosen in enumerate(self.sums.pairing.column_parts):
            of_rows[start : start + len(tile), part] = tile[:, chosen].sum(axis=1)
            of_columns[part] += tile[_first(part, start) :: N_PARTS].sum(axis=0)

    def _put_exps(self, tile: Matrix, exps: Matrix, level: float, start: int) -> None:
        sums = self.sums
        if level > self.level:
            sums.columns[:] *= np.exp(self.level - level)
            self.level = level
        factor = np.exp(level - self.level)
        for part, chosen in enumerate(sums.pairing.column_parts):
            found = exps[:, chosen].sum(axis=1)
            small = np.flatnonzero(found < SMALL)
            with np.errstate(divide="ignore"):
                logs = np.log(found) + level
            logs[small] = log_sums(tile[small][:, chosen], axis=1)
            sums.rows[start : start + len(tile), part] = logs
            sums.columns[part] += factor * exps[_first(part, start) :: N_PARTS].sum(axis=0)

    def _clipped(self, tile: Matrix, exps: Matrix, level: float) -> Matrix:
        """Give exp of the scores cut at ±clip; the exp of the tile serves, where it has digits."""
        if abs(level) + self.clip < SAFE:
            exps *= np.exp(level)
            np.clip(exps, np.exp(-self.clip), np.exp(self.clip), out=exps)
            return exps
        return np.asarray(np.exp(np.clip(tile, -self.clip, self.clip)))

    def finished(self, scores: Scores) -> ScoreSums:
        """Take logs of the sums of columns, those that are too small by a pass of their own."""
        sums = self.sums
        small = np.flatnonzero((sums.columns < SMALL).any(axis=0))
        with np.errstate(divide="ignore", invalid="ignore"):
            np.log(sums.columns, out=sums.columns)
            sums.columns[:] += self.level
        if len(small):
            sums.columns[:, small] = _exact_columns(scores, sums.pairing, small)
        return sums


def _first(part: int, start: int) -> int:
    """The first row of a part in a tile that begins with row ``start``."""
    return (part - start) % N_PARTS


def _exact_columns(scores: Scores, pairing: Pairing, chosen: Places) -> Matrix:
    """Add up some columns in logs, (4, n_chosen)."""
    total = np.full((N_PARTS, len(chosen)), -np.inf)
    for start, tile in tiles(scores):
        tile[pairing.positives_of(start, start + len(tile))] = -np.inf
        some = tile[:, chosen]
        for part in range(N_PARTS):
            found = log_sums(some[_first(part, start) :: N_PARTS], axis=0)
            total[part] = np.logaddexp(total[part], found)
    return total


def log_sums(values: Matrix, axis: int) -> Vector:
    """Give log Σ exp along an axis; of nothing, and of -inf alone, it is -inf."""
    if not values.shape[axis]:
        return np.full(values.shape[1 - axis], -np.inf)
    largest = values.max(axis=axis, keepdims=True)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    with np.errstate(divide="ignore"):
        found = np.log(np.exp(values - shift).sum(axis=axis)) + np.squeeze(shift, axis)
    return np.asarray(found)
