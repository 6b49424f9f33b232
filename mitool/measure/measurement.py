"""Variables in, an estimate out: the one path that every command takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import tee
from typing import Any

import numpy as np

from mitool.estimators.base import Conditional, Ordered, Permutable, Value
from mitool.estimators.orders import PermutableFirst
from mitool.kernels.counts.coded import code_rows
from mitool.measure.correlations import Correlation, correlations
from mitool.measure.method import Method
from mitool.measure.reduction import Reduced
from mitool.once import once
from mitool.variables import Rows, Variable, Vector
from mitool.variables.transforms import leaves_order_alone, untied_line


@dataclass(frozen=True, eq=False)
class Measurement:
    """One quantity of complete variables: its value, and the same on other rows."""

    method: Method
    x: Variable
    y: Variable
    given: Variable | None = None
    groups: Variable | None = None
    before: tuple[Variable, Variable] | None = None
    """x and y as they were before what the condition explains was taken off, if it was."""
    reduced: Reduced | None = None
    """What is said of the projections, where the variables were reduced first."""

    @property
    def is_constant(self) -> bool:
        """Whether x or y has one value, so that there is no dependence to estimate or resample."""
        one_value = self.x.is_constant or self.y.is_constant
        return one_value and self.method.estimator.of_dependence

    @once
    def value(self) -> Value:
        """The estimate on all rows."""
        return self._join(*self._prepared())

    @once
    def tested(self) -> Measurement:
        """What a test compares: this, or the same by the estimator that stands in for its own."""
        method = self.method.tested()
        return self if method is self.method else replace(self, method=method)

    def margins(self) -> tuple[Vector, Vector]:
        """Give the shares of the levels of x and of y, both of labels."""
        x, y = (code_rows(side.values).counts / len(side) for side in (self.x, self.y))
        return x, y

    def replicate(self, rows: Rows) -> float:
        """Estimate on some of the rows; transforms are redone on them."""
        return self.value_on(rows).mi

    def value_on(self, rows: Rows) -> Value:
        """Give the estimate on some of the rows, with what the estimator says besides.

        Where a transform keeps nothing but the order of the rows, the order of some is taken from
        the order of all, without sorting again.
        """
        if self._depends_on_order_alone:
            line = untied_line(self.method.transform, len(rows))
            x, y = (side.on_line(rows, line) for side in self._prepared())
            return self._join(x, y)
        given = None if self.given is None else self.given.take(rows)
        return Measurement(self.method, self.x.take(rows), self.y.take(rows), given).value

    @once
    def _depends_on_order_alone(self) -> bool:
        """Whether the estimate depends on x and y by the order of their rows alone."""
        how, sides = self.method.transform, (self.x, self.y)
        if self.given is not None or not all(leaves_order_alone(how, side) for side in sides):
            return False
        return all(isinstance(side, Ordered) for side in self._prepared())

    @property
    def scales(self) -> tuple[int, ...]:
        """The scales that a test of this estimator joins, as far as the rows allow."""
        _, scales = self.method.estimator.scales or ("", ())
        return tuple(scale for scale in scales if scale < self._n_searched // 4)

    @once
    def correlations(self) -> tuple[Correlation, ...]:
        """What a test joins to the scales, if it can."""
        return correlations(self.x, self.y, self.given)

    @property
    def _n_searched(self) -> int:
        """How many rows neighbours are sought among at most: those of a level, within levels."""
        given = self.given
        if given is None or given.kind != "discrete" or self.method.estimator.joint_labels:
            return len(self.x)
        return int(np.bincount(given.codes).max())

    def observed(self, *, joins: bool) -> tuple[float, ...]:
        """The statistics that a test compares: the estimate, or one for each scale it joins."""
        if not joins:
            return (self.value.mi,)
        first, second, *given = self._prepared()
        scales = self.method.estimator.at_scales(self.scales, first, second, *given)
        return (*scales, *(one.statistic() for one in self.correlations))

    def permuted(self, orders: Iterable[Rows], *, joins: bool) -> Iterator[tuple[float, ...]]:
        """Yield the same statistics with the rows of y in each of several orders, one at a time."""
        if not (joins and self.correlations):
            yield from self._estimates(orders, joins=joins)
            return
        orders, again = tee(orders)
        for scales, rows in zip(self._estimates(orders, joins=True), again, strict=True):
            yield (*scales, *(one.statistic(rows) for one in self.correlations))

    def _estimates(self, orders: Iterable[Rows], *, joins: bool) -> Iterator[tuple[float, ...]]:
        estimator, scales = self.method.estimator, self.scales if joins else ()
        if (together := self._taking_orders()) is not None:
            yield from together(*self._prepared(), orders, scales)
            return
        for rows in orders:
            first, second, *given = self._prepared(rows)
            if joins:
                yield estimator.at_scales(scales, first, second, *given)
            else:
                yield (self._join(first, second, *given).mi,)

    def _taking_orders(self) -> Callable[..., Iterator[tuple[float, ...]]] | None:
        """Give what takes many orders of the rows of y at once, where the estimator can."""
        estimator = self.method.estimator
        if self.given is not None:
            return None
        if self._takes_x_first:
            return estimator.permuted if isinstance(estimator, Permutable) else None
        return estimator.permuted_first if isinstance(estimator, PermutableFirst) else None

    def coarser(self) -> Measurement | None:
        """The same at the next larger scale, or at three times the largest."""
        if self.method.estimator.scales is None:
            return None
        parameter, scales = self.method.estimator.scales
        present = getattr(self.method.estimator, parameter)
        larger = next((scale for scale in scales if scale > present), 3 * present)
        if larger >= self._n_searched // 2:
            return None
        estimator = replace(self.method.estimator, **{parameter: larger})
        return replace(self, method=replace(self.method, estimator=estimator))

    def _join(self, first: Any, second: Any, *given: Any) -> Value:
        estimator = self.method.estimator
        if given:
            assert isinstance(estimator, Conditional)  # ensured by ``check``
            return estimator.join_given(first, second, *given)
        return estimator.join(first, second)

    def _prepared(self, rows: Rows | None = None) -> tuple[Any, ...]:
        """The variables as the estimator takes them, x and y in the order that it accepts.

        The rows of y in another order if any is given.
        """
        first, second, *given = self._sides
        if rows is not None:
            second = second.permute(rows)
        return (first, second, *given) if self._takes_x_first else (second, first)

    @once
    def _sides(self) -> tuple[Any, ...]:
        """What the estimator knows of x, y and the condition, rows as they are."""
        return self.method.prepared(*self.variables)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """x, y, and the condition if there is one."""
        return (self.x, self.y) if self.given is None else (self.x, self.y, self.given)

    @property
    def _takes_x_first(self) -> bool:
        """Whether the estimator takes x first."""
        kinds = (self.x.kind, self.y.kind)
        return self.given is not None or kinds in self.method.estimator.accepts
