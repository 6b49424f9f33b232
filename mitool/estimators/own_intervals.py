"""What an estimator has that makes an interval without estimating again."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

from mitool.estimators.base import Value
from mitool.variables import Rows, Vector


@runtime_checkable
class Tabular(Protocol):
    """Counts a table, and knows its estimate without any one row."""

    def delete_one(self, x: Any, y: Any) -> tuple[Vector, Rows]:
        """Give the estimate without one row of each occupied cell, and the rows in each cell."""
        ...


@runtime_checkable
class Resolving(Protocol):
    """Looks at two scales, which tell of its bias."""

    def gap(self, value: Value) -> float:
        """Give how far the fine scale of an estimate lies above the coarse one, in nats."""
        ...

    def unevenness(self, x: Any, y: Any) -> float:
        """Give how uneven the density is within the reach of neighbours, the same for any n."""
        ...


@runtime_checkable
class Predictive(Protocol):
    """Says by itself how likely the information lies where."""

    @property
    def widest_level(self) -> float:
        """The level of the widest interval that it can give."""
        ...

    def central(self, value: Value, level: float) -> tuple[float, float]:
        """Give the ends, in nats, beyond either of which it lies with (1 - level) / 2."""
        ...
