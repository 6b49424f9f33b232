"""The gate: raw columns in, clean typed variables out. Data is checked here and trusted after."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import MitoolError
from mitool.kinds import Kind, Vector, decided_kind, is_identifier
from mitool.once import once
from mitool.result import Note
from mitool.tables.column import Column

Missing = Literal["drop", "error"]
Matrix = NDArray[np.float64]  # (n, d), C order
Rows = NDArray[np.int64]  # row numbers
Order = NDArray[np.signedinteger[Any]]  # row numbers, as narrow as they fit
Codes = NDArray[np.int64]  # (n,), 0 … n_levels - 1

COMPLETE = "complete"
MOST_MASKS = 2


__all__ = [
    "Codes",
    "Kind",
    "Matrix",
    "Missing",
    "Order",
    "Rows",
    "Variable",
    "Vector",
    "ascending",
    "complete",
    "digest_of",
    "gather",
    "is_identifier",
]


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
    _orders: dict[int, Order] = field(default_factory=dict, repr=False)
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
        if len(self.kinds) == 1:  # asked several times a pair, in matrices of millions
            return self.kinds[0]
        return self.kinds[0] if len(set(self.kinds)) == 1 else "mixed"

    @property
    def has_labels_and_numbers(self) -> bool:
        """Whether discrete columns stand beside numeric ones."""
        return "discrete" in self.kinds and set(self.kinds) != {"discrete"}

    def order(self, column: int = 0) -> Order:
        """Give the rows of one column in ascending order of value (kept)."""
        found = self._orders.get(column)
        if found is None:
            found = self._orders[column] = ascending(self.values[:, column])
        return found

    @property
    def is_constant(self) -> bool:
        """Whether all rows are the same."""
        return bool(self.remember("constant", lambda: (self.values == self.values[:1]).all()))

    @property
    def sorted_columns(self) -> frozenset[int]:
        """Which columns' orders are known already."""
        return frozenset(self._orders)

    @once
    def codes(self) -> Codes:
        """Dense codes of the joint rows: equal rows share a code, 0 … n_levels - 1."""
        if self.n_dims == 1:
            _, codes = np.unique(self.values[:, 0], return_inverse=True)
        else:
            _, codes = np.unique(self.values, axis=0, return_inverse=True)
        return codes.reshape(-1).astype(np.int64)

    @once
    def n_levels(self) -> int:
        """How many different joint rows there are."""
        return int(self.codes.max()) + 1 if len(self) else 0

    def n_distinct(self, column: int = 0) -> int:
        """How many different values one column has (kept)."""
        found: int = self.remember(("n_distinct", column), lambda: self._count_distinct(column))
        return found

    def _count_distinct(self, column: int) -> int:
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
        try:
            return self._memory[key]
        except KeyError:
            made = self._memory[key] = make()
            return made

    @property
    def n_remembered(self) -> int:
        """How many things are kept with the variable: orders, and what ``remember`` made."""
        on_complete: dict[bytes, Variable] = self._memory.get(COMPLETE, {})
        nested = sum(variable.n_remembered for variable in list(on_complete.values()))
        return len(self._orders) + len(self._memory) + len(on_complete) + nested

    @property
    def remembered(self) -> tuple[Mapping[int, Order], Mapping[Hashable, Any]]:
        """What is kept with the variable."""
        return self._orders, self._memory

    def forget(self) -> None:
        """Drop what is kept with the variable; it is made anew when next needed."""
        self._orders.clear()
        self._memory.clear()


def ascending(values: Vector) -> Order:
    """Give the places of values (n,) in ascending order, in 32 bits where they suffice.

    Equal values stand in no particular order: a stable sort takes three times as long.
    """
    order = np.argsort(values)
    return order.astype(np.int32) if len(order) <= np.iinfo(np.int32).max else order


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
    orders: dict[int, Order] = {}
    for number, column in enumerate(columns):
        orders[number] = ascending(column.values)
        ordered = column.values[orders[number]]
        kind, note = decided_kind(column, ordered, discrete, continuous)
        kinds.append(kind)
        notes += [note] if note else []
    values = _side_by_side(columns)
    missing = np.asarray(np.isnan(values).any(axis=1))
    names = tuple(column.name for column in columns)
    if not missing.any():
        return Variable(names, values, tuple(kinds), None, tuple(notes), orders)
    return Variable(names, values, tuple(kinds), missing, tuple(notes))


def _side_by_side(columns: Sequence[Column]) -> Matrix:
    """Join columns; a single one is not copied.

    One that may not be written to is: compiled loops would be compiled for it anew.
    """
    if len(columns) == 1 and columns[0].values.flags.writeable:
        return np.ascontiguousarray(columns[0].values)[:, None]
    return np.ascontiguousarray(np.column_stack([column.values for column in columns]))


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
        lacking = [v for v in variables if v.missing is not None]
        raise incomplete(n_dropped, len(dropped), lacking)
    digest = blake2b(dropped.data, digest_size=16).digest()
    return tuple(_on_complete(v, dropped, digest) for v in variables), n_dropped


def _on_complete(variable: Variable, dropped: NDArray[np.bool_], digest: bytes) -> Variable:
    """Give a variable on the rows that are not dropped: the same one for the same rows.

    So what was prepared of it stays, too; only of a few masks, or there would be one a pair.
    """
    known: dict[bytes, Variable] = variable.remember(COMPLETE, dict)
    found = known.get(digest)
    if found is None:
        for oldest in list(known)[: len(known) + 1 - MOST_MASKS]:
            known.pop(oldest, None)
        found = known[digest] = replace(variable.take(np.flatnonzero(~dropped)), missing=None)
    return found


def incomplete(n_dropped: int, n_rows: int, variables: Sequence[Variable]) -> MitoolError:
    """Say that rows have missing values, and what to do about them."""
    names = ", ".join(repr(variable.name) for variable in variables)
    return MitoolError(
        f"{n_dropped} of {n_rows} rows have a missing value in {names}; "
        "use --missing drop to leave them out"
    )


def digest_of(variables: Sequence[Variable]) -> str:
    """Give a checksum of the names, kinds and values of columns."""
    checksum = blake2b(digest_size=16)
    for variable in variables:
        checksum.update(repr((variable.names, variable.kinds, len(variable))).encode())
        checksum.update(variable.values.data)
    return checksum.hexdigest()
