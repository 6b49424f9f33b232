"""Estimates with the rows of one side in many orders, as permutation tests ask for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from mitool.estimators.base import Estimator
from mitool.variables import Rows


@runtime_checkable
class PermutableFirst(Protocol):
    """Takes x and y in one order only, and is ``Permutable`` in the rows of x, too."""

    def permuted_first(
        self, x: Any, y: Any, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the estimate with x permuted by each of the orders, drawn as they are needed."""
        ...


def one_by_one(
    estimator: Estimator,
    x: Any,
    y: Any,
    orders: Iterable[Rows],
    scales: Sequence[int],
    *,
    moves_x: bool = False,
) -> Iterator[tuple[float, ...]]:
    """Yield the estimate, or those at the scales, with the rows of y or of x in each order."""
    for rows in orders:
        sides = (x.permute(rows), y) if moves_x else (x, y.permute(rows))
        yield estimator.at_scales(scales, *sides) if scales else (estimator.join(*sides).mi,)
