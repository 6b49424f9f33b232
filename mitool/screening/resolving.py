"""How far the order of the best columns is settled, with no more resamples than that takes.

The columns meet on the same halves of the rows, so that the noise they share cancels in their
difference. Pairs that are apart drop out; only columns whose place is still open are resampled
again, as in the evaluation of programs under noise.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from mitool.errors import UsageError
from mitool.inference.bounds import student_quantile
from mitool.inference.resampling import half
from mitool.parallel import ordered_map
from mitool.screening.plan import Plan
from mitool.screening.question import Question
from mitool.screening.ranking import Place
from mitool.seeds import stream
from mitool.uncertainty.uncertainty import DEFAULT_LEVEL
from mitool.variables import Matrix, Rows, Variable

ROUND = 10
MAX_RESAMPLES = 100
UNRESOLVED = (None, None)


def resolved(
    columns: Sequence[Variable], question: Question, places: Sequence[Place], plan: Plan
) -> Mapping[int, tuple[int, int]]:
    """Give the lowest and highest rank that each of the top columns may have, by its number."""
    if plan.resolve_top is None:
        return {}
    if question.settings.steadying:
        raise UsageError(
            "--resolve-top draws rows out of their order; leave out --difference, --detrend"
        )
    standing = [place for place in places if place.score is not None]
    n_top, level = min(plan.resolve_top, len(standing)), question.uncertainty.level
    scores = np.array([place.score for place in standing], dtype=np.float64)
    limit = question.uncertainty.n_resamples or MAX_RESAMPLES
    estimates = np.full((len(standing), limit), np.nan)
    open_, n_done = np.arange(len(standing)), 0
    apart = np.zeros((n_top, len(standing)), dtype=bool)
    while len(open_) > 1 and n_done < limit:
        halves = _halves(question, range(n_done, min(n_done + ROUND, limit)))
        chosen = [columns[standing[i].column] for i in open_]
        estimates[open_, n_done : n_done + len(halves)] = _on_halves(chosen, question, halves)
        n_done += len(halves)
        apart |= _apart(scores, estimates[:, :n_done], n_top, level or DEFAULT_LEVEL)
        open_ = _still_open(apart)
    above = np.arange(len(standing)) < np.arange(n_top)[:, None]
    low = 1 + np.count_nonzero(apart & above, axis=1)
    high = len(standing) - np.count_nonzero(apart & ~above, axis=1)
    return {standing[i].column: (int(low[i]), int(high[i])) for i in range(n_top)}


def _halves(question: Question, numbers: Iterable[int]) -> list[Rows]:
    units, seed = question.units, question.settings.seed
    return [half(units, stream(seed, "screen halves", number)) for number in numbers]


def _on_halves(columns: Sequence[Variable], question: Question, halves: Sequence[Rows]) -> Matrix:
    """Estimates (n_columns, n_halves), every column on the same halves."""
    questions = [question.estimates_only().on(rows) for rows in halves]

    def replicates(column: Variable) -> list[float]:
        pairs = zip(questions, halves, strict=True)
        return [on_half.measurement(column.take(rows)).value.mi for on_half, rows in pairs]

    return np.array(list(ordered_map(replicates, columns, question.n_jobs)))


def _apart(scores: Matrix, estimates: Matrix, n_top: int, level: float) -> np.ndarray:
    """Which of the top differ from which column, (n_top, n); Bonferroni over all those pairs."""
    n_columns, n_done = estimates.shape
    n_pairs = max(1, n_top * (n_columns - 1))
    width = student_quantile(1.0 - (1.0 - level) / n_pairs, n_done - 1)
    difference = np.abs(scores[:n_top, None] - scores)
    spread = (estimates[:n_top, None] - estimates).std(axis=2, ddof=1)
    return np.asarray(difference > width * spread)


def _still_open(apart: np.ndarray) -> Rows:
    """Columns in a pair that is not settled: of the top, or close to one of them."""
    n_top, n_columns = apart.shape
    pending = ~apart & (np.arange(n_columns) != np.arange(n_top)[:, None])
    of_top = np.flatnonzero(pending.any(axis=1))
    return np.union1d(of_top, np.flatnonzero(pending.any(axis=0)))
