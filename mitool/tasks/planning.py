"""From the columns of a table to the work of a matrix: which columns, which pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mitool.errors import MitoolError
from mitool.limits import free_memory
from mitool.measurement import Settings
from mitool.result import Note
from mitool.tables import Table
from mitool.tasks.columns import variables_of
from mitool.tasks.pairs import Pairs
from mitool.tasks.work import Work
from mitool.uncertainty import Uncertainty

SHARE_KEPT = 0.5  # of the free memory, for what estimators prepare of the columns


def planned(
    table: Table,
    columns: Sequence[str],
    against: Sequence[str] | None,
    settings: Sequence[Settings],
    uncertainty: Uncertainty | None = None,
    decided: tuple[Collection[str], Collection[str]] = ((), ()),
) -> tuple[Work, list[Note]]:
    """Plan all pairs of ``columns``, or each of them with each of ``against``.

    ``decided`` holds the columns whose kind the user has decided: the discrete, the continuous.
    Columns that tell nothing are left out, and the notes say which and why.
    """
    names = list(dict.fromkeys([*columns, *(against or ())]))
    variables, notes = variables_of(table.read(names), *decided)
    number = {variable.name: place for place, variable in enumerate(variables)}
    first, second = (
        None if chosen is None else tuple(number[name] for name in chosen if name in number)
        for chosen in (columns, against)
    )
    pairs = Pairs(first or (), second)
    if not len(pairs):
        left_out = "; ".join(note.message for note in notes)
        raise MitoolError(
            f"no pair of columns to estimate in {table.label}: a matrix needs at least two "
            f"columns that differ{'; ' + left_out if left_out else ''}"
        )
    budget = SHARE_KEPT * free_memory()
    work = Work(tuple(variables), pairs, tuple(settings), uncertainty or Uncertainty(), budget)
    return work, notes
