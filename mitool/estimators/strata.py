"""Labels as a condition: the mean over their levels of the information within each.

I(X;Y|Z) = sum over z of p(z) I(X;Y|Z=z), Cover & Thomas (2006), eq. 2.60, doi:10.1002/047174882X.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import Prepared, Value
from mitool.kernels.counts import Coded, code_rows
from mitool.kernels.margin import Margin
from mitool.result import Note
from mitool.variables import Variable

Side = TypeVar("Side", bound=Prepared)


def margin_or_labels(variable: Variable) -> Margin | Coded:
    """Give the margin of numbers, whose order or tree is computed once; code labels."""
    return code_rows(variable.values) if variable.kind == "discrete" else Margin.of(variable)


def within_levels(
    join: Callable[[Side, Side], Value], x: Side, y: Side, z: Coded, fewest: int = 1
) -> Value:
    """Estimate within each level that has the ``fewest`` rows or more; say what is left out."""
    total, n_used = 0.0, 0
    for level in np.flatnonzero(z.counts >= fewest):
        rows = np.flatnonzero(z.codes == level)
        total += len(rows) * join(x.take(rows), y.take(rows)).mi
        n_used += len(rows)
    if not n_used:
        raise MitoolError(
            f"no level of the condition has {fewest} rows or more, which an estimate within "
            "levels needs; join some levels into one, or use -e mesner"
        )
    return Value(total / n_used, facts={"levels_given": z.n_seen}, notes=_left_out(z, n_used))


def _left_out(z: Coded, n_used: int) -> tuple[Note, ...]:
    n_left = len(z) - n_used
    if not n_left:
        return ()
    message = f"{n_left} of {len(z)} rows are in levels of the condition too small to estimate in"
    return (Note("small_levels", f"{message}, and are left out"),)
