"""From the columns of a table to the batch of a matrix: which columns, which pairs."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mitool.limits import free_memory
from mitool.measure.settings import Settings
from mitool.result import Note
from mitool.tables import Table
from mitool.tasks.pairs import chosen_pairs
from mitool.tasks.work import PairBatch
from mitool.uncertainty import Uncertainty
from mitool.variables.tablecolumns import variables_of

SHARE_KEPT = 0.5  # of the free memory, for what estimators prepare of the columns


def planned(
    table: Table,
    columns: Sequence[str],
    against: Sequence[str] | None,
    settings: Sequence[Settings],
    uncertainty: Uncertainty | None = None,
    decided: tuple[Collection[str], Collection[str]] = ((), ()),
) -> tuple[PairBatch, list[Note]]:
    """Plan all pairs of ``columns``, or each of them with each of ``against``.

    ``decided`` holds the columns whose kind the user has decided: the discrete, the continuous.
    Columns that tell nothing are left out, and the notes say which and why.
    """
    names = list(dict.fromkeys([*columns, *(against or ())]))
    variables, notes = variables_of(table.read(names), *decided)
    kept = [variable.name for variable in variables]
    pairs = chosen_pairs(kept, columns, against, table.label, notes)
    budget = SHARE_KEPT * free_memory()
    batch = PairBatch(
        tuple(variables), pairs, tuple(settings), uncertainty or Uncertainty(), budget
    )
    return batch, notes
