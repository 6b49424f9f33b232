"""What every estimator promises, as checks that a plug-in's own tests can call.

>>> from mitool.testing import PROMISES, samples
>>> from mitool.estimators.parameters import create
>>> estimator = create("gaussian")
>>> for promise in PROMISES.values():
...     for pair in samples(estimator):
...         promise(estimator, pair)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mitool.estimators.base import Estimator, Permutable, Value
from mitool.variables import Kind, Variable

N_SAMPLES = 120
TOLERANCE = 1e-9  # sums in another order differ in their last bits


class Pair(NamedTuple):
    """Two variables of the same rows, and two of weaker dependence."""

    x: Variable
    y: Variable
    weaker: Variable


def samples(estimator: Estimator, seed: int = 0) -> Iterator[Pair]:
    """Give a pair of variables for each pair of kinds that an estimator accepts."""
    rng = np.random.default_rng(seed)
    for kind_x, kind_y in sorted(estimator.accepts):
        hidden = rng.normal(size=N_SAMPLES)
        strong, weak = (hidden + noise * rng.normal(size=N_SAMPLES) for noise in (0.2, 5.0))
        yield Pair(
            _variable("x", hidden, kind_x),
            _variable("y", strong, kind_y),
            _variable("y", weak, kind_y),
        )


def _variable(name: str, values: np.ndarray, kind: Kind) -> Variable:
    if kind == "discrete":
        values = np.digitize(values, [-1.0, 0.0, 1.0]).astype(np.float64)
    elif kind == "mixed":
        values = np.maximum(values, -0.5)
    return Variable((name,), np.ascontiguousarray(values[:, None], dtype=np.float64), (kind,))


def row_order_does_not_matter(estimator: Estimator, pair: Pair) -> None:
    """Rows may come in any order, where nothing is drawn at random."""
    rows = np.random.default_rng(1).permutation(len(pair.x))
    _near(estimator, estimator(pair.x, pair.y), estimator(pair.x.take(rows), pair.y.take(rows)))


def symmetry_where_claimed(estimator: Estimator, pair: Pair) -> None:
    """X and y may be swapped, where the estimator accepts both orders and says it is symmetric."""
    if estimator.symmetric and (pair.y.kind, pair.x.kind) in estimator.accepts:
        _near(estimator, estimator(pair.x, pair.y), estimator(pair.y, pair.x))


def the_input_is_left_alone(estimator: Estimator, pair: Pair) -> None:
    """Neither the values nor their order are touched."""
    before = pair.x.values.copy(), pair.y.values.copy()
    estimator(pair.x, pair.y)
    assert np.array_equal(before[0], pair.x.values)
    assert np.array_equal(before[1], pair.y.values)


def the_value_is_a_plain_finite_number(estimator: Estimator, pair: Pair) -> None:
    """``mi`` is a float of Python's own, and finite."""
    value = estimator(pair.x, pair.y).mi
    assert type(value) is float
    assert np.isfinite(value)


def the_same_call_gives_the_same_bits(estimator: Estimator, pair: Pair) -> None:
    """There is no hidden state and no hidden chance."""
    fresh = replace(estimator)
    assert estimator(pair.x, pair.y).mi == fresh(pair.x, pair.y).mi


def stronger_dependence_gives_more(estimator: Estimator, pair: Pair) -> None:
    """A close relation is estimated above a loose one."""
    assert estimator(pair.x, pair.y).mi > estimator(pair.x, pair.weaker).mi


def permuting_prepared_rows_is_preparing_permuted_rows(estimator: Estimator, pair: Pair) -> None:
    """A permutation test may permute what was prepared."""
    rows = np.random.default_rng(2).permutation(len(pair.x))
    prepared = estimator.prepare(pair.x), estimator.prepare(pair.y)
    taken = estimator.join(prepared[0], prepared[1].permute(rows))
    _near(estimator, taken, estimator(pair.x, pair.y.take(rows)))


def orders_taken_together_give_the_bits_of_each(estimator: Estimator, pair: Pair) -> None:
    """An estimator that takes many orders of y at once gives what it does in one after another."""
    if not isinstance(estimator, Permutable):
        return
    x, y = estimator.prepare(pair.x), estimator.prepare(pair.y)
    rng = np.random.default_rng(3)
    orders = [rng.permutation(len(pair.x)) for _ in range(4)]
    moved = [y.permute(rows) for rows in orders]
    alone = [(estimator.join(x, other).mi,) for other in moved]
    assert list(estimator.permuted(x, y, iter(orders))) == alone
    if estimator.scales is not None:
        _, scales = estimator.scales
        taken = list(estimator.permuted(x, y, iter(orders), scales))
        assert taken == [estimator.at_scales(scales, x, other) for other in moved]


def _near(estimator: Estimator, first: Value, second: Value) -> None:
    """Two values agree to their last bits, or within their certificates."""
    slack = (first.error_bound or 0.0) + (second.error_bound or 0.0)
    tolerance = TOLERANCE * max(1.0, abs(first.mi)) + slack
    assert abs(first.mi - second.mi) <= tolerance, f"{estimator}: {first.mi} is not {second.mi}"


PROMISES: dict[str, Callable[[Estimator, Pair], None]] = {
    promise.__name__: promise
    for promise in (
        row_order_does_not_matter,
        symmetry_where_claimed,
        the_input_is_left_alone,
        the_value_is_a_plain_finite_number,
        the_same_call_gives_the_same_bits,
        stronger_dependence_gives_more,
        permuting_prepared_rows_is_preparing_permuted_rows,
        orders_taken_together_give_the_bits_of_each,
    )
}
