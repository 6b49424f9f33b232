"""Which estimators add up over batches of rows, and what to say where one does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mitool.errors import MitoolError, UsageError
from mitool.estimators import load, names
from mitool.estimators.streamed import Count, Streaming
from mitool.limits import free_memory
from mitool.measure.method import Method, chosen_by_auto, takes
from mitool.measure.settings import Settings
from mitool.streaming.passes import Names
from mitool.tables import Table
from mitool.variables import Variable


def first_counts(settings: Iterable[Settings], table: Table, columns: Names) -> list[Count]:
    """Give what the first pass is to count; refuse an estimator that needs all rows at once.

    Of ``auto`` neither is known yet.
    """
    counts = (count for one in settings for count in _first_counts(one, table, columns))
    return list(dict.fromkeys(counts))


def _first_counts(settings: Settings, table: Table, columns: Names) -> tuple[Count, ...]:
    if settings.reduce is not None:
        raise UsageError("--reduce needs all rows at once; leave out --stream")
    if settings.estimator == "auto":
        return ()
    estimator, name = settings.named, settings.estimator
    how = settings.transform or estimator.default_transform
    if isinstance(estimator, Streaming) and how == "none":
        return estimator.first_counts()
    others = _streamable()
    what = f"{name} with --transform {how} needs" if name in others else f"{name} needs"
    raise _cannot_stream(what, table, columns, others)


def check_auto(
    settings: Iterable[Settings], pairs: Sequence[tuple[Variable, Variable]], table: Table
) -> None:
    """Refuse ``auto`` where what it takes for some of the pairs needs all rows at once."""
    for one in settings:
        if one.estimator != "auto":
            continue
        taken = {(x, y): Method.chosen(x, y, None, one) for x, y in pairs}
        wrong = {pair: m for pair, m in taken.items() if not isinstance(m.estimator, Streaming)}
        if wrong:
            refused = sorted({method.name for method in wrong.values()})
            columns = dict.fromkeys(name for x, y in pairs for name in (*x.names, *y.names))
            others = [n for n in _streamable() if all(takes(load(n), x, y) for x, y in wrong)]
            needs = "needs" if len(refused) == 1 else "need"
            what = f"{' and '.join(refused)}, which auto takes here, {needs}"
            raise _cannot_stream(what, table, list(columns), others)


def fitting(x: Variable, y: Variable, given: Variable | None) -> str:
    """Name an estimator of batches that takes these variables: that of ``auto``, if it is one."""
    fit = [name for name in _streamable() if takes(load(name), x, y)]
    chosen = chosen_by_auto(x, y, given)
    return chosen if chosen in fit else fit[0]


def _streamable() -> list[str]:
    return [name for name in names() if issubclass(load(name), Streaming)]


def _cannot_stream(what: str, table: Table, columns: Names, others: Sequence[str]) -> MitoolError:
    """Say that it takes all rows at once, how much memory that is, and what to do."""
    needed = table.bytes_when_read(columns)
    fits = needed <= free_memory()
    remedy = "leave out --stream" if fits else "use --sample N instead, which takes fewer,"
    return MitoolError(
        f"{what} all rows at once, about {max(needed / 1e6, 1):,.0f} MB; {remedy} or take one "
        f"that can stream: -e {', '.join(others)}"
    )
