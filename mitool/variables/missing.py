"""Rows with a missing value go before any estimator sees a variable."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from mitool.choices import Missing
from mitool.errors import MitoolError
from mitool.variables.variable import COMPLETE, Variable

MOST_MASKS = 2


def complete(*variables: Variable, missing: Missing = "drop") -> tuple[tuple[Variable, ...], int]:
    """Drop the rows that are missing in any of the variables; give the rest and how many went."""
    lengths = {len(variable) for variable in variables}
    if len(lengths) > 1:
        numbers = ", ".join(f"{v.name!r} has {len(v)}" for v in variables)
        raise MitoolError(f"variables must have the same number of rows, but {numbers}")
    masks = [v.missing for v in variables if v.missing is not None]
    if not masks:
        return variables, 0
    dropped = np.asarray(np.logical_or.reduce(masks))
    n_dropped = int(np.count_nonzero(dropped))
    if missing == "error":
        lacking = [v for v in variables if v.missing is not None]
        raise incomplete(n_dropped, len(dropped), lacking)
    digest = blake2b(dropped.data, digest_size=16).digest()
    return tuple(_on_complete(v, dropped, digest) for v in variables), n_dropped


def _on_complete(variable: Variable, dropped: NDArray[np.bool_], digest: bytes) -> Variable:
    """Give a variable on the rows that are not dropped: the same one for the same rows.

    So what was prepared of it stays, too; only of a few masks, or there would be one a pair.
    """
    known: dict[bytes, Variable] = variable.remember(COMPLETE, dict)
    kept = known.get(digest)
    if kept is None:
        for oldest in list(known)[: len(known) + 1 - MOST_MASKS]:
            known.pop(oldest, None)
        values = np.ascontiguousarray(variable.values[np.flatnonzero(~dropped)])
        kept = known[digest] = variable.with_values(values)
    return kept


def incomplete(n_dropped: int, n_rows: int, variables: Sequence[Variable]) -> MitoolError:
    """Say that rows have missing values, and what to do about them."""
    names = ", ".join(repr(variable.name) for variable in variables)
    return MitoolError(
        f"{n_dropped} of {n_rows} rows have a missing value in {names}; "
        "use --missing drop to leave them out"
    )
