"""What may be done to numeric columns before an estimate: MI itself does not change by it.

The order matters: average ranks, then normal scores, then the jitter that breaks ties. Jitter
before the ranks scatters the neighbours of a tie over a wide interval (mean bias 0.035 nats
instead of 0.005 on 16 tied and mixed tasks at n = 1000).
"""

from __future__ import annotations

from functools import lru_cache
from statistics import NormalDist
from typing import get_args

import numpy as np

from mitool.choices import Transform
from mitool.errors import UsageError
from mitool.variables.kinds import Vector
from mitool.variables.magnitudes import near_one
from mitool.variables.variable import Matrix, Variable

TRANSFORMS: tuple[str, ...] = get_args(Transform)

SMALL = 20_000  # below it the standard library's quantiles cost less than importing scipy


@lru_cache(maxsize=8)
def normal_quantiles(n_samples: int) -> Vector:
    """Normal scores of the average ranks 1, 1.5, 2, …, n: Φ⁻¹(r / (n + 1)), odd by construction."""
    half_ranks = np.arange(2, n_samples + 2)  # ranks up to the middle: the rest is their mirror
    probability = half_ranks / (2.0 * (n_samples + 1))
    if n_samples <= SMALL:
        quantile = NormalDist().inv_cdf
        lower = np.array([quantile(p) for p in probability.tolist()])
    else:
        from scipy.special import ndtri

        lower = np.asarray(ndtri(probability))
    lower[-1] = 0.0  # rank (n + 1) / 2
    scores = np.concatenate((lower, -lower[-2::-1]))
    scores.setflags(write=False)
    return scores


@lru_cache(maxsize=8)
def untied_line(how: str, n_samples: int) -> Vector:
    """Give what "rank" or "normal" makes of a column without ties, ascending, shape (n,).

    Not to be written to, and yet not locked: loops would be compiled once more for locked arrays.
    """
    if how == "normal":
        line = normal_quantiles(n_samples)[::2].copy()
    else:
        line = np.arange(1.0, n_samples + 1) / (n_samples + 1)
    return line


def leaves_order_alone(how: str, variable: Variable) -> bool:
    """Tell whether a transform leaves nothing of a variable but the order of its rows."""
    one_of_numbers = variable.n_dims == 1 and variable.kind != "discrete"
    return how in ("rank", "normal") and one_of_numbers and not tied_columns(variable)


def average_ranks(variable: Variable, column: int) -> Vector:
    """Ranks 1 … n of one column, ties sharing their mean; shape (n,)."""
    order = variable.order(column)
    ordered = variable.values[order, column]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ranks = np.empty(len(order))
    if len(starts) == len(order):
        ranks[order] = np.arange(1.0, len(order) + 1)
        return ranks
    ends = np.append(starts[1:], len(order))
    ranks[order] = np.repeat((starts + ends + 1) / 2.0, ends - starts)
    return ranks


def _standard(variable: Variable, column: int) -> Vector:
    values = near_one(variable.values[:, column])
    spread = values.std()
    centred: Vector = values - values.mean()
    return centred / spread if spread > 0 else np.zeros_like(centred)


def _rank(variable: Variable, column: int) -> Vector:
    ranks: Vector = average_ranks(variable, column) / (len(variable) + 1)
    return ranks


def _normal(variable: Variable, column: int) -> Vector:
    if variable.n_distinct(column) == len(variable):
        untied = np.empty(len(variable))
        untied[variable.order(column)] = untied_line("normal", len(variable))
        return untied
    doubled = (2.0 * average_ranks(variable, column)).astype(np.int64)
    scores: Vector = normal_quantiles(len(variable))[doubled - 2]
    return scores


_COLUMNWISE = {"standard": _standard, "rank": _rank, "normal": _normal}


def transform(variable: Variable, how: str) -> Variable:
    """Transform every numeric column by itself; discrete columns and missing marks stay."""
    if how not in TRANSFORMS:
        raise UsageError(f"no transform {how!r}; there are: {', '.join(TRANSFORMS)}")
    numeric = [j for j, kind in enumerate(variable.kinds) if kind != "discrete"]
    if how == "none" or not numeric or not len(variable):
        return variable
    if variable.n_dims == 1:
        return _with_orders_of(variable, _COLUMNWISE[how](variable, 0)[:, None])
    values = variable.values.copy()
    for column in numeric:
        values[:, column] = _COLUMNWISE[how](variable, column)
    return _with_orders_of(variable, values)


def tied_columns(variable: Variable) -> list[int]:
    """Which numeric columns repeat a value (kept)."""
    tied: list[int] = variable.remember("tied", lambda: _tied_columns(variable))
    return tied


def _tied_columns(variable: Variable) -> list[int]:
    return [
        j
        for j, kind in enumerate(variable.kinds)
        if kind != "discrete" and variable.n_distinct(j) < len(variable)
    ]


def _with_orders_of(variable: Variable, values: Matrix) -> Variable:
    """Monotone transforms keep the order of the rows: sort once."""
    orders = {j: variable.order(j) for j in range(variable.n_dims) if j in variable.sorted_columns}
    return variable.with_values(values, variable.missing, orders)
