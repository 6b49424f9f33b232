"""The gate: raw columns in, clean typed variables out. Data is checked here and trusted after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
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
    _orders: dict[int, Rows] = field(default_factory=dict, repr=False)

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
        return Variable(self.names, np.ascontiguousarray(self.values[rows]), self.kinds, missing)

    permute = take


def kind_of(column: Column) -> tuple[Kind, str | None]:
    """Give the kind of a column by the stated rule, and a note where the rule is a guess."""
    if column.origin in ("text", "bool"):
        return "discrete", None
    present = column.values[~np.isnan(column.values)]
    if not len(present) or column.origin == "time":
        return "continuous", None
    levels, counts = np.unique(present, return_counts=True)
    few = len(levels) <= min(MAX_LEVELS, len(present) / ROWS_PER_LEVEL)
    if few and bool(np.all(np.isfinite(levels) & (levels == np.floor(levels)))):
        return "discrete", f"whole numbers with {len(levels)} levels"
    atoms = counts > max(ATOM_COUNT, ATOM_SHARE * len(present))
    return ("mixed" if atoms.any() else "continuous"), None


def gather(columns: Sequence[Column], kinds: Sequence[Kind]) -> Variable:
    """Join columns of the same rows into one variable; infinite values are refused."""
    for column in columns:
        n_infinite = int(np.count_nonzero(np.isinf(column.values)))
        if n_infinite:
            raise MitoolError(
                f"column {column.name!r} has {n_infinite} infinite of {len(column)} values; "
                "remove them or mark them as missing with --na"
            )
    values = np.column_stack([column.values for column in columns])
    missing = np.asarray(np.isnan(values).any(axis=1))
    return Variable(
        tuple(column.name for column in columns),
        np.ascontiguousarray(values, dtype=np.float64),
        tuple(kinds),
        missing if missing.any() else None,
    )


def complete(*variables: Variable, missing: Missing = "drop") -> tuple[tuple[Variable, ...], int]:
    """Drop the rows that are missing in any of the variables; give the rest and how many went."""
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
    kept = (v.take(rows) for v in variables)
    return tuple(Variable(v.names, v.values, v.kinds) for v in kept), n_dropped
