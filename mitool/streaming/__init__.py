"""Tables larger than memory: estimates from what adds up over batches of rows."""

from __future__ import annotations

from mitool.description import described, failed
from mitool.diagnostics import constant, size_notes, table_notes, ties
from mitool.errors import MitoolError, UsageError
from mitool.estimators import load, names
from mitool.estimators.base import Count, Streaming
from mitool.estimators.parameters import create
from mitool.limits import free_memory
from mitool.method import Method, Settings, check
from mitool.normalization import normalized
from mitool.result import Estimate, Note
from mitool.streaming.passes import Names, Pair, Stream
from mitool.tables import Table
from mitool.variables import Variable

__all__ = ["Stream", "counts_of", "streamed"]


def streamed(
    stream: Stream, x: Variable, y: Variable, settings: Settings, *, alone: bool = True
) -> Estimate:
    """Estimate I(X;Y) of variables of a surveyed stream, as ``measure`` does of those in memory.

    One of many that cannot be estimated is a failed estimate that says why.
    """
    try:
        return _estimated(stream, x, y, settings)
    except UsageError:
        raise
    except MitoolError as error:
        if alone:
            raise
        return failed(x, y, None, settings, str(error))


def counts_of(settings: Settings, table: Table, columns: Names) -> tuple[Count, ...]:
    """Give what the first pass is to count; refuse an estimator that needs all rows at once.

    Of ``auto`` neither is known yet.
    """
    if settings.estimator == "auto":
        return ()
    estimator = create(settings.estimator, settings.params)
    how = settings.transform or estimator.default_transform
    if not isinstance(estimator, Streaming) or how != "none":
        raise cannot_stream(settings.estimator, how, table, columns)
    return estimator.first_counts()


def _estimated(stream: Stream, x: Variable, y: Variable, settings: Settings) -> Estimate:
    method = Method.chosen(x, y, None, settings)
    check(method, x, y, None)
    estimator = method.estimator
    if not isinstance(estimator, Streaming) or method.transform != "none":
        raise cannot_stream(method.name, method.transform, stream.table, (*x.names, *y.names))
    pair = Pair(stream, x, y, settings.missing)
    value = estimator.streamed(pair)
    notes = [*method.notes(), *_notes(pair)]
    if estimator.family == "counts":
        notes += table_notes(x, y, pair.n_used, value.facts)
    n_rows = pair.n_used, pair.n_dropped
    found = described(method, x, y, None, value, (*notes, *value.notes), n_rows)
    return normalized(found, settings.normalize)


def _notes(pair: Pair) -> list[Note]:
    """What the survey shows of the columns; the order of rows is not looked at."""
    notes: list[Note] = []
    for variable in (pair.x, pair.y):
        notes += variable.notes
        for name, kind in zip(variable.names, variable.kinds, strict=True):
            n_distinct = pair.stream.surveys[name].n_distinct
            if n_distinct == 1:
                notes.append(constant(name))
            elif n_distinct is not None and kind != "discrete":
                notes += ties(name, n_distinct, pair.n_used)
    return [*notes, *size_notes(pair.n_used)]


def cannot_stream(name: str, transform: str, table: Table, columns: Names) -> MitoolError:
    """Say that a method needs all rows at once, how much memory that takes, and what to do."""
    able = [other for other in names() if issubclass(load(other), Streaming)]
    what = f"{name} with --transform {transform}" if name in able else name
    needed = table.bytes_when_read(columns)
    fits = needed <= free_memory()
    remedy = "leave out --stream" if fits else "use --sample N instead, which takes fewer,"
    return MitoolError(
        f"{what} needs all rows at once, about {max(needed / 1e6, 1):,.0f} MB here; {remedy} "
        f"or take one that can stream: -e {', '.join(able)}"
    )
