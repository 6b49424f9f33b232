"""Whether there are rows enough for a number to rest on."""

from __future__ import annotations

from collections.abc import Sequence

from mitool.errors import MitoolError
from mitool.measure.method import Method
from mitool.variables import Variable
from mitool.variables.identifiers import USABLE_SHARE


def require_rows(n_used: int, n_dropped: int, variables: Sequence[Variable]) -> None:
    """Refuse too few complete rows."""
    if not n_used:
        names_ = " and ".join(repr(v.name) for v in variables)
        raise MitoolError(f"no row has a value in {names_}: all {n_dropped} are missing in one")
    if n_used == 1:
        raise MitoolError(
            "one row tells nothing of dependence; at least 2 complete rows are needed"
        )


def require_support(method: Method, sides: Sequence[Variable | None], n_left: int) -> None:
    """Refuse a number that would rest on few of its rows, the others being alone with a label."""
    present = [variable for variable in sides if variable is not None]
    n_rows = len(present[0])
    labels = " and ".join(repr(v.name) for v in present if v.kind == "discrete")
    if not labels or n_rows - n_left >= USABLE_SHARE * n_rows:
        return
    raise MitoolError(
        f"{method.name} can use {n_rows - n_left} of {n_rows} rows, fewer than one in "
        f"{1 / USABLE_SHARE:.0f}: the others are alone with their label in {labels}, or nearly; "
        "join labels into fewer, or leave the column out"
    )
