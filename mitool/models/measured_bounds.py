"""All bounds of some scores: the values, from fewer contexts, and without each context."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mitool.choices import ContextAxis, ScoreAxis
from mitool.errors import MitoolError, UsageError
from mitool.inference.bounds import check_level
from mitool.models.pairing import N_PARTS, Pairing
from mitool.models.score_bounds import BOUNDS, Bound, Pool
from mitool.models.score_deletions import without_one
from mitool.models.score_sums import sums_of
from mitool.models.score_tiles import Scores
from mitool.variables import Vector

FEWEST_IN_PARTS = 2 * N_PARTS
"""Contexts below which a quarter of them has no pair of different contexts."""

FEWEST_TO_DELETE = 3
"""Contexts below which none can be left out: one alone has no other to be compared with."""

MOST_CLIP = 300.0
"""Of scores that smile cuts: exp of it is a number, and so are sums."""

Formula = Callable[[Pool], float]


@dataclass(frozen=True)
class BoundRequest:
    """Which bounds are wanted, and what the scores are.

    ``log_probs``: the scores are log-densities of samples under contexts. ``clip`` is what
    ``smile`` cuts scores at. ``names`` are the bounds, none for all that the scores allow.
    ``level`` is that of the intervals, None for none.
    """

    log_probs: bool = False
    contexts: ContextAxis = "rows"
    direction: ScoreAxis = "both"
    names: tuple[str, ...] = ()
    clip: float = 5.0
    level: float | None = 0.95

    @property
    def bounds(self) -> dict[str, Bound]:
        """The bounds wanted, in the order of the report."""
        for name in self.names:
            if BOUNDS[name].of_densities and not self.log_probs:
                raise UsageError(f"{name} is of log-densities; add --log-probs if the scores are")
        return {
            name: bound
            for name, bound in BOUNDS.items()
            if (not self.names or name in self.names) and (self.log_probs or not bound.of_densities)
        }


def requested(
    names: str | Iterable[str],
    *,
    log_probs: bool,
    contexts: ContextAxis,
    direction: ScoreAxis,
    clip: float,
    level: float | None,
) -> BoundRequest:
    """Make a request of what a user asks for; refuse what there is not."""
    if not isinstance(names, Iterable):
        raise UsageError(f"the bounds wanted are a list of names of bounds, got {names!r}")
    wanted = (names,) if isinstance(names, str) else tuple(names)
    for name in wanted:
        if name not in BOUNDS:
            raise UsageError(f"no bound {name!r}; there are: {', '.join(BOUNDS)}")
    if not 0.0 < clip <= MOST_CLIP:
        raise UsageError(f"--clip must be above 0 and at most {MOST_CLIP:g}, got {clip:g}")
    if level is not None:
        check_level(level)
    return BoundRequest(log_probs, contexts, direction, wanted, clip, level)


@dataclass(frozen=True)
class Line:
    """One bound in one form: its value, nats, and what a report says beside it.

    ``transposed`` is the value with contexts and samples exchanged, ``half`` and ``quarter`` the
    mean of the values from disjoint halves and quarters of the contexts; ``without``
    (n_contexts,) are the values without each context.
    """

    name: str
    form: str | None
    value: float
    transposed: float | None = None
    half: float | None = None
    quarter: float | None = None
    without: Vector | None = None


def measured(scores: Scores, pairing: Pairing, request: BoundRequest) -> list[Line]:
    """Evaluate every bound that is wanted; at least two contexts are needed."""
    if pairing.n_contexts < 2:
        raise MitoolError(
            f"{scores.label} has one context; a bound compares the pairs with those of others, "
            "so it needs at least 2"
        )
    sums = sums_of(scores, pairing, request.clip)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        whole, halves, quarters = Pool.of(sums), [], []
        if pairing.n_contexts >= FEWEST_IN_PARTS:
            halves = [Pool.of(sums, parts) for parts in ((0, 2), (1, 3))]
            quarters = [Pool.of(sums, (part,)) for part in range(N_PARTS)]
        lines = [
            Line(name, form, value(whole), _other(other, whole), _mean(value, halves),
                 _mean(value, quarters))
            for name, form, value, other in _forms(request, pairing.is_square)
        ]  # fmt: skip
    if request.level is None or pairing.n_contexts < FEWEST_TO_DELETE:
        return lines
    left = without_one(scores, sums, request.clip, densities=request.log_probs)
    formulas = [value for _, _, value, _ in _forms(request, pairing.is_square)]
    return [
        replace(line, without=_without(formula, left))
        for line, formula in zip(lines, formulas, strict=True)
    ]


def _other(formula: Formula | None, pool: Pool) -> float | None:
    return None if formula is None else formula(pool)


def _mean(formula: Formula, pools: Sequence[Pool]) -> float | None:
    """Give the mean over parts of the contexts; None of no parts, and where it is not finite."""
    if not pools or not all(len(pool.positives) for pool in pools):
        return None
    mean = float(np.mean([formula(pool) for pool in pools]))
    return mean if np.isfinite(mean) else None


@dataclass(frozen=True)
class BothWays:
    """The mean of a bound along the columns and along the rows."""

    along_columns: Formula
    along_rows: Formula

    def __call__(self, pool: Pool) -> float:
        """Evaluate both."""
        return 0.5 * (self.along_columns(pool) + self.along_rows(pool))


def _without(formula: Formula, left: dict[str, Vector]) -> Vector:
    if isinstance(formula, BothWays):
        return 0.5 * (_without(formula.along_columns, left) + _without(formula.along_rows, left))
    return left[formula.__name__]


def _forms(
    request: BoundRequest, is_square: bool
) -> Iterator[tuple[str, str | None, Formula, Formula | None]]:
    """Give name, form, formula and that with the axes exchanged of each line of the report."""
    for name, bound in request.bounds.items():
        columns, rows = bound.along_columns, bound.along_rows if is_square else None
        if bound.of_densities:
            form = f"contexts in {request.contexts}"
            turned = rows is not None and request.contexts == "columns"
            yield (name, form, rows, columns) if turned and rows else (name, form, columns, rows)
        elif bound.along_rows is None:
            yield name, None, columns, None
        elif rows is None:
            if request.direction == "rows":
                raise UsageError(
                    "with several samples a context infonce normalises over contexts alone; "
                    "leave out --direction rows"
                )
            yield name, "columns", columns, None
        else:
            yield from _directions(name, request.direction, columns, rows)


def _directions(
    name: str, direction: ScoreAxis, columns: Formula, rows: Formula
) -> Iterator[tuple[str, str | None, Formula, Formula | None]]:
    if direction == "both":
        yield name, "both", BothWays(columns, rows), None
    if direction in ("both", "rows"):
        yield name, "rows", rows, columns
    if direction in ("both", "columns"):
        yield name, "columns", columns, rows
