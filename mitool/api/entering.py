"""What enters by a public function, and what its caller is warned of."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from mitool.api.arguments import shown
from mitool.choices import Order, Threads
from mitool.errors import MitoolWarning, UsageError
from mitool.limits import n_threads
from mitool.parallel import ROWS_PER_SLICE, threads_inside
from mitool.report import Run
from mitool.result import Note
from mitool.result.wording import warnings_among
from mitool.tables import Column, Table, from_python
from mitool.tables.columnspecs import select
from mitool.variables import Variable, gather_each
from mitool.variables.drifting import Steadying
from mitool.variables.identifiers import refuse_identifiers
from mitool.variables.tablecolumns import named

Item = TypeVar("Item")
Follow = Callable[[Iterable[Item], int, str], Iterable[Item]]

Columns = str | Iterable[Any]
"""Columns as a user names them: a COLS expression, or several of them."""

Decided = tuple[frozenset[str], frozenset[str]]
"""The columns whose kind the user decides: the discrete, and the continuous."""


def warn_of(notes: Sequence[Note], run: Run | None = None) -> None:
    """Raise the warnings among some notes at the line that called the public function.

    That is three calls up: past the function, and past its ``door``. A run keeps all for its
    report.
    """
    if run is not None:
        run.note(notes)
    for note in warnings_among(notes):
        warnings.warn(MitoolWarning(note.code, note.message), stacklevel=4)


NAMING = ("groups", "by")
"""Arguments that say which rows are of one kind, and may name each differently."""


def variables_of(
    named: Mapping[str, Any],
    discrete: Columns = (),
    continuous: Columns = (),
    n_jobs: Threads | None = 1,
) -> dict[str, Variable]:
    """Take each argument that is given as one variable, its columns joint, a thread each."""
    given = {name: data for name, data in named.items() if data is not None}
    columns = {name: columns_of(data, name) for name, data in given.items()}
    n_rows = len(next(iter(columns.values()))[0])
    with threads_inside(threads(n_jobs, n_rows, repeats=False)):
        return gathered(columns, discrete, continuous)


def gathered(
    columns: Mapping[str, Sequence[Column]], discrete: Columns, continuous: Columns
) -> dict[str, Variable]:
    """Make a variable of the columns of each argument; all have the same rows."""
    labels, numbers = declared(columns, discrete, continuous)
    for name, some in columns.items():
        if name not in NAMING:
            refuse_identifiers(some, labels)
    variables = gather_each(list(columns.values()), labels, numbers)
    return dict(zip(columns, variables, strict=True))


def columns_of(data: Any, name: str) -> list[Column]:
    """Read all columns of what a user gives as an argument; a series keeps its own name."""
    own = getattr(data, "name", None) if hasattr(data, "to_frame") else None
    table = from_python(data, name if own is None else str(own))
    return table.read(table.names)


def declared(
    columns: Mapping[str, Sequence[Column]], discrete: Columns, continuous: Columns
) -> Decided:
    """Find the columns whose kind is decided, by their names or by that of their argument."""
    groups = {name: [column.name for column in some] for name, some in columns.items()}
    known = list(dict.fromkeys(name for names in groups.values() for name in names))
    return decided_among(known, groups, discrete, continuous)


def decided_among(
    known: Sequence[str],
    groups: Mapping[str, Sequence[str]],
    discrete: Columns,
    continuous: Columns,
) -> Decided:
    """Find the columns whose kind is decided among those known; no column can be both."""
    labels, numbers = (
        frozenset(n for spec in specs_of(c, kind) for n in select(spec, known, "the data", groups))
        for kind, c in (("discrete", discrete), ("continuous", continuous))
    )
    for name in sorted(labels & numbers):
        raise UsageError(f"column {name!r} cannot be both discrete and continuous")
    return labels, numbers


def specs_of(columns: Columns, argument: str = "columns") -> list[str]:
    """Give the expressions that name columns; a name that is no text is taken for one."""
    if isinstance(columns, str):
        return [columns]
    if not isinstance(columns, Iterable):
        raise UsageError(
            f"{argument} must be the name of a column or a list of names, got {shown(columns)}"
        )
    return [str(name) for name in columns]


def chosen(table: Table, columns: Columns, argument: str = "columns") -> list[str]:
    """Give the names of the columns of a table that a user names, each once."""
    return named(table, specs_of(columns, argument))


def threads(n_jobs: Threads | None, n_rows: int, *, repeats: bool) -> int:
    """Give the number of threads, as ``-j`` does.

    What was granted is looked up only where threads have work: it takes longer than an estimate
    of few rows.
    """
    if n_jobs is None and not repeats and n_rows < 2 * ROWS_PER_SLICE:
        return 1
    return n_threads(n_jobs)


def follow(progress: bool) -> Follow[Any]:
    """Give a function that passes items on, and shows how far it is if progress is wanted."""
    if not progress:
        return lambda items, total, what: items
    from mitool.report.progress import followed  # the room of reports takes 0.02 s

    return followed


def in_view(progress: bool, act: Callable[[], Item], what: str) -> Item:
    """Call ``act``, and show when it has returned if progress is wanted."""
    (result,) = [begin() for begin in follow(progress)([act], 1, what)]
    return result  # type: ignore[no-any-return]


def order_of(order: Order, *, in_time: bool) -> Order:
    """Rows of lags or of a transfer are times, unless something else is said."""
    return "time" if in_time and order == "auto" else order


def steadying_of(order: Order, difference: bool, detrend: int | None) -> Steadying:
    """Give what is done to rows in time before anything else."""
    return Steadying.of_rows(order, difference, detrend)
