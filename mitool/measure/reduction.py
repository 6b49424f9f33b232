"""Variables of many columns projected to few before they are compared: ``--reduce pca:4``.

A projection only loses information. What is fitted to both variables, as canonical directions are,
makes them look more dependent than they are on the same rows: it is fitted on one half of the rows,
and the other half is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.estimators.base import Value
from mitool.kernels.linear.projections import (
    Projection,
    canonical,
    indicators,
    principal,
    rows_by_content,
)
from mitool.variables import Kind, Matrix, Rows, Variable

FEWEST = 20
"""Rows that each half needs for canonical directions."""


@dataclass(frozen=True, eq=False)
class Projected(Variable):
    """A variable in its projection; it keeps its name."""

    title: str = ""

    @property
    def name(self) -> str:
        """The name of the variable as it was."""
        return self.title


@dataclass(frozen=True)
class Reduction:
    """Principal components (pca) of each variable, or canonical directions (cca) of both."""

    how: Literal["pca", "cca"]
    n_dims: int

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Read ``pca:K`` or ``cca:K``."""
        how, _, size = text.partition(":")
        if how not in ("pca", "cca") or not size.isdecimal() or not 1 <= int(size) < 10**6:
            raise UsageError(f"--reduce takes pca:K or cca:K, such as pca:4, got {text!r}")
        return cls("pca" if how == "pca" else "cca", int(size))

    @property
    def others(self) -> tuple[int, ...]:
        """Half and twice as many columns, which show whether more would tell more."""
        return tuple(k for k in (self.n_dims // 2, 2 * self.n_dims) if k)

    def fitted(
        self, x: Variable, y: Variable | None = None, given: Variable | None = None
    ) -> Fitted:
        """Fit the projections of complete variables; refuse where no column would go.

        Canonical directions under a condition are of what a line in it leaves of both: else they
        would be those of the common cause, and what is shared besides it would be lost.
        """
        sides = [side for side in (x, y) if side is not None]
        if not any(self._is_reduced(side) for side in sides):
            dims = " and ".join(f"{side.name!r} has {side.n_dims}" for side in sides)
            raise UsageError(
                f"--reduce {self.how}:{self.n_dims} is for variables of more than {self.n_dims} "
                f"columns of numbers; {dims}"
            )
        if self.how == "pca":
            maps = [principal(s.values) if self._is_reduced(s) else None for s in sides]
            return Fitted(self, sides, maps, None, 0)
        if y is None:
            raise UsageError("--reduce cca:K is for two variables; use pca:K")
        order = rows_by_content(x.values, 0)
        half = len(order) // 2
        if half < FEWEST:
            raise MitoolError(
                f"--reduce cca:{self.n_dims} needs {2 * FEWEST} rows, half of them for the "
                f"directions, got {len(order)}"
            )
        fit, used = np.sort(order[:half]), np.sort(order[half:])
        known = None if given is None else _numbers(given)[fit]
        both = canonical(*(_less_lines(_numbers(side)[fit], known) for side in sides))
        pairs = zip(sides, both, strict=True)
        chosen = [one if self._is_reduced(side) else None for side, one in pairs]
        return Fitted(self, [side.take(used) for side in sides], chosen, used, half)

    def _is_reduced(self, side: Variable) -> bool:
        return "discrete" not in side.kinds and side.n_dims > self.n_dims


@dataclass(frozen=True, eq=False)
class Fitted:
    """Projections of some variables, fitted; ``used`` are the rows that are left, if not all."""

    reduction: Reduction
    sides: Sequence[Variable]
    maps: Sequence[Projection | None]
    used: Rows | None
    n_fitted: int

    def first(self, k: int) -> Variable:
        """Give the first variable in its first k columns."""
        return self._variables(k)[0]

    def pair(self, k: int) -> tuple[Variable, Variable]:
        """Give both variables in their first k columns."""
        x, y = self._variables(k)
        return x, y

    def _variables(self, k: int) -> list[Variable]:
        pairs = zip(self.sides, self.maps, strict=True)
        return [side if one is None else _projected(side, one, k) for side, one in pairs]

    def take(self, other: Variable | None) -> Variable | None:
        """Give another variable on the rows that are left."""
        return other if other is None or self.used is None else other.take(self.used)

    @property
    def sizes(self) -> list[int]:
        """Half and twice as many columns, as far as there are so many."""
        most = max(one.directions.shape[1] for one in self.maps if one is not None)
        return [k for k in self.reduction.others if k <= most]

    @property
    def facts(self) -> dict[str, float]:
        """What a report says: rows that were fitted on, and the share of variance kept."""
        return {"n_fitted": float(self.n_fitted or len(self.sides[0])), **dict(self._explained())}

    def _explained(self) -> Iterator[tuple[str, float]]:
        for letter, side, one in zip("xy", self.sides, self.maps, strict=False):
            if one is not None and self.reduction.how == "pca":
                yield f"explained_{letter}", one.explained(side.values, self.reduction.n_dims)


@dataclass(frozen=True, eq=False)
class Reduced:
    """Projections that were taken, and what is measured in another number of columns."""

    fitted: Fitted
    measured: Callable[[int], float]

    def told(self, value: Value) -> Value:
        """Give a value with the facts of the projections, and those of other sizes beside it."""
        beside = {f"k={k}": self.measured(k) for k in self.fitted.sizes}
        facts = {**value.facts, **self.fitted.facts}
        return replace(value, extras={**value.extras, **beside}, facts=facts)


def _numbers(side: Variable) -> Matrix:
    """Give the columns of numbers, or of labels their indicators."""
    return indicators(side.codes) if side.kind == "discrete" else side.values


def _less_lines(values: Matrix, known: Matrix | None) -> Matrix:
    """Give what least squares on the columns of a condition leaves of values."""
    if known is None:
        return values
    design = np.column_stack([np.ones(len(known)), known])
    left: Matrix = values - design @ np.linalg.lstsq(design, values, rcond=None)[0]
    return left


def _projected(side: Variable, one: Projection, k: int) -> Projected:
    values = one.of(side.values, k)
    names = tuple(f"{side.names[0]}…{j + 1}" for j in range(values.shape[1]))
    kind: Kind = "continuous"
    made = Projected(names, values, (kind,) * len(names), None, side.notes)
    return replace(made, title=side.name)
