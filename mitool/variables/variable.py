"""Columns taken jointly, clean and typed, and what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from mitool.once import once
from mitool.result import Note
from mitool.variables.kinds import Kind, Vector
from mitool.variables.sorting import Order, ascending

Matrix = NDArray[np.float64]  # (n, d), C order
Rows = NDArray[np.int64]  # row numbers
Codes = NDArray[np.int64]  # (n,), 0 … n_levels - 1

COMPLETE = "complete"
"""Under this name a variable keeps itself on the rows that are complete in some pairs."""


@dataclass(frozen=True, eq=False)
class Variable:
    """One or more columns taken jointly; ``values`` is float64 of shape (n, d), C order.

    A discrete column holds codes, which have no metric. ``missing`` marks the rows to be dropped
    before any estimator sees the variable (see ``complete``); None once they are gone. ``refusal``
    says why nothing is estimated of it, where it is one of many.
    """

    names: tuple[str, ...]
    values: Matrix
    kinds: tuple[Kind, ...]
    missing: NDArray[np.bool_] | None = None
    notes: tuple[Note, ...] = ()
    _orders: dict[int, Order] = field(default_factory=dict, repr=False)
    _memory: dict[Hashable, Any] = field(default_factory=dict, repr=False)
    refusal: str | None = None

    n_made: ClassVar[int] = 0
    """How many things any variables have made to keep, but for some that threads make at once."""

    def __len__(self) -> int:
        return len(self.values)

    @once
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
        order = self._orders.get(column)
        if order is None:
            sort = self._memory.get("sort", lambda j: ascending(self.values[:, j]))
            order = self._orders[column] = sort(column)
            Variable.n_made += 1
        return order

    @property
    def is_constant(self) -> bool:
        """Whether all rows are the same."""
        return bool(self.remember("constant", self._has_one_row))

    def _has_one_row(self) -> bool:
        if 0 in self._orders and self.n_distinct() > 1:
            return False
        return bool((self.values == self.values[:1]).all())

    @once
    def ends(self) -> tuple[Vector, Vector]:
        """The lowest and the highest value of each column, (d,) each."""
        lines = np.ascontiguousarray(self.values.T)
        return np.minimum.reduce(lines, axis=1), np.maximum.reduce(lines, axis=1)

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
        count: int = self.remember(("n_distinct", column), lambda: self._count_distinct(column))
        return count

    def know(self, ends: tuple[Vector, Vector], n_distinct: Mapping[int, int]) -> None:
        """Keep what is known already: the ends, and how many different values columns have."""
        vars(self).update(ends=ends)  # what the cached property would find
        self._memory.update((("n_distinct", j), count) for j, count in n_distinct.items())

    def _count_distinct(self, column: int) -> int:
        ordered = self.values[self.order(column), column]
        return 1 + int(np.count_nonzero(ordered[1:] != ordered[:-1])) if len(self) else 0

    def take(self, rows: Rows) -> Variable:
        """Give the variable on a selection of its rows, in the order given."""
        missing = None if self.missing is None else self.missing[rows]
        return self.with_values(np.ascontiguousarray(self.values[rows]), missing)

    permute = take

    def with_values(
        self,
        values: Matrix,
        missing: NDArray[np.bool_] | None = None,
        orders: Mapping[int, Order] | None = None,
    ) -> Variable:
        """Give a variable of the same columns with other values (m, d), in C order.

        ``missing`` (m,) marks the rows of these to be dropped. Nothing that is kept with this
        variable goes along; ``orders`` are those of columns whose rows are known to be in order.
        """
        known = dict(orders or {})
        return replace(self, values=values, missing=missing, _orders=known, _memory={})

    def remember(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Give what was made of this variable under a key before, or make it now.

        A matrix prepares each column once in this way; what it made lives as long as the column.
        """
        try:
            return self._memory[key]
        except KeyError:
            made = self._memory[key] = make()
            Variable.n_made += 1
            return made

    def known(self, key: Hashable) -> Any:
        """Give what was made under a key and is kept, None if nothing is."""
        return self._memory.get(key)

    @property
    def n_remembered(self) -> int:
        """How many things are kept with the variable: orders, and what ``remember`` made."""
        n_own = len(self._orders) + len(self._memory)
        if COMPLETE not in self._memory:
            return n_own
        on_complete: dict[bytes, Variable] = self._memory[COMPLETE]
        nested = sum(variable.n_remembered for variable in list(on_complete.values()))
        return n_own + len(on_complete) + nested

    @property
    def remembered(self) -> tuple[Mapping[int, Order], Mapping[Hashable, Any]]:
        """What is kept with the variable."""
        return self._orders, self._memory

    def forget(self) -> None:
        """Drop what is kept with the variable; it is made anew when next needed."""
        self._orders.clear()
        self._memory.clear()


def digest_of(variables: Sequence[Variable]) -> str:
    """Give a checksum of the names, kinds and values of columns."""
    checksum = blake2b(digest_size=16)
    for variable in variables:
        checksum.update(repr((variable.names, variable.kinds, len(variable))).encode())
        checksum.update(variable.values.data)
    return checksum.hexdigest()
