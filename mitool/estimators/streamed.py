"""What an estimator of tables larger than memory counts, and what it counts from."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, runtime_checkable

from mitool.estimators.base import Value
from mitool.variables import Variable

if TYPE_CHECKING:
    from mitool.kernels.batches.cells import Cells
    from mitool.kernels.batches.draws import Drawn, Extremes


class Sums(Protocol):
    """What was counted of some rows, and adds up with what was counted of others."""

    def merged(self, other: Self) -> Self:
        """Give the sums of these rows and the others together."""
        ...


Counted = TypeVar("Counted", bound=Sums)
Count = Callable[[Variable, Variable], Sums]
"""Counts the complete rows of two variables."""


class Batches(Protocol):
    """The complete rows of a pair that is larger than memory, to be passed over again and again.

    ``x`` and ``y`` hold names and kinds, and no rows.
    """

    x: Variable
    y: Variable

    @property
    def cells(self) -> Cells:
        """The joint rows of x and y, both labels, and how often each occurs."""
        ...

    @property
    def counted(self) -> Cells | None:
        """The same if the first pass has counted them; None of numbers, and where they are many."""
        ...

    @property
    def drawn(self) -> Drawn:
        """Rows of x and y, drawn evenly from those that are complete."""
        ...

    @property
    def extremes(self) -> Extremes:
        """The smallest and the largest value of each column, as they are known by now."""
        ...

    def total(self, count: Callable[[Variable, Variable], Counted]) -> Counted:
        """Count every batch, on several threads, and add up in the order of the rows."""
        ...


@runtime_checkable
class Streaming(Protocol):
    """Can also estimate from batches of rows, in bounded memory, with the same result."""

    def first_counts(self) -> tuple[Count, ...]:
        """Give what it has counted first of numbers: the pass that finds their kinds does it."""
        ...

    def streamed(self, batches: Batches) -> Value:
        """Estimate from what adds up over the batches."""
        ...
