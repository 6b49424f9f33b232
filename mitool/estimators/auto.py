"""``auto``: a table of rules; the first that fits chooses the estimator, and its reason is told.

Each rule stands on measurements over distributions with known MI (studies/accuracy.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mitool.estimators.base import Estimator
from mitool.estimators.parameters import create
from mitool.estimators.strata import ROWS_PER_LEVEL
from mitool.once import once
from mitool.variables import Variable

FOR_TWO_SCALES = 6
"""Rows of a level that its scales need. Over 8 kinds of pairs in levels of 6, 12, 16 and 32 rows
its root mean square errors are 0.38, 0.24, 0.20 and 0.12 nats, those of ksg 0.49, 0.36, 0.29 and
0.18, and those of mesner, which finds few neighbours there, 0.56, 0.42, 0.34 and 0.20."""

BY_HAND = 10
"""Of fewer rows a prior says more than they do: of a perfect copy of a coin in 4 rows, log 2 as
anyone counts it, nsb makes 0.30."""

RARE = 0.05
"""So many rows may be in smaller levels: with one level of 8 rows beside two of 300, mesner found
0.025 of 0 nats, and estimates within levels 0.00."""


@dataclass(frozen=True)
class Situation:
    """What ``auto`` looks at."""

    kinds: frozenset[str]
    kinds_of_pair: frozenset[str]
    dims: int
    labels_and_numbers: bool
    conditional: bool
    rows_per_level: int
    """How many rows the levels of the condition have, if it is of labels; else 0.

    All but ``RARE`` of the rows are in levels at least so large.
    """
    by_hand: bool = False
    """Whether labels of two levels at most are in fewer than ``BY_HAND`` rows."""

    @classmethod
    def of(cls, x: Variable, y: Variable, given: Variable | None) -> Situation:
        """Look at the variables of one estimate."""
        variables = (x, y) if given is None else (x, y, given)
        return cls(
            kinds=frozenset(kind for variable in variables for kind in variable.kinds),
            kinds_of_pair=frozenset({*x.kinds, *y.kinds}),
            dims=x.n_dims + y.n_dims,
            labels_and_numbers=any(v.has_labels_and_numbers for v in variables),
            conditional=given is not None,
            rows_per_level=_rows_per_level(given),
            by_hand=all(is_by_hand(v) for v in variables),
        )


def _rows_per_level(given: Variable | None) -> int:
    if given is None or given.kind != "discrete":
        return 0
    sizes = np.sort(np.bincount(given.codes))
    return int(sizes[np.searchsorted(sizes.cumsum(), RARE * len(given), side="right")])


def is_by_hand(variable: Variable) -> bool:
    """Whether a variable is labels of two levels a column at most in few rows."""
    few = variable.kind == "discrete" and 0 < len(variable) < BY_HAND
    return few and all(variable.n_distinct(j) <= 2 for j in range(variable.n_dims))


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    when: str
    applies: Callable[[Situation], bool]
    estimator: str
    because: str
    params: Mapping[str, Any] = field(default_factory=dict)

    @once
    def instance(self) -> Estimator:
        """The estimator of this name, with these parameters."""
        return create(self.estimator, self.params)


def _all_discrete(situation: Situation) -> bool:
    return situation.kinds == {"discrete"}


def _labels_in_a_joint(situation: Situation) -> bool:
    return situation.labels_and_numbers or (situation.conditional and "discrete" in situation.kinds)


def _numbers_within_labels(situation: Situation, fewest: int = ROWS_PER_LEVEL) -> bool:
    numeric = not situation.labels_and_numbers and "discrete" not in situation.kinds_of_pair
    return numeric and situation.rows_per_level >= fewest


RULES = (
    Rule(
        f"columns of two labels at most in fewer than {BY_HAND} rows",
        lambda situation: situation.by_hand,
        "plugin",
        f"fewer than {BY_HAND} rows of two labels are counted as by hand",
    ),
    Rule(
        "all columns discrete",
        _all_discrete,
        "nsb",
        "all columns are discrete",
    ),
    Rule(
        f"one column of numbers a side, within labels of {FOR_TWO_SCALES} rows or more",
        lambda situation: situation.dims == 2 and _numbers_within_labels(situation, FOR_TWO_SCALES),
        "two-scales",
        "the condition is labels with rows enough to estimate within them",
    ),
    Rule(
        f"numbers within labels of {ROWS_PER_LEVEL} rows or more",
        _numbers_within_labels,
        "ksg",
        "the condition is labels with rows enough to estimate within them",
    ),
    Rule(
        "labels beside numbers in one variable, or in a condition",
        _labels_in_a_joint,
        "mesner",
        "labels stand beside numbers in one space",
    ),
    Rule(
        "one variable discrete, the other numeric",
        lambda situation: "discrete" in situation.kinds,
        "ross",
        "one variable is discrete and the other numeric",
    ),
    Rule(
        "numbers under a condition",
        lambda situation: situation.conditional,
        "ksg",
        "all columns are numeric, and what the condition explains of them is taken off first",
        {"residuals": True},
    ),
    Rule(
        "one column of numbers a side",
        lambda situation: situation.dims == 2,
        "two-scales",
        "one numeric column on either side",
    ),
    Rule(
        "several columns of numbers",
        lambda situation: True,
        "knn-or-copula",
        "several numeric columns",
    ),
)


def choose(situation: Situation) -> Rule:
    """Give the first rule that applies."""
    return next(rule for rule in RULES if rule.applies(situation))
