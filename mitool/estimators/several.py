"""One variable joined with each of several: sooner than one by one, and the same bits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Any, Protocol, Self, TypeGuard, runtime_checkable

from mitool.estimators.base import Estimator, Value


class JoinsEach(Protocol):
    """Can also estimate one prepared variable with each of several others of the same rows."""

    def join_each(self, x: Any, ys: Sequence[Any]) -> Iterable[Value]:
        """Give what ``join`` gives of x and each y."""
        ...


@runtime_checkable
class StandsAbreast(Protocol):
    """Can lay several prepared variables out for ``join_each``, for any stretch of them too."""

    def abreast(self, ys: Sequence[Any]) -> Sequence[Any]:
        """Give prepared variables as ``join_each`` takes them soonest; a slice is a stretch."""
        ...


def joins_each(estimator: Estimator) -> TypeGuard[JoinsEach]:
    """Tell whether an estimator has ``join_each``, and none that its own ``join`` departs from."""
    for kind in type(estimator).__mro__:
        if "join_each" in vars(kind):
            return True
        if "join" in vars(kind):
            return False
    return False


@dataclass(frozen=True, eq=False)
class Values(Sequence[Value]):
    """Values that have the same names in ``extras`` and in ``facts``, a list for each."""

    mi: Sequence[float]
    extras: Mapping[str, Sequence[float]] = field(default_factory=dict)
    facts: Mapping[str, Sequence[float]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Sequence[Value]) -> Self | None:
        """Put values side by side; None where more than their numbers differs."""
        if not values or not all(_are_plain(value, values[0]) for value in values):
            return None
        return cls(
            [value.mi for value in values],
            {name: [value.extras[name] for value in values] for name in values[0].extras},
            {name: [value.facts[name] for value in values] for name in values[0].facts},
        )

    def only(self, kept: Sequence[bool]) -> Self:
        """Give some of the values."""
        extras, facts = (
            {name: list(compress(column, kept)) for name, column in columns.items()}
            for columns in (self.extras, self.facts)
        )
        return type(self)(list(compress(self.mi, kept)), extras, facts)

    def __len__(self) -> int:
        return len(self.mi)

    def __getitem__(self, place: Any) -> Any:
        """Give one of the values."""
        extras, facts = (
            {name: column[place] for name, column in columns.items()}
            for columns in (self.extras, self.facts)
        )
        return Value(self.mi[place], extras, facts)

    def __iter__(self) -> Iterator[Value]:
        return map(self.__getitem__, range(len(self)))


def _are_plain(value: Value, first: Value) -> bool:
    """Whether a value is numbers alone, under the names of the first."""
    if value.notes or value.n_left or value.error_bound is not None:
        return False
    return [*value.extras] == [*first.extras] and [*value.facts] == [*first.facts]
