"""What kind of values a column holds: the stated rule, and the user's word above it."""

from __future__ import annotations

from collections.abc import Collection
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.tables.column import Column, Origin

Kind = Literal["continuous", "discrete", "mixed"]
Vector = NDArray[np.float64]  # (n,)
Counts = NDArray[np.int64]  # (n_levels,)

NO_LEVELS: tuple[Vector, Counts] = np.empty(0), np.empty(0, dtype=np.int64)
"""The levels of labels, which are not looked at."""

MAX_LEVELS = 20
ROWS_PER_LEVEL = 5
ATOM_SHARE = 0.01
ATOM_COUNT = 5


def decided_kind(
    column: Column,
    levels: tuple[Vector, Counts],
    discrete: Collection[str],
    continuous: Collection[str],
) -> tuple[Kind, Note | None]:
    """Give the kind the user has decided on, or else that of the rule.

    ``levels`` are the different values of a column and how often each occurs; of labels they are
    not looked at.
    """
    if column.name in discrete:
        return "discrete", None
    if column.name in continuous:
        refuse_labels(column)
        return _numeric_kind(levels[1]), None
    return kind_of(column, levels)


def kind_of(column: Column, levels: tuple[Vector, Counts]) -> tuple[Kind, Note | None]:
    """Give the kind of a column by the stated rule, and a note where the rule is a guess.

    Text and booleans are discrete, times continuous. Whole numbers with at most 20 levels, and at
    least 5 rows a level, are discrete, as are those of two levels of which one repeats, however
    few the rows. A number that more than 1 % of the rows (and more than 5)
    share is an atom: the column is mixed. All else is continuous.
    """
    if column.labels is not None:
        return "discrete", None
    return kind_of_levels(column.name, column.origin, *levels)


def kind_of_levels(
    name: str, origin: Origin, levels: Vector, counts: Counts
) -> tuple[Kind, Note | None]:
    """Apply the rule to the different values of a column that is not labels."""
    n_present = int(counts.sum())
    few = 0 < len(levels) <= min(MAX_LEVELS, n_present / ROWS_PER_LEVEL)
    few = few or len(levels) == 2 < n_present  # 0 and 1 in a table made by hand
    if origin == "number" and few and bool(np.all(levels == np.floor(levels))):
        note = note_of("integer_as_discrete", (name,), name=name, n_levels=len(levels))
        return "discrete", note
    return _numeric_kind(counts), None


def levels_of(ordered: Vector) -> tuple[Vector, Counts]:
    """Different values and how often each occurs, from values in ascending order, NaN last."""
    present = ordered[: ordered.searchsorted(np.nan)]
    is_first = np.ones(len(present), dtype=np.bool_)
    np.not_equal(present[1:], present[:-1], out=is_first[1:])
    if is_first.all():  # as most measurements do: no lists of where they begin
        return present, np.ones(len(present), dtype=np.int64)
    starts = is_first.nonzero()[0]
    counts = np.empty(len(starts), dtype=np.int64)
    counts[:-1] = starts[1:] - starts[:-1]
    counts[-1:] = len(present) - starts[-1:]
    return present[starts], counts


def _numeric_kind(counts: Counts) -> Kind:
    if len(counts) < 2:
        return "continuous"
    return "mixed" if counts.max() > most_without_atom(counts.sum()) else "continuous"


def most_without_atom(n_present: int) -> float:
    """How many of so many rows may share a number before it is an atom."""
    return max(ATOM_COUNT, ATOM_SHARE * n_present)


def refuse_labels(column: Column) -> None:
    """Raise where a column that the user calls continuous holds labels."""
    if column.labels is not None:
        raise MitoolError(
            f"column {column.name!r} holds {column.origin} ({column.labels[0]!r} …), which cannot "
            "be continuous; leave it out of --continuous"
        )


def refuse_infinite(column: Column, ordered: Vector) -> None:
    """Raise where a column, whose values ascend, missing ones last, holds infinite ones."""
    if not len(ordered) or (isfinite(ordered[0]) and isfinite(ordered[-1])):
        return
    n_missing = len(ordered) - int(np.searchsorted(ordered, np.nan))
    n_finite = np.searchsorted(ordered, np.inf) - np.searchsorted(ordered, -np.inf, side="right")
    n_infinite = len(ordered) - n_missing - int(n_finite)
    if n_infinite:
        raise infinite(column.name, n_infinite, len(column))


def infinite(name: str, n_infinite: int, n_rows: int) -> MitoolError:
    """Say that a column holds infinite values, and what to do about them."""
    return MitoolError(
        f"column {name!r} has {n_infinite} infinite of {n_rows} values; "
        "remove them or mark them as missing with --na"
    )
