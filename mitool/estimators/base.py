"""What an estimator is: two steps, and the abilities it may have besides.

``prepare`` says what can be known from one variable alone, ``join`` needs both. A matrix
prepares each column once, a permutation test prepares twice and joins many times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from mitool.result import Note
from mitool.variables import Kind, Rows, Variable, Vector

Accepted = frozenset[tuple[Kind, Kind]]

NUMERIC: Accepted = frozenset(
    (a, b) for a in ("continuous", "mixed") for b in ("continuous", "mixed")
)
ANY: Accepted = frozenset(
    (a, b) for a in ("continuous", "mixed", "discrete") for b in ("continuous", "mixed", "discrete")
)
DISCRETE: Accepted = frozenset({("discrete", "discrete")})


@dataclass(frozen=True)
class Value:
    """What a join yields: ``mi`` and ``extras`` in nats, never clipped; ``facts`` without unit.

    ``error_bound`` is a certificate: the exact value lies within it of ``mi``. ``notes`` are what
    only the estimator can know (a value outside the range of its measure, say). ``n_left`` rows are
    left out: the number rests on the others.
    """

    mi: float
    extras: Mapping[str, float] = field(default_factory=dict)
    facts: Mapping[str, float] = field(default_factory=dict)
    error_bound: float | None = None
    notes: tuple[Note, ...] = ()
    n_left: int = 0


class Prepared(Protocol):
    """What is known of one variable alone; a ``Variable`` is the simplest one."""

    def __len__(self) -> int: ...
    def take(self, rows: Rows) -> Self:
        """Give the same of a selection of distinct rows."""
        ...

    def permute(self, rows: Rows) -> Self:
        """Give the same with the rows in another order."""
        ...


@runtime_checkable
class Ordered(Prepared, Protocol):
    """What is known of a column alone, where that follows from the order of its rows."""

    def on_line(self, rows: Rows, line: Vector) -> Self:
        """Give the same of a selection of distinct rows, whose values ascend as ``line``."""
        ...


@dataclass(frozen=True)
class Estimator:
    """Base of all estimators: a frozen dataclass whose fields are its parameters.

    Pure: no input or output, no hidden noise, scaling or clipping, no global state; nats out.
    Fields carry their help in ``metadata={"help": …}``; ``__post_init__`` checks them.
    """

    accepts: ClassVar[Accepted]
    """The pairs of kinds (of x, of y) it is valid for."""
    accepts_given: ClassVar[frozenset[Kind]] = frozenset()
    """The kinds of a condition it is valid for, if it is ``Conditional``."""
    symmetric: ClassVar[bool] = True
    """May x and y be swapped? Then a pair accepted one way is accepted both ways."""
    joint_labels: ClassVar[bool] = False
    """May a joint variable hold label columns beside numbers?"""
    blind_to_names: ClassVar[bool] = False
    """Does it see of labels only which rows share one? Then columns beside them share a null."""
    default_transform: ClassVar[str] = "none"
    """What the gate does to numeric columns unless the user says otherwise."""
    jitters_ties: ClassVar[bool] = False
    """Does the gate break ties of numeric columns, last, unless a parameter ``ties`` is "keep"?"""
    estimand: ClassVar[str] = "mi"
    """What the number is: mi, binned_mi, dsmi, cs_qmi …"""
    accepts_alone: ClassVar[frozenset[Kind]] = frozenset()
    """The kinds it has an entropy of, if ``Entropic``; none: those it accepts in pairs."""
    entropy_estimand: ClassVar[str] = ""
    """What its entropy is: entropy, differential_entropy …; empty: the same as ``estimand``."""
    of_dependence: ClassVar[bool] = True
    """Does it matter which row of x stands beside which of y? If not, permuting tests nothing."""
    has_unit: ClassVar[bool] = True
    """Is the number in nats? False: a plain number, the same in nats and in bits (HSIC)."""
    intervals: ClassVar[tuple[str, ...]] = ("subsample", "group-jackknife", "hn")
    """The interval methods valid for it; the first is what ``auto`` takes."""
    scales: ClassVar[tuple[str, tuple[int, ...]] | None] = None
    """The parameter that sets its resolution, and the values that a test joins by their maximum."""
    tested_by: ClassVar[str] = ""
    """The estimator that tests go by instead, where its own number must not be one's proof."""
    replacement: ClassVar[bool] = False
    """May rows be drawn with replacement? Never where a duplicated row is a near neighbour."""
    in_time: ClassVar[Mapping[str, Any]] = {}
    """Parameters that follow where rows are times (--order time), unless the user sets them."""
    bibtex: ClassVar[str] = ""
    family: ClassVar[str] = "other"
    """counts, neighbours, gaussian, kernel, spectral, learned: what checks of data look at."""
    cost: ClassVar[str] = ""
    """Time and memory in n and d, for the table of estimators."""

    @property
    def takes_residuals(self) -> bool:
        """Whether ``measure`` is to hand it what smooth functions of a condition leave."""
        return False

    def prepare(self, x: Variable) -> Any:
        """Give what can be known from one variable alone."""
        return x

    def join(self, x: Any, y: Any) -> Value:
        """Estimate from two prepared variables of the same rows."""
        raise NotImplementedError

    def at_scales(self, scales: Sequence[int], x: Any, y: Any, *given: Any) -> tuple[float, ...]:
        """Give what a test joins of several values, ascending, of the parameter of resolution."""
        assert self.scales is not None  # only those that have scales are asked
        at_scale = [replace(self, **{self.scales[0]: scale}) for scale in scales]
        if given:
            return tuple(one.join_given(x, y, *given).mi for one in at_scale)  # type: ignore[attr-defined]
        return tuple(one.join(x, y).mi for one in at_scale)

    def __call__(self, x: Variable, y: Variable) -> Value:
        """Estimate from two variables as they are: no transform is applied."""
        return self.join(self.prepare(x), self.prepare(y))


@runtime_checkable
class Conditional(Protocol):
    """Can also estimate I(X;Y|Z)."""

    def prepare(self, x: Variable) -> Any:
        """Give what can be known from one variable alone."""

    def join_given(self, x: Any, y: Any, z: Any) -> Value:
        """Estimate I(X;Y|Z) from three prepared variables of the same rows."""


@runtime_checkable
class Permutable(Protocol):
    """Can also estimate with the rows of y in many orders, sooner than in each by itself."""

    def permuted(
        self, x: Any, y: Any, orders: Iterable[Rows], scales: Sequence[int] = ()
    ) -> Iterator[tuple[float, ...]]:
        """Yield the estimate with y permuted by each of the orders, drawn as they are needed.

        With ``scales`` what ``at_scales`` gives of them; the same bits as one order at a time.
        """


@runtime_checkable
class Pointwise(Protocol):
    """Has local terms, one a row in nats, whose mean is the estimate."""

    def local(self, x: Any, y: Any) -> Vector:
        """Give the local terms, shape (n,), of two prepared variables."""


@runtime_checkable
class NormalizedPointwise(Protocol):
    """Has local terms on a scale from -1, never together, to 1, only together."""

    def local_normalized(self, x: Any, y: Any) -> Vector:
        """Give the normalised local terms, shape (n,), of two prepared variables."""


@runtime_checkable
class Entropic(Protocol):
    """Has an entropy of one variable (joint over its columns)."""

    def prepare(self, x: Variable) -> Any:
        """Give what can be known from one variable alone."""

    def entropy(self, x: Any) -> Value:
        """Estimate the entropy of a prepared variable; ``Value.mi`` holds it, in nats."""
