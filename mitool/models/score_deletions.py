"""Bounds without one context after the other, in two or three passes over the scores.

Without context k a sum of exp(scores) lacks one term, or a row and a column of them. Where what is
taken away is more than half, the rest is added up again in logs: digits would cancel.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from mitool.models.pairing import Pairing, Places
from mitool.models.score_sums import ScoreSums, log_sums
from mitool.models.score_tiles import Scores, tiles
from mitool.models.score_totals import totals_without
from mitool.variables import Matrix, Vector

HALF = 0.5
FOLDS = 9
"""Factors of at least a half are multiplied 2⁹ at a time: no product underflows."""


@dataclass(frozen=True, eq=False)
class Deleted:
    """What becomes of sums without each context in turn.

    ``losses`` are of the logs of sums over contexts and over samples, by the name of the formula
    they belong to; ``log_total`` and ``log_clipped``, (n_contexts,), the logs of the sums over all
    pairs of different contexts among the others.
    """

    losses: dict[str, Loss]
    log_total: Vector
    log_clipped: Vector


def deletions(scores: Scores, sums: ScoreSums, clip: float, *, densities: bool) -> Deleted:
    """Leave out each context in turn; what only log-densities need, if they are."""
    pairing, losses = sums.pairing, _losses(sums, densities)
    for start, tile in tiles(scores):
        tile[pairing.positives_of(start, start + len(tile))] = -np.inf
        for loss in losses.values():
            loss.add(start, tile)
    _add_dominated(scores, pairing, [loss for loss in losses.values() if not loss.by_rows])
    return Deleted(losses, *totals_without(scores, sums, clip))


def _losses(sums: ScoreSums, densities: bool) -> dict[str, Loss]:
    pairing, own = sums.pairing, sums.positives
    logs = log_sums(sums.columns, axis=0)
    found = {"infonce_columns": Loss.along_columns(pairing, np.logaddexp(logs, own), own)}
    if densities:
        found["leave_one_out"] = Loss.along_columns(pairing, logs, None)
    if pairing.is_square:
        logs, own = log_sums(sums.rows, axis=1), own[pairing.order]
        found["infonce_rows"] = Loss.along_rows(pairing, np.logaddexp(logs, own), own)
        if densities:
            found["leave_one_out_rows"] = Loss.along_rows(pairing, logs, None)
    return found


@dataclass(eq=False)
class Loss:
    """What the logs of some sums lose without each context, as the tiles come.

    ``logs`` are those of the sums, ``positives`` the terms that never leave them, if any.
    """

    pairing: Pairing
    by_rows: bool
    logs: Vector
    positives: Vector | None
    total: Vector
    dominated: list[tuple[Places, Places]] = field(default_factory=list)

    @classmethod
    def along_columns(cls, pairing: Pairing, logs: Vector, positives: Vector | None) -> Loss:
        """Follow the sums over the contexts of each sample."""
        return cls(pairing, False, logs, positives, np.zeros(pairing.n_contexts))

    @classmethod
    def along_rows(cls, pairing: Pairing, logs: Vector, positives: Vector | None) -> Loss:
        """Follow the sums over the samples of each context, one sample a context."""
        return cls(pairing, True, logs, positives, np.zeros(pairing.n_contexts))

    def add(self, start: int, tile: Matrix) -> None:
        """Add what each term of a tile takes away from the log of its sum: log(1 - its share)."""
        stop = start + len(tile)
        known = self.logs[start:stop, None] if self.by_rows else self.logs
        with np.errstate(invalid="ignore"):
            rest = 1.0 - np.exp(tile - np.where(np.isfinite(known), known, np.inf))
        if rest.min() < HALF:
            rows, columns = np.nonzero(rest < HALF)
            rest[rows, columns] = 1.0
            self._set_aside(start, tile, rows, columns)
        if self.by_rows:
            without = np.log(np.multiply.reduce(rest, axis=0))
            self.total += self.pairing.sums_by_context(without)
        else:
            self.total[start:stop] += folded_log(rest)

    def _set_aside(self, start: int, tile: Matrix, rows: Places, columns: Places) -> None:
        """Keep what takes more than half of its sum; rows are whole here, columns are not."""
        if not self.by_rows:
            self.dominated.append((rows + start, columns))
            return
        some = tile[rows]
        some[np.arange(len(rows)), columns] = -np.inf
        left = log_sums(some, axis=1)
        if self.positives is not None:
            left = np.logaddexp(left, self.positives[rows + start])
        lost = left - self.logs[rows + start]
        np.add.at(self.total, self.pairing.owner[columns], lost)


def folded_log(factors: Matrix) -> Vector:
    """Give log Π over each row, (n_rows,), of factors from a half to 1, without underflow."""
    for _ in range(FOLDS):
        n = factors.shape[1]
        if n == 1:
            break
        half = n // 2
        folded = factors[:, :half] * factors[:, half : 2 * half]
        factors = np.concatenate([folded, factors[:, 2 * half :]], axis=1) if n % 2 else folded
    return np.asarray(np.log(factors).sum(axis=1))


def _add_dominated(scores: Scores, pairing: Pairing, losses: list[Loss]) -> None:
    """Add up, in logs, the sums of columns of which one context has more than half."""
    if not any(loss.dominated for loss in losses):
        return
    names, without = _unique_pairs(losses)
    left = np.full(len(names), -np.inf)
    for start, tile in tiles(scores):
        stop = start + len(tile)
        tile[pairing.positives_of(start, stop)] = -np.inf
        some = tile[:, names]
        here = np.flatnonzero((without >= start) & (without < stop))
        some[without[here] - start, here] = -np.inf
        left = np.logaddexp(left, log_sums(some, axis=0))
    for loss in losses:
        for contexts, columns in loss.dominated:
            found = left[_find(names, without, columns, contexts, pairing.n_contexts)]
            if loss.positives is not None:
                found = np.logaddexp(found, loss.positives[columns])
            np.add.at(loss.total, contexts, found - loss.logs[columns])


def _unique_pairs(losses: list[Loss]) -> tuple[Places, Places]:
    """Give each column and the context it is added up without, once, in order."""
    n = max(loss.pairing.n_contexts for loss in losses)
    keys = [columns * n + contexts for loss in losses for contexts, columns in loss.dominated]
    unique = np.unique(np.concatenate(keys))
    return unique // n, unique % n


def _find(names: Places, without: Places, columns: Places, contexts: Places, n: int) -> Places:
    return np.searchsorted(names * n + without, columns * n + contexts)


def without_one(
    scores: Scores, sums: ScoreSums, clip: float, *, densities: bool
) -> dict[str, Vector]:
    """Give each bound without each context in turn, (n_contexts,), by the name of its formula."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _formulas(sums, deletions(scores, sums, clip, densities=densities))


