"""Transport from dependence to independence: closed forms, the null, labels, subsets."""

from __future__ import annotations

from itertools import permutations
from math import sqrt

import numpy as np
import pytest

import mitool
from mitool.estimators.wasserstein import Wasserstein
from tests.test_estimators import drawn

pytestmark = pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")


@pytest.mark.parametrize(("rho", "tolerance"), [(0.0, 0.02), (0.5, 0.04), (0.9, 0.06)])
def test_order_two_of_a_gaussian_pair_is_its_closed_form(rng, rho, tolerance):
    truth = 4 - 2 * (sqrt(1 + rho) + sqrt(1 - rho))
    x = rng.normal(size=1000)
    y = rho * x + sqrt(1 - rho**2) * rng.normal(size=1000)
    found = mitool.estimate(x, y, "wasserstein", params={"order": 2})
    assert found.value == pytest.approx(truth, abs=tolerance)
    assert found.facts["raw"] - found.facts["null"] == pytest.approx(found.value)
    assert found.facts["null"] > 0.01
    assert (found.estimand, found.unit) == ("wasserstein_dependence", None)


@pytest.mark.parametrize("n_levels", [2, 5])
def test_equal_labels_are_as_far_from_independent_as_they_can_be(n_levels):
    x = np.repeat([f"l{k}" for k in range(n_levels)], 600 // n_levels)
    found = mitool.estimate(x, x, "wasserstein")
    assert found.facts["raw"] == pytest.approx(1 - 1 / n_levels, abs=0.05)
    assert found.facts["null"] < 0.15


def test_the_matching_is_the_cheapest_of_all(rng):
    x, y = (Wasserstein().prepare(side) for side in drawn("gaussian:rho=0.5", 7))
    apart = [np.abs(side.numbers - side.numbers.T) for side in (x, y)]
    ours, theirs = rng.permutation(7), rng.permutation(7)
    costs = apart[0] + apart[1][np.ix_(ours, theirs)]
    best = min(costs[np.arange(7), list(order)].mean() for order in permutations(range(7)))
    assert Wasserstein()._transport(apart, ours, theirs) == pytest.approx(best)


def test_many_rows_are_matched_in_subsets(rng):
    x = rng.normal(size=700)
    y = x + rng.normal(size=700)
    how = {"n_rows": 100, "n_subsets": 5}
    found = mitool.estimate(x, y, "wasserstein", params=how)
    assert found.facts["subsets"] == 5
    assert found.n_used == 500
    assert found.facts["sd_of_subsets"] > 0.0
    assert found.value > 0.1


def test_columns_are_standardised_and_labels_stand_beside_numbers(rng):
    x = rng.normal(size=(200, 2))
    y = x[:, 0] > 0
    found = mitool.estimate(x, y, "wasserstein")
    again = mitool.estimate(x * [1000.0, 0.1] + 5, y, "wasserstein")
    assert again.value == pytest.approx(found.value, abs=1e-6)
    assert found.value > 0.1


@pytest.mark.parametrize(
    ("params", "said"),
    [({"order": 3}, "order must be 1 or 2"), ({"n_rows": 1}, "n_rows must be at least 2")],
)
def test_parameters_that_mean_nothing_are_refused(params, said):
    with pytest.raises(mitool.MitoolError, match=said):
        mitool.estimate([1.0, 2.0, 3.0], [2.0, 1.0, 3.0], "wasserstein", params=params)


def test_rows_of_numbers_that_no_subset_takes_are_left_out_and_no_reason_to_refuse(rng):
    x, y = rng.normal(size=(2, 300))
    found = mitool.estimate(x, y, "wasserstein", params={"n_rows": 10, "n_subsets": 1})
    assert found.n_used == 10
