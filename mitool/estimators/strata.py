"""Labels as a condition: the mean over their levels of the information within each.

I(X;Y|Z) = sum over z of p(z) I(X;Y|Z=z), Cover & Thomas (2006), eq. 2.60, doi:10.1002/047174882X.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import Prepared, Value
from mitool.kernels.counts.coded import Coded, code_rows
from mitool.kernels.neighbors.margin import Margin
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable

ROWS_PER_LEVEL = 16
"""In levels of fewer rows nearest neighbours find less than there is: with 12 rows 0.26 … 0.32 of
0.51 nats, with 8 0.11 … 0.21, and with 4 nothing; a Gaussian copula finds 0.49 … 0.51 in each."""

Side = TypeVar("Side", bound=Prepared)


def margin_or_labels(variable: Variable) -> Margin | Coded:
    """Give the margin of numbers, whose order or tree is computed once; code labels."""
    return code_rows(variable.values) if variable.kind == "discrete" else Margin.of(variable)


def mean_over_levels(
    join: Callable[[Side, Side], Value], x: Side, y: Side, z: Coded, fewest: int
) -> Value:
    """Estimate within each level that has the ``fewest`` rows or more; say what is left out."""
    total, n_used = 0.0, 0
    for level in np.flatnonzero(z.counts >= fewest):
        rows = np.flatnonzero(z.codes == level)
        total += len(rows) * join(x.take(rows), y.take(rows)).mi
        n_used += len(rows)
    if not n_used:
        raise MitoolError(
            f"no level of the condition has {fewest} or more of {len(z)} rows, which an estimate "
            "within levels needs (and an interval, of a part of the rows); join some levels "
            "into one"
        )
    n_left, facts = len(z) - n_used, {"levels_given": z.n_seen}
    return Value(total / n_used, facts=facts, notes=_left_out(z, n_left), n_left=n_left)


def _left_out(z: Coded, n_left: int) -> tuple[Note, ...]:
    if not n_left:
        return ()
    return (note_of("small_levels", n_left=n_left, n_rows=len(z)),)


def within_levels(
    join: Callable[[Side, Side], Value], x: Side, y: Side, z: Coded, fewest: int
) -> Value:
    """Give the same by nearest neighbours, and say so where most rows have few to seek among."""
    value = mean_over_levels(join, x, y, z, fewest)
    n_thin = int(z.counts[z.counts < ROWS_PER_LEVEL].sum())
    return replace(value, notes=(*value.notes, *thin(n_thin, len(z))))


def thin(n_thin: int, n_rows: int) -> tuple[Note, ...]:
    """Warn where most rows are in levels of a condition that have few."""
    what = f"are in levels of the condition with fewer than {ROWS_PER_LEVEL} rows"
    return sparse(n_thin, n_rows, what, "join some levels into one, or use -e gcmi for numbers")


def sparse(n_sparse: int, n_rows: int, what: str, remedy: str) -> tuple[Note, ...]:
    """Warn where most rows have too few of their labels to find neighbours among."""
    if 2 * n_sparse <= n_rows:
        return ()
    words = {"n_sparse": n_sparse, "n_rows": n_rows, "what": what, "remedy": remedy}
    return (note_of("sparse_levels", **words),)
