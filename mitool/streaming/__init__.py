"""Tables larger than memory: estimates from what adds up over batches of rows."""

from __future__ import annotations

from dataclasses import replace

from mitool.diagnostics import constant, size_notes, table_notes, ties
from mitool.errors import MitoolError
from mitool.estimators import load, names
from mitool.estimators.base import Streaming
from mitool.measurement import Method, Settings, check, described
from mitool.normalization import normalized
from mitool.result import Estimate, Note
from mitool.streaming.passes import Names, Pair, Stream

__all__ = ["Stream", "streamed", "streaming_names"]


def streamed(stream: Stream, names_x: Names, names_y: Names, settings: Settings) -> Estimate:
    """Estimate I(X;Y) of columns of a surveyed stream, as ``measure`` does of those in memory.

    Where ``auto`` chooses, or an estimator is named, that needs all rows at once, it says so.
    """
    x, y = stream.variable(names_x), stream.variable(names_y)
    method = Method.chosen(x, y, None, settings)
    check(method, x, y, None)
    estimator = method.estimator
    if not isinstance(estimator, Streaming) or method.transform != "none":
        raise MitoolError(cannot_stream(stream, method, (*names_x, *names_y)))
    pair = Pair(stream, x, y, settings.missing)
    value = estimator.streamed(pair)
    notes = [*method.notes(), *_notes(pair)]
    if estimator.family == "counts":
        notes += table_notes(x, y, pair.n_used, value.facts)
    found = replace(
        described(method, x, y, None, value),
        notes=(*notes, *value.notes),
        n_used=pair.n_used,
        n_dropped=pair.n_dropped,
    )
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


def streaming_names() -> list[str]:
    """Name the estimators that can stream."""
    return [name for name in names() if issubclass(load(name), Streaming)]


def cannot_stream(stream: Stream, method: Method, columns: Names) -> str:
    """Say that a method needs all rows at once, how much memory that takes, and what to do."""
    what = method.name
    if isinstance(method.estimator, Streaming):
        what += f" with --transform {method.transform}"
    needed = stream.table.bytes_when_read(columns) / 1e6
    return (
        f"{what} needs all rows at once, about {needed:,.0f} MB here; --sample N takes fewer, "
        f"and {', '.join(streaming_names())} can stream"
    )
