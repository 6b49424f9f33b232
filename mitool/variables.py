"""The gate: raw columns in, clean typed variables out. Data is checked here and trusted after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.result import Note
from mitool.tables.column import Column

Kind = Literal["continuous", "discrete", "mixed"]
Missing = Literal["drop", "error"]
Vector = NDArray[np.float64]  # (n,)
Matrix = NDArray[np.float64]  # (n, d), C order
Rows = NDArray[np.int64]  # row numbers
Codes = NDArray[np.int64]  # (n,), 0 … n_levels - 1

MAX_LEVELS = 20
ROWS_PER_LEVEL = 5
ATOM_SHARE = 0.01
ATOM_COUNT = 5


@dataclass(frozen=True, eq=False)
class Variable:
    """One or more columns taken jointly; ``values`` is float64 of shape (n, d), C order.

    A discrete column holds codes, which have no metric. ``missing`` marks the rows to be dropped
    before any estimator sees the variable (see ``complete``); None once they are gone.
    """

    names: tuple[str, ...]
    values: Matrix
    kinds: tuple[Kind, ...]
    missing: NDArray[np.bool_] | None = None
    notes: tuple[Note, ...] = ()
    _orders: dict[int, Rows] = field(default_factory=dict, repr=False)
    _memory: dict[Hashable, Any] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.values)

    @property
    def name(self) -> str:
        """The columns' names, joined by commas."""
        return ",".join(self.names)

    @property
    def n_dims(self) -> int:
        """How many columns the variable has."""
        return int(self.values.shape[1])

    @property
    def kind(self) -> Kind:
        """The kind of all columns, or mixed if they differ."""
        return self.kinds[0] if len(set(self.kinds)) == 1 else "mixed"

    @property
    def has_labels_and_numbers(self) -> bool:
        """Whether discrete columns stand beside numeric ones."""
        return "discrete" in self.kinds and set(self.kinds) != {"discrete"}

    def order(self, column: int = 0) -> Rows:
        """Give the rows of one column in ascending order of value (stable; kept)."""
        if column not in self._orders:
            self._orders[column] = np.argsort(self.values[:, column], kind="stable")
        return self._orders[column]

    @property
    def is_constant(self) -> bool:
        """Whether all rows are the same."""
        return bool((self.values == self.values[:1]).all())

    @property
    def sorted_columns(self) -> frozenset[int]:
        """Which columns' orders are known already."""
        return frozenset(self._orders)

    @cached_property
    def codes(self) -> Codes:
        """Dense codes of the joint rows: equal rows share a code, 0 … n_levels - 1."""
        if self.n_dims == 1:
            _, codes = np.unique(self.values[:, 0], return_inverse=True)
        else:
            _, codes = np.unique(self.values, axis=0, return_inverse=True)
        return codes.reshape(-1).astype(np.int64)

    @cached_property
    def n_levels(self) -> int:
        """How many different joint rows there are."""
        return int(self.codes.max()) + 1 if len(self) else 0

    def n_distinct(self, column: int = 0) -> int:
        """How many different values one column has."""
        ordered = self.values[self.order(column), column]
        return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])) if len(self) else 0

    def take(self, rows: Rows) -> Variable:
        """Give the variable on a selection of its rows, in the order given."""
        missing = None if self.missing is None else self.missing[rows]
        values = np.ascontiguousarray(self.values[rows])
        return replace(self, values=values, missing=missing, _orders={}, _memory={})

    permute = take

    def remember(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Give what was made of this variable under a key before, or make it now.

        A matrix prepares each column once in this way, and what it made lives as long as the
        column does.
        """
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]


def gather(
    columns: Sequence[Column],
    discrete: Collection[str] = (),
    continuous: Collection[str] = (),
) -> Variable:
    """Join columns of the same rows into one variable; infinite values are refused.

    ``discrete`` and ``continuous`` name the columns whose kind the user has decided.
    """
    kinds: list[Kind] = []
    notes: list[Note] = []
    for column in columns:
        _refuse_infinite(column)
        if column.name in discrete:
            kinds.append("discrete")
        elif column.name in continuous:
            kinds.append(_as_continuous(column))
        else:
            kind, note = kind_of(column)
            kinds.append(kind)
            notes += [note] if note else []
    values = np.ascontiguousarray(np.column_stack([column.values for column in columns]))
    missing = np.asarray(np.isnan(values).any(axis=1))
    names = tuple(column.name for column in columns)
    return Variable(
        names, values, tuple(kinds), missing if missing.any() else None, notes=tuple(notes)
    )


def kind_of(column: Column) -> tuple[Kind, Note | None]:
    """Give the kind of a column by the stated rule, and a note where the rule is a guess.

    Text and booleans are discrete, times continuous. Whole numbers with at most 20 levels, and at
    least 5 rows a level, are discrete. A number that more than 1 % of the rows (and more than 5)
    share is an atom: the column is mixed. All else is continuous.
    """
    if column.labels is not None:
        return "discrete", None
    levels, counts = _levels(column)
    n_present = int(counts.sum())
    few = 0 < len(levels) <= min(MAX_LEVELS, n_present / ROWS_PER_LEVEL)
    if column.origin == "number" and few and bool(np.all(levels == np.floor(levels))):
        message = (
            f"column {column.name!r} holds whole numbers with {len(levels)} levels: taken as "
            f"discrete; --continuous {column.name} takes it as a number"
        )
        return "discrete", Note("integer_as_discrete", message, (column.name,), "note")
    atoms = counts > max(ATOM_COUNT, ATOM_SHARE * n_present)
    return ("mixed" if len(levels) > 1 and atoms.any() else "continuous"), None


def _levels(column: Column) -> tuple[Vector, Codes]:
    levels, counts = np.unique(column.values[~np.isnan(column.values)], return_counts=True)
    return levels, counts


def _as_continuous(column: Column) -> Kind:
    if column.labels is not None:
        raise MitoolError(
            f"column {column.name!r} holds {column.origin} ({column.labels[0]!r} …), which cannot "
            "be continuous; leave it out of --continuous"
        )
    atoms = _levels(column)[1] > max(ATOM_COUNT, ATOM_SHARE * len(column))
    return "mixed" if atoms.any() else "continuous"


def is_identifier(column: Column) -> bool:
    """Whether a column of text names every row differently, and so tells nothing of any other."""
    if column.origin != "text":
        return False
    levels, counts = _levels(column)
    return len(levels) > 1 and len(levels) == int(counts.sum())


def _refuse_infinite(column: Column) -> None:
    n_infinite = int(np.count_nonzero(np.isinf(column.values)))
    if n_infinite:
        raise MitoolError(
            f"column {column.name!r} has {n_infinite} infinite of {len(column)} values; "
            "remove them or mark them as missing with --na"
        )


def complete(*variables: Variable, missing: Missing = "drop") -> tuple[tuple[Variable, ...], int]:
    """Drop the rows that are missing in any of the variables; give the rest and how many went."""
    lengths = {len(variable) for variable in variables}
    if len(lengths) > 1:
        found = ", ".join(f"{v.name!r} has {len(v)}" for v in variables)
        raise MitoolError(f"variables must have the same number of rows, but {found}")
    masks = [v.missing for v in variables if v.missing is not None]
    if not masks:
        return variables, 0
    dropped = np.asarray(np.logical_or.reduce(masks))
    n_dropped = int(np.count_nonzero(dropped))
    if missing == "error":
        names = ", ".join(repr(v.name) for v in variables if v.missing is not None)
        raise MitoolError(
            f"{n_dropped} of {len(dropped)} rows have a missing value in {names}; "
            "use --missing drop to leave them out"
        )
    rows = np.flatnonzero(~dropped)
    return tuple(replace(v.take(rows), missing=None) for v in variables), n_dropped