def _formulas(sums: ScoreSums, deleted: Deleted) -> dict[str, Vector]:
    """Put together what is left without each context as ``score_bounds`` does the whole."""
    pairing = sums.pairing
    n = pairing.n_contexts
    n_left = pairing.n_samples - pairing.counts
    n_pairs = np.where(n_left > 0, n_left * (n - 2.0), np.nan)
    mean = (sums.positives.sum() - pairing.sums_by_context(sums.positives)) / n_left
    log_mean = deleted.log_total - np.log(n_pairs)
    plain = sums.plain_rows.sum() - sums.plain_rows.sum(axis=1)
    plain -= pairing.sums_by_context(sums.plain_columns.sum(axis=0))
    found = {
        "dv": mean - log_mean,
        "nwj": mean - np.exp(log_mean - 1.0),
        "tuba": 1.0 + mean - np.exp(log_mean),
        "smile": mean - (deleted.log_clipped - np.log(n_pairs)),
        "club": mean - plain / n_pairs,
    }
    for name, loss in deleted.losses.items():
        owned = loss.logs if loss.by_rows else pairing.sums_by_context(loss.logs)
        left = (loss.logs.sum() - owned + loss.total) / n_left
        n_terms = n - 1.0 if loss.positives is not None else n - 2.0
        found[name] = np.log(n_terms) + mean - left
    return found
