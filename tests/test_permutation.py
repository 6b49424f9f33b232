"""Properties of permutation tests, against enumeration where everything can be counted."""

from __future__ import annotations

from fractions import Fraction
from itertools import permutations
from math import factorial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mitool.inference.permutation import (
    against,
    permutation_test,
    sequential_test,
    standardised_maximum,
)

few = settings(max_examples=60, deadline=None)
whole = st.integers(-3, 3).map(float)
samples = st.integers(3, 5).flatmap(
    lambda n: st.tuples(*(st.lists(whole, min_size=n, max_size=n) for _ in range(2)))
)


def statistic(x, y):
    """A sum of whole numbers, exact in floats: ties are ties."""
    return float(np.dot(x, y))


def drawn(x, y, orders):
    """The statistics of the numbered orders of y."""
    return lambda numbers: ((statistic(x, np.take(y, orders[i])),) for i in numbers)


def p_of(x, y, orders):
    return permutation_test((statistic(x, y),), drawn(x, y, orders), len(orders)).p_value


@few
@given(samples, st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_p_value_lies_between_one_in_all_and_one(sample, n, seed):
    x, y = sample
    rng = np.random.default_rng(seed)
    p = p_of(x, y, [rng.permutation(len(x)) for _ in range(n)])
    assert 1 / (n + 1) <= p <= 1


@few
@given(samples)
def test_all_orders_give_the_share_that_reaches_the_observed_one(sample):
    x, y = sample
    orders = list(permutations(range(len(x))))
    n_reached = sum(
        sum(a * y[i] for a, i in zip(x, order, strict=True))
        >= sum(a * b for a, b in zip(x, y, strict=True))
        for order in orders
    )
    found = Fraction(p_of(x, y, orders)).limit_denominator(factorial(len(x)) + 1)
    assert found == Fraction(n_reached + 1, len(orders) + 1)


@few
@given(samples)
def test_every_sample_is_as_likely_as_its_p_value_says(sample):
    """Of the orders of y, each observed in turn, at most a share alpha has p <= alpha.

    The observed order and the others of the group are then the N + 1 exchangeable statistics.
    """
    x, y = sample
    orders = list(permutations(range(len(x))))
    values = [statistic(x, np.take(y, order)) for order in orders]
    found = []
    for at, observed in enumerate(values):
        others = np.array(values[:at] + values[at + 1 :])[:, None]
        found.append(against((observed,), others).p_value)
    for alpha in sorted(set(found)):
        assert np.mean(np.array(found) <= alpha) <= alpha + 1e-12


@few
@given(samples, st.randoms(use_true_random=False))
def test_renaming_the_rows_of_both_changes_nothing(sample, random):
    x, y = (np.array(side) for side in sample)
    rows = list(range(len(x)))
    random.shuffle(rows)
    orders = list(permutations(range(len(x))))
    assert p_of(x, y, orders) == p_of(x[rows], y[rows], orders)


@few
@given(samples, st.integers(1, 40), st.integers(0, 2**32 - 1))
def test_a_sequential_test_that_is_not_stopped_is_the_whole_one(sample, n, seed):
    x, y = sample
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(x)) for _ in range(n)]
    statistics, observed = drawn(x, y, orders), statistic(x, y)
    found = sequential_test(observed, statistics, n, stop_at=n + 1)
    assert found.p_value == permutation_test((observed,), statistics, n).p_value
    assert found.n_permutations == n


@few
@given(samples, st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_a_sequential_test_stops_at_the_permutation_that_decides(sample, stop_at, seed):
    x, y = sample
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(x)) for _ in range(40)]
    observed = statistic(x, y)
    reached = [statistic(x, np.take(y, order)) >= observed for order in orders]
    found = sequential_test(observed, drawn(x, y, orders), len(orders), stop_at=stop_at)
    if sum(reached) >= stop_at:
        n = int(np.flatnonzero(np.cumsum(reached) == stop_at)[0]) + 1
        assert (found.n_permutations, found.p_value) == (n, stop_at / n)
    else:
        assert found.p_value == (sum(reached) + 1) / 41


@few
@given(samples, st.integers(1, 20), st.integers(2, 4), st.integers(0, 2**32 - 1))
def test_numbers_do_not_depend_on_threads(sample, n, n_jobs, seed):
    x, y = sample
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(len(x)) for _ in range(n)]
    observed, statistics = (statistic(x, y),), drawn(x, y, orders)
    alone = permutation_test(observed, statistics, n)
    assert permutation_test(observed, statistics, n, n_jobs=n_jobs) == alone


@few
@given(st.lists(st.tuples(whole, whole), min_size=2, max_size=8), st.randoms())
def test_a_maximum_treats_all_rows_alike(rows, random):
    """The observed row has no place of its own: the scores move as the rows do."""
    order = list(range(len(rows)))
    random.shuffle(order)
    scores = standardised_maximum(np.array(rows))
    moved = standardised_maximum(np.array(rows)[order])
    np.testing.assert_allclose(moved, scores[order], atol=1e-12)
