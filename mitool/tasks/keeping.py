"""What was prepared of each column is kept for its next pair, within a budget of memory."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from mitool.variables import Variable

ATOMS = frozenset({str, int, float, bool, bytes, type(None), type, np.float64, np.int64})
"""Types of things that hold no others."""


def bytes_held(thing: Any, seen: set[int] | None = None) -> int:
    """Bytes that the arrays and containers of something hold, each object counted once."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if type(thing) in ATOMS:
        return sys.getsizeof(thing)
    if isinstance(thing, np.ndarray):
        return bytes_held(thing.base, seen) if thing.base is not None else sys.getsizeof(thing)
    size = sys.getsizeof(thing, 0)
    if isinstance(thing, Mapping):
        parts = [*thing.keys(), *thing.values()]
    elif isinstance(thing, (tuple, list, set, frozenset)):
        parts = list(thing)
    else:
        parts = [getattr(thing, name) for name in _names_of(type(thing))]  # type: ignore[arg-type]
    return size + sum([bytes_held(part, seen) for part in parts])


@lru_cache(maxsize=256)
def _names_of(kind: type) -> tuple[str, ...]:
    """Give the names of what things of a class of data hold; none of another."""
    if not is_dataclass(kind):
        return ()
    own = ("__dict__",) if hasattr(kind, "__dict__") else ()
    return (*(field.name for field in fields(kind)), *own)


def bytes_prepared(variable: Variable, seen: set[int] | None = None) -> int:
    """Bytes of what a variable remembers, beyond its own values."""
    seen = set() if seen is None else seen
    bytes_held(variable.values, seen)
    return bytes_held(variable.remembered, seen)


class Keeper:
    """Keeps what variables remember until ``budget`` bytes are full; the rest is made anew.

    All pairs of a matrix use the columns in a circle, where keeping the first that came beats
    keeping the latest. Threads may meet here: at worst something is made twice.
    """

    def __init__(self, budget: float) -> None:
        self.budget = budget
        self._kept: dict[int, tuple[int, int]] = {}  # column: (things remembered, bytes)
        self._total = 0

    def settle(self, number: int, variable: Variable) -> None:
        """Let a column keep what it remembers, or make it forget if there is no room."""
        n_things = variable.n_remembered
        n_known, n_bytes = self._kept.get(number, (0, 0))
        if n_things == n_known:
            return
        size = bytes_prepared(variable)
        if self._total - n_bytes + size > self.budget:
            self.drop(number, variable)
            return
        self._kept[number] = (n_things, size)
        self._total += size - n_bytes

    def drop(self, number: int, variable: Variable) -> None:
        """Make a column forget."""
        _, n_bytes = self._kept.pop(number, (0, 0))
        self._total -= n_bytes
        variable.forget()
