"""Tables larger than memory: estimates from what adds up over batches of rows."""

from __future__ import annotations

import numpy as np

from mitool.diagnostics import constant, size_notes, table_notes
from mitool.errors import MitoolError, attempt
from mitool.estimators.auto import BY_HAND
from mitool.estimators.streamed import Streaming
from mitool.measure.description import described, failed
from mitool.measure.method import Method, check
from mitool.measure.normalize import normalized
from mitool.measure.settings import Settings
from mitool.result import Estimate, Note
from mitool.streaming.pair import Pair
from mitool.streaming.passes import Stream
from mitool.streaming.streamable import check_auto, first_counts, fitting
from mitool.variables import Variable
from mitool.variables.repeats import repeat_notes
from mitool.variables.sentinels import sentinels_among

__all__ = ["Stream", "check_auto", "first_counts", "streamed", "streamed_one_of_many"]


def streamed_one_of_many(stream: Stream, x: Variable, y: Variable, settings: Settings) -> Estimate:
    """Estimate one pair of many: what cannot be estimated is a failed estimate that says why."""

    def refused(error: MitoolError) -> Estimate:
        n_used = stream.n_complete(x, y)
        n_rows = n_used, stream.n_rows - n_used
        return failed(x, y, None, settings, str(error), n_rows)

    return attempt(lambda: streamed(stream, x, y, settings), refused)


def streamed(stream: Stream, x: Variable, y: Variable, settings: Settings) -> Estimate:
    """Estimate I(X;Y) of variables of a surveyed stream, as ``measure`` does of those in memory."""
    pair = Pair(stream, x, y, settings.missing)
    sides = _with_few_rows(pair) if settings.estimator == "auto" else (x, y)
    method = Method.chosen(*sides, None, settings)
    _check(method, pair)
    estimator = method.estimator
    assert isinstance(estimator, Streaming)  # ensured by ``first_counts`` and ``check_auto``
    value = estimator.streamed(pair)
    notes = [*method.notes(), *_notes(pair)]
    if estimator.family == "counts":
        notes += table_notes(x, y, pair.n_used, value.facts)
    n_rows = pair.n_used, pair.n_dropped
    estimate = described(method, x, y, None, value, (*notes, *value.notes), n_rows)
    return normalized(estimate, settings.normalize, pair.margins)


def _check(method: Method, pair: Pair) -> None:
    """Refuse an estimator that is not valid for a pair; rows that are missing come first."""
    try:
        check(method, pair.x, pair.y, None, fitting)
    except MitoolError:
        pair.note_used(pair.stream.n_complete(pair.x, pair.y))
        raise


def _with_few_rows(pair: Pair) -> tuple[Variable, Variable]:
    """Give x and y, with their complete rows where these are so few that their number matters."""
    x, y, d = pair.x, pair.y, pair.x.n_dims
    levels = [pair.stream.surveys[name].n_distinct for name in (*x.names, *y.names)]
    if {x.kind, y.kind} != {"discrete"} or max(n or BY_HAND for n in levels) >= BY_HAND:
        return x, y
    cells = pair.stream.cells((*x.names, *y.names)).complete()
    if cells.n >= BY_HAND:
        return x, y
    rows = np.repeat(cells.rows, cells.counts, axis=0)
    first, second = (np.ascontiguousarray(side) for side in np.hsplit(rows, [d]))
    return x.with_values(first), y.with_values(second)


def _notes(pair: Pair) -> list[Note]:
    """What the survey shows of the columns; the order of rows is not looked at.

    Nor are sentinels among more numbers than are counted one by one.
    """
    notes: list[Note] = []
    constants = _constants(pair)
    for variable in (pair.x, pair.y):
        notes += variable.notes
        for name, kind in zip(variable.names, variable.kinds, strict=True):
            survey = pair.stream.surveys[name]
            n_distinct, numbers = survey.n_distinct, survey.numbers
            declared = name in pair.stream.declared[0]
            if numbers and survey.origin == "number" and not (survey.has_many or declared):
                notes += sentinels_among(name, numbers.values, numbers.counts)
            if numbers and n_distinct is not None and kind != "discrete":
                notes += repeat_notes(name, n_distinct, numbers.n_present)
            if name in constants:
                notes.append(constant(name))
    return [*notes, *size_notes(pair.n_used)]


def _constants(pair: Pair) -> set[str]:
    """Name the columns that have one value in all rows used; most pairs need no look at rows."""
    names = [*pair.x.names, *pair.y.names]
    if all(pair.stream.surveys[name].n_most < pair.n_used for name in names):
        return set()
    varies = pair.extremes.varies.tolist()
    return {name for name, does_vary in zip(names, varies, strict=True) if not does_vary}
