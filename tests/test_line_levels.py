"""Neighbours within the levels of labels, many orders at once: the same as one after the other."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

import mitool.kernels.compiled  # so that no call may do without what it tests
from mitool.errors import MitoolError
from mitool.estimators.base import Permutable
from mitool.estimators.mesner import MesnerShalizi
from mitool.estimators.orders import PermutableFirst
from mitool.estimators.ross import Ross
from mitool.kernels.neighbors.line_levels import counts_in_levels
from mitool.kernels.neighbors.margin import Margin
from mitool.measure.estimation import measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.variables import gather
from tests.make import discrete, labels, variable

assert mitool.kernels.compiled

few = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def drawn(seed: int, n: int, n_levels: int, n_values: int):
    """Labels, numbers with ties, two orders and a generator."""
    rng = np.random.default_rng(seed)
    codes = np.unique(rng.integers(0, n_levels, n), return_inverse=True)[1]
    values = np.round(rng.standard_normal(n) * n_values) / n_values
    return codes, values, [rng.permutation(n) for _ in range(3)]


@few
@given(
    seeds,
    st.integers(2, 40),
    st.integers(1, 12),
    st.sampled_from([1, 3, 10**6]),
    st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True).map(sorted),
    st.booleans(),
    st.booleans(),
)
def test_counts_are_those_of_the_slow_twin(seed, n, n_levels, n_values, sizes, moves, closed):
    codes, values, orders = drawn(seed, n, n_levels, n_values)
    y = Margin.of(variable(values))
    found = counts_in_levels(codes, y, np.array(orders), sizes, moves_line=moves, closed=closed)
    for order, by_size in zip(orders, found, strict=True):
        moved = (codes, values[order]) if moves else (codes[order], values)
        for k, counts in zip(sizes, by_size, strict=True):
            on_line, in_level = reference.level_counts(*moved, k, closed=closed)
            np.testing.assert_array_equal(counts[0], on_line)
            if closed:
                np.testing.assert_array_equal(counts[1], in_level)


SIDES = pytest.mark.parametrize("labels_first", [True, False], ids=["labels, numbers", "reverse"])


@pytest.mark.parametrize(
    "estimator", [Ross(2), Ross(3), MesnerShalizi(2), MesnerShalizi(5)], ids=repr
)
@SIDES
@pytest.mark.parametrize("scales", [(), (1, 4), (3, 10, 30)], ids=repr)
@pytest.mark.parametrize("n_levels", [2, 20, 120])
@pytest.mark.parametrize("n_values", [4, 10**9])
def test_many_orders_are_each_by_itself_to_the_bit(
    estimator, labels_first, scales, n_levels, n_values
):
    """With rows alone in their level and levels of fewer rows than neighbours among them."""
    codes, values, orders = drawn(3, 150, n_levels, n_values)
    label, number = estimator.prepare(discrete(codes)), estimator.prepare(variable(values))
    moved = [number.permute(o) for o in orders], [label.permute(o) for o in orders]
    if labels_first:
        pairs, found = [(label, other) for other in moved[0]], estimator.permuted
        sides = label, number
    elif isinstance(estimator, Ross):
        pairs, found = [(other, number) for other in moved[1]], estimator.permuted_first
        sides = label, number
    else:
        pairs, found = [(number, other) for other in moved[1]], estimator.permuted
        sides = number, label
    one = (lambda x, y: estimator.at_scales(scales, x, y)) if scales else joined(estimator)
    assert list(found(*sides, iter(orders), scales)) == [one(x, y) for x, y in pairs]


def joined(estimator):
    return lambda x, y: (estimator.join(x, y).mi,)


@few
@given(seeds, st.integers(4, 40), st.integers(1, 3), st.integers(1, 6))
def test_ross_in_an_order_is_its_slow_twin_of_rows_in_that_order(seed, n, n_levels, k):
    codes, values, orders = drawn(seed, n, n_levels, 10**9)
    estimator = Ross(k)
    label, number = estimator.prepare(discrete(codes)), estimator.prepare(variable(values))
    if np.bincount(codes).max() < 2:
        return
    of_numbers = [mi for (mi,) in estimator.permuted(label, number, orders)]
    of_labels = [mi for (mi,) in estimator.permuted_first(label, number, orders)]
    slow = [reference.ross(codes, values[order][:, None], k) for order in orders]
    assert of_numbers == pytest.approx(slow, abs=1e-12)
    slow = [reference.ross(codes[order], values[:, None], k) for order in orders]
    assert of_labels == pytest.approx(slow, abs=1e-12)


@pytest.mark.parametrize("name", ["ross", "mesner"])
@SIDES
@pytest.mark.parametrize("n_dims", [1, 2])
def test_a_test_s_statistics_are_those_of_the_pair_in_each_order(rng, name, labels_first, n_dims):
    codes, values = rng.integers(0, 3, 90), rng.standard_normal((90, n_dims))
    names = [f"v{j}" for j in range(n_dims)]
    columns = [Column(one, column) for one, column in zip(names, values.T, strict=True)]
    sides = [labels(codes, "label"), gather(columns, continuous=names)]
    x, y = sides if labels_first else sides[::-1]
    measurement, _ = measurement_of(x, y, None, Settings(name))
    orders = [rng.permutation(90) for _ in range(4)]
    found = list(measurement.permuted(iter(orders), joins=True))
    alone = [Measurement(measurement.method, x, y.permute(order)) for order in orders]
    assert found == [one.observed(joins=True) for one in alone]
    estimates = list(measurement.permuted(iter(orders), joins=False))
    assert estimates == [(one.value.mi,) for one in alone]


def test_ross_takes_orders_of_either_side_and_says_so():
    assert isinstance(Ross(), Permutable)
    assert isinstance(Ross(), PermutableFirst)
    assert isinstance(MesnerShalizi(), Permutable)


def test_two_columns_of_labels_are_no_line(rng):
    a, b = (MesnerShalizi().prepare(discrete(rng.integers(0, 3, 60))) for _ in range(2))
    orders = [rng.permutation(60) for _ in range(2)]
    alone = [(MesnerShalizi().join(a, b.permute(order)).mi,) for order in orders]
    assert list(MesnerShalizi().permuted(a, b, orders)) == alone


def test_too_few_rows_are_refused_in_any_order(rng):
    order = [np.arange(4)]
    sides = discrete([0, 0, 1, 1]), variable(rng.standard_normal(4))
    a, b = map(MesnerShalizi(4).prepare, sides)
    with pytest.raises(MitoolError, match="needs more than 4 rows, got 4"):
        list(MesnerShalizi(4).permuted(a, b, order))
    alone = Ross().prepare(discrete([0, 1, 2, 3]))
    with pytest.raises(MitoolError, match="each of 4 rows has one of its own"):
        list(Ross().permuted(alone, Ross().prepare(sides[1]), order))
