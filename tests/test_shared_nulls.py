"""Nulls that many pairs share: what they depend on, and who must not share them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mitool.estimators import BUILTIN, load
from mitool.estimators.ross import Ross
from mitool.inference.permutation import against
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.seeds import stream
from mitool.uncertainty import Uncertainty, assess, shared
from mitool.uncertainty.shared import SharedNulls, Shuffled
from tests.make import discrete, labels, numbers, variable

BLIND = sorted(name for name in BUILTIN if load(name).blind_to_names)
ASKED = Uncertainty(n_permutations=199)
SIDES = pytest.mark.parametrize("labels_first", [True, False], ids=["labels, numbers", "reverse"])


def measured(x, y, estimator="auto", **more):
    return measurement_of(x, y, None, Settings(estimator, **more))[0]


def of_sizes(rng, *sizes):
    """Codes of levels of these sizes, in random order."""
    return rng.permutation(np.repeat(np.arange(len(sizes)), sizes))


def statistics(measurement, orders):
    """What each order gives, up to rounding, and how often."""
    found = measurement.permuted(iter(orders), joins=False)
    return Counter(round(value, 9) + 0.0 for (value,) in found)


def test_neighbours_are_blind_to_names():
    assert BLIND == ["mesner", "mixed-ksg", "ross"]


@pytest.mark.parametrize("name", BLIND)
@pytest.mark.parametrize("sizes", [(3, 3), (2, 4), (1, 2, 3), (2, 2, 2)], ids=repr)
@SIDES
def test_all_orders_of_any_pair_are_those_of_the_pair_that_stands_for_it(
    rng, name, sizes, labels_first
):
    """Of 6 rows all 720 orders: the whole null, whatever the labels, the numbers and their rows."""
    every = [np.array(order) for order in permutations(range(6))]
    nulls = []
    for renamed in (lambda codes: codes, lambda codes: 50 - 7 * codes):
        label, number = labels(renamed(of_sizes(rng, *sizes))), numbers(rng.exponential(size=6))
        sides = (label, number) if labels_first else (number, label)
        pair = measured(*sides, name, params={"n_neighbors": 1})
        nulls += [statistics(pair, every), statistics(Shuffled.of(pair).pair(), every)]
    assert all(null == nulls[0] for null in nulls)
    assert len(nulls[0]) > 3


@pytest.mark.parametrize("name", BLIND)
def test_pairs_of_as_many_labels_have_one_p_value_where_they_have_one_order(rng, name):
    codes, values = of_sizes(rng, 30, 50, 40), rng.standard_normal(120)
    nulls, other = SharedNulls(ASKED), rng.permutation(120)
    pairs = [
        (labels(codes), numbers(values)),
        (labels(9 - 2 * codes), numbers(np.exp(values))),
        (labels(codes[other]), numbers(values[other])),
        (numbers(values), labels(codes)),
    ]
    found = [nulls.test(measured(*pair, name)) for pair in pairs]
    assert len({test.p_value for test in found}) == 1
    assert all(test.method.startswith("shared-permutation") for test in found)


def test_labels_of_other_sizes_have_other_nulls(rng):
    values = numbers(rng.standard_normal(60))
    sizes = [(20, 40), (40, 20), (30, 30), (20, 20, 20)]
    found = [Shuffled.of(measured(labels(of_sizes(rng, *some)), values)) for some in sizes]
    assert found[0] == found[1]
    assert len(set(found)) == 3
    assert found[0] == Shuffled.of(measured(values, labels(of_sizes(rng, 20, 40))))


@pytest.mark.parametrize("statistic", ["auto", "estimate"])
@SIDES
def test_a_shared_null_says_what_a_null_of_its_own_says(rng, statistic, labels_first):
    """Within five standard errors of the difference of two p-values of 1999 permutations."""
    asked = Uncertainty(n_permutations=1999, statistic=statistic)
    nulls = SharedNulls(asked)
    for effect in (0.0, 0.1, 0.2, 0.3):
        codes = of_sizes(rng, 20, 40, 60)
        sides = labels(codes), numbers(effect * codes + rng.standard_normal(120))
        x, y = sides if labels_first else sides[::-1]
        own = assess(x, y, uncertainty=asked).test
        together = assess(x, y, uncertainty=asked, nulls=nulls).test
        error = np.sqrt(2.0 * own.p_value * (1.0 - own.p_value) / 2000)
        assert abs(own.p_value - together.p_value) <= 5.0 * error + 1e-3
        assert together.method == own.method.replace("permutation", "shared-permutation")


def test_the_null_is_that_of_single_permutations_of_the_pair_that_stands_for_it(rng):
    """Each drawn by its number and joined alone, as no compiled loop does."""
    codes = of_sizes(rng, 20, 30)
    pair = measured(
        labels(codes), numbers(rng.standard_normal(50)), "ross", params={"n_neighbors": 4}
    )
    asked = replace(ASKED, statistic="estimate")
    found = SharedNulls(asked).test(pair)
    line, estimator = variable(np.arange(50.0)), Ross(4)
    line = line.take(stream(0, "shared null").permutation(50))
    scores = pair.method.transformed(line)[0]
    label, number = estimator.prepare(discrete(np.sort(codes))), estimator.prepare(scores)
    orders = [stream(0, "shared null", i).permutation(50) for i in range(199)]
    drawn = np.array([[estimator.join(label, number.permute(order)).mi] for order in orders])
    assert found.p_value == against((pair.value.mi,), drawn).p_value
    assert found.chance == pytest.approx(np.quantile(drawn, 0.95), abs=1e-12)


def test_a_null_that_made_room_is_drawn_again_the_same(rng, monkeypatch):
    pairs = [
        measured(labels(of_sizes(rng, size, 60 - size)), numbers(rng.standard_normal(60)))
        for size in (10, 20, 30, 10, 20, 30)
    ]
    expected = [SharedNulls(ASKED).test(pair) for pair in pairs]
    monkeypatch.setattr(shared, "KEPT", 0)
    nulls = SharedNulls(ASKED)
    assert [nulls.test(pair) for pair in pairs] == expected


class TestWhoHasANullOfTheirOwn:
    def test_tied_numbers(self, rng):
        values = np.round(rng.standard_normal(80), 1)
        self.is_served_not(measured(labels(of_sizes(rng, 40, 40)), numbers(values)))
        self.is_served_not(measured(labels(of_sizes(rng, 40, 40)), numbers(values), "mesner"))

    @pytest.mark.parametrize("how", ["none", "standard"])
    def test_numbers_whose_values_matter(self, rng, how):
        pair = labels(of_sizes(rng, 40, 40)), numbers(rng.standard_normal(80))
        self.is_served_not(measured(*pair, "ross", transform=how))

    def test_labels_whose_names_an_estimator_may_see(self, rng):
        pair = labels(of_sizes(rng, 40, 40)), numbers(rng.standard_normal(80))
        self.is_served_not(measured(*pair, "bins", transform="normal"))

    def test_two_columns_of_labels_or_of_several_dimensions(self, rng):
        label = labels(of_sizes(rng, 40, 40))
        self.is_served_not(measured(label, labels(of_sizes(rng, 30, 50)), "mesner"))
        self.is_served_not(measured(label, variable(rng.standard_normal((80, 2))), "ross"))

    def test_constant_labels(self, rng):
        pair = measured(labels(np.zeros(80)), numbers(rng.standard_normal(80)))
        self.is_served_not(pair)
        assert assess(pair.x, pair.y, uncertainty=ASKED, nulls=SharedNulls(ASKED)).test.p_value == 1

    @pytest.mark.parametrize(
        "asked",
        [
            {"order": "time"},
            {"sequential": True},
            {"order": "time", "block": 5},
        ],
        ids=str,
    )
    def test_rows_that_move_otherwise(self, rng, asked):
        pair = measured(labels(of_sizes(rng, 40, 40)), numbers(rng.standard_normal(80)))
        self.is_served_not(pair, replace(ASKED, **asked))

    def test_rows_of_groups_and_under_a_condition(self, rng):
        pair = measured(labels(of_sizes(rng, 40, 40)), numbers(rng.standard_normal(80)))
        self.is_served_not(replace(pair, groups=labels(np.arange(80) // 4)))
        self.is_served_not(replace(pair, given=labels(np.arange(80) % 2)))

    def test_groups_stay_together(self, rng):
        sides = labels(of_sizes(rng, 40, 40)), numbers(rng.standard_normal(80))
        groups, nulls = labels(np.arange(80) // 4), SharedNulls(ASKED)
        found = assess(*sides, uncertainty=ASKED, groups=groups, nulls=nulls).test
        assert found.method == "group-permutation-max"
        assert found == assess(*sides, uncertainty=ASKED, groups=groups).test

    @staticmethod
    def is_served_not(measurement, asked=ASKED):
        assert SharedNulls(asked).test(measurement) is None


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from(BLIND), st.integers(2, 9))
def test_names_of_labels_do_not_move_a_statistic(seed, name, n_levels):
    rng = np.random.default_rng(seed)
    codes, estimator = rng.integers(0, n_levels, 50), load(name)()
    number = estimator.prepare(variable(np.round(rng.standard_normal(50), 1)))
    first, second = (
        estimator.prepare(discrete(c)) for c in (codes, rng.permutation(n_levels)[codes])
    )
    swapped = (name == "ross") or rng.random() < 0.5
    found = [
        estimator.join(*((label, number) if swapped else (number, label))).mi
        for label in (first, second)
    ]
    assert found[0] == pytest.approx(found[1], abs=1e-12)


@pytest.mark.parametrize("sizes", [(60, 60), (3, 2, 1, 30, 84)], ids=repr)
def test_independent_columns_reach_a_level_as_often_as_it_says(sizes):
    """2000 columns against a null of 3999: four standard errors of both about .05 and .2."""
    asked, rng = Uncertainty(n_permutations=3999), np.random.default_rng(7)
    nulls, label = SharedNulls(asked), labels(np.repeat(np.arange(len(sizes)), sizes))
    n = len(label)
    p = np.array(
        [nulls.test(measured(label, numbers(rng.standard_normal(n)))).p_value for _ in range(2000)]
    )
    for level in (0.05, 0.2):
        error = np.sqrt(level * (1.0 - level) * (1 / 2000 + 1 / 4000))
        assert abs(np.mean(p <= level) - level) < 4.0 * error
