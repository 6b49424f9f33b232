"""Which of two compared numbers is the first, and which the second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mitool.result import Estimate
from mitool.result.codes import note_of
from mitool.tables.column import Column


def level_names(columns: Sequence[Column]) -> tuple[str, ...]:
    """Name two groups by what the column of groups holds; several columns have no names."""
    if len(columns) > 1:
        return ()
    (column,) = columns
    present = sorted(set(column.values[column.values == column.values].tolist()))
    return tuple(column.labels[int(v)] if column.labels else column.number(v) for v in present)


def named(difference: Estimate, names: Sequence[str]) -> Estimate:
    """Add a note of which is the first and which the second."""
    if len(names) != 2 or difference.status == "failed":
        return difference
    first, second = names
    estimand = difference.estimand.removesuffix("_difference")
    note = note_of("compared", (first, second), quantity=estimand, first=first, second=second)
    return replace(difference, notes=(*difference.notes, note))
