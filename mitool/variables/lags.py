"""Rows in time: shifted and embedded variables, made before missing rows are dropped."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from mitool.errors import MitoolError
from mitool.variables.sorting import Order
from mitool.variables.variable import Variable


def lagged(
    x: Variable, y: Variable, given: Variable | None, lag: int
) -> tuple[Variable, Variable, Variable | None]:
    """Pair x, and the condition, at time t with y at time t + lag: |lag| rows fewer."""
    n_samples = len(x)
    if abs(lag) >= n_samples:
        raise MitoolError(f"lag {lag} is longer than the series of {n_samples} rows")
    start, stop = max(0, -lag), n_samples - max(0, lag)
    z = None if given is None else _part(given, start, stop)
    return _part(x, start, stop), _part(y, start + lag, stop + lag), z


def _part(variable: Variable, start: int, stop: int) -> Variable:
    """Give contiguous rows; where they are sorted, all rows are, once for all lags.

    Of 10⁵ rows taking out an order costs 0.1 ms, finding it anew 5 ms.
    """
    missing = None if variable.missing is None else variable.missing[start:stop]
    part = variable.with_values(variable.values[start:stop], missing)
    part.remember("sort", lambda: partial(_order_in, variable, start, stop))
    return part


def _order_in(variable: Variable, start: int, stop: int, column: int) -> Order:
    """Give the order of some contiguous rows by that of all."""
    order = variable.order(column) - start
    some: Order = order[(order >= 0) & (order < stop - start)]
    return some


def past(variable: Variable, length: int, steps_ahead: int) -> Variable:
    """The ``length`` values up to time t of every column, for each t with a full past.

    Row i stands for time t = ``steps_ahead`` - 1 + i, so that pasts of different lengths fit
    together; the last row, whose future is not known, is left out.
    """
    start, stop = steps_ahead - 1, len(variable) - 1
    if length < 1:
        raise MitoolError(f"history must be at least 1, got {length}")
    if stop <= start:
        raise MitoolError(
            f"history {steps_ahead} is longer than the series of {len(variable)} rows"
        )
    rows = np.arange(start, stop)
    shifted = [variable.take(rows - back) for back in range(length)]
    masks = [v.missing for v in shifted if v.missing is not None]
    return replace(
        shifted[0],
        names=tuple(f"{name}[t-{back}]" for back in range(length) for name in variable.names),
        values=np.ascontiguousarray(np.hstack([v.values for v in shifted])),
        kinds=variable.kinds * length,
        missing=np.asarray(np.logical_or.reduce(masks)) if masks else None,
    )


def transferred(
    x: Variable, y: Variable, history_x: int, history_y: int
) -> tuple[Variable, Variable, Variable]:
    """Give source past, target future and target past.

    Transfer entropy is the MI of the first two given the third (Schreiber 2000,
    doi:10.1103/PhysRevLett.85.461).
    """
    longest = max(history_x, history_y)
    future = y.take(np.arange(longest, len(y)))
    return past(x, history_x, longest), future, past(y, history_y, longest)
