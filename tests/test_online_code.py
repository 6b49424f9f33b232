"""Codes that learn as they go: reference values, a code row by row, and what they save."""

from __future__ import annotations

from itertools import product
from math import exp, lgamma, log

import numpy as np
import pytest
from models_reference import CASES, arrays, cases

from mitool.errors import MitoolError
from mitool.estimators.learners import LEARNERS, mixed
from mitool.estimators.online_code import OnlineCode
from mitool.estimators.parameters import create
from mitool.kernels.counts.complexity import log_complexity
from mitool.kernels.counts.sequential import kt_length
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import Variable

EXACT = 1e-9


def variable(name: str, values: np.ndarray, kind: str = "discrete") -> Variable:
    columns = np.ascontiguousarray(np.asarray(values, dtype=np.float64).reshape(len(values), -1))
    names = tuple(f"{name}{j}" for j in range(columns.shape[1]))
    return Variable(names, columns, (kind,) * columns.shape[1])


@pytest.mark.parametrize("case", cases("H01", "H02"))
def test_code_lengths_have_their_reference_values(case):
    [y] = arrays(case)
    n_levels = CASES[case]["params"]["n_levels"]
    found = kt_length(np.bincount(y, minlength=n_levels), n_levels)
    assert found == pytest.approx(CASES[case]["values"]["kt"], abs=EXACT)


@pytest.mark.parametrize("case", cases("H03", "H04"))
def test_savings_have_their_reference_values(case):
    x, y = arrays(case)
    found = OnlineCode(learner="kt")(variable("x", x), variable("y", y))
    values = CASES[case]["values"]
    assert found.mi == pytest.approx(values["code_mi"], abs=EXACT)
    assert found.extras["code_y"] == pytest.approx(values["code_y"], abs=EXACT)
    assert found.extras["code_y_given_x"] == pytest.approx(values["code_y_given_x"], abs=EXACT)


def test_regret_is_that_of_the_books():
    counts = np.array([300, 700])
    best = -(300 * log(0.3) + 700 * log(0.7))
    assert kt_length(counts, 2) - best == pytest.approx(3.680, abs=5e-4)
    assert log_complexity(2, 1000) == pytest.approx(3.6964, abs=5e-5)


def test_the_normalised_maximum_likelihood_of_six_counts():
    counts = np.array([96, 197, 227, 176, 194, 110])
    best = -float(counts @ np.log(counts / counts.sum()))
    bits = (best + log_complexity(6, int(counts.sum()))) / log(2)
    assert bits == pytest.approx(2544.698428, abs=5e-7)


def test_the_length_is_that_of_coding_row_by_row():
    rng = np.random.default_rng(1)
    y = rng.integers(3, size=40)
    seen, length = np.zeros(3), 0.0
    for label in y:
        length -= log((seen[label] + 0.5) / (seen.sum() + 1.5))
        seen[label] += 1
    assert kt_length(np.bincount(y), 3) == pytest.approx(length, abs=1e-10)


def test_a_mixture_is_that_of_weights_renewed_every_row():
    rng = np.random.default_rng(2)
    losses = rng.exponential(size=(50, 3))
    weights, length = np.full(3, 1 / 3), 0.0
    for row in losses:
        length -= log(float(weights @ np.exp(-row)))
        weights = weights * np.exp(-row)
        weights /= weights.sum()
    totals = losses.sum(axis=0)
    assert mixed(totals.tolist()) == pytest.approx(length, abs=1e-9)
    assert mixed(totals.tolist()) <= totals.min() + log(3)


@pytest.mark.parametrize("learner", ["kt", "neighbours"])
def test_independent_labels_save_nothing_in_the_mean(learner):
    rng, saved = np.random.default_rng(3), []
    estimator = OnlineCode(learner=learner, n_orders=1)
    for _ in range(40 if learner == "kt" else 15):
        x, y = rng.integers(3, size=(2, 200))
        saved.append(estimator(variable("x", x), variable("y", y)).mi)
    assert np.mean(saved) <= 2 * np.std(saved) / np.sqrt(len(saved))


def test_a_channel_of_two_levels_is_found():
    """10,000 rows, a bit turned in 1 of 10: log 2 - h(0.1)."""
    truth = log(2) + 0.1 * log(0.1) + 0.9 * log(0.9)
    rng, found = np.random.default_rng(4), []
    for _ in range(30):
        x = rng.integers(2, size=10_000)
        y = np.where(rng.random(10_000) < 0.1, 1 - x, x)
        found.append(OnlineCode()(variable("x", x), variable("y", y)).mi)
    assert abs(np.mean(found) - truth) < 0.003
    assert np.abs(np.array(found) - truth).max() < 0.03


@pytest.mark.parametrize("learner", [*LEARNERS, "mixture"])
def test_every_learner_finds_a_relation_and_a_condition_that_explains_it(learner):
    rng = np.random.default_rng(5)
    z = rng.normal(size=300)
    x, y = z + 0.1 * rng.normal(size=300), (z > 0).astype(float)
    estimator = OnlineCode(learner=learner, n_orders=1)
    found = estimator(variable("x", x, "continuous"), variable("y", y))
    assert 0.3 < found.mi < log(2)
    given = estimator.join_given(
        variable("x", x, "continuous"), variable("y", y), variable("z", z, "continuous")
    )
    assert given.mi < 0.1
    assert "code_p" not in given.facts  # it would test y against x and z together


def test_a_mixture_is_at_most_log_m_longer_than_the_best_of_its_codes():
    rng = np.random.default_rng(6)
    x = rng.integers(3, size=150)
    y = np.where(rng.random(150) < 0.5, x, rng.integers(3, size=150))
    pair = variable("x", x), variable("y", y)
    length = {
        learner: OnlineCode(learner=learner, rows="file")(*pair).extras["code_y_given_x"]
        for learner in ("kt", *LEARNERS, "mixture")
    }
    best = min(length[learner] for learner in ("kt", "logistic", "boosting"))
    assert length["mixture"] <= best + log(7)


def test_the_bound_of_the_p_value_holds_for_every_order():
    """Of all orders of a few labels no more than a share p have a bound of p or less."""
    x = variable("x", np.array([0, 0, 0, 1, 1, 1]))
    orders = [np.array(y) for y in product([0, 1], repeat=6) if sum(y) == 3]
    bounds = np.array([OnlineCode()(x, variable("y", y)).facts["code_p"] for y in orders])
    assert all((bounds <= p).mean() <= p for p in bounds)
    perfect = -lgamma(7) + 2 * lgamma(4) + 2 * kt_length(np.array([3]), 2)
    assert bounds.min() == pytest.approx(min(1.0, exp(perfect)))


def test_numbers_and_mixes_are_cut_into_bins_and_say_so():
    rng = np.random.default_rng(7)
    x = rng.normal(size=200)
    y = np.column_stack((x + 0.3 * rng.normal(size=200), rng.integers(2, size=200)))
    both = Variable(("a", "b"), np.ascontiguousarray(y), ("continuous", "discrete"))
    found = OnlineCode(n_bins=4, n_orders=1)(variable("x", x, "continuous"), both)
    assert found.facts["binned"] == 8
    assert found.mi > 0.1


def test_rows_that_are_times_are_coded_in_their_order():
    rng = np.random.default_rng(8)
    x = variable("x", rng.normal(size=100), "continuous")
    y = variable("y", rng.integers(2, size=100))
    in_time = assess(x, y, None, Settings("online-code"), Uncertainty(order="time"))
    assert in_time.params["rows"] == "file"
    assert "orders_sd" not in in_time.extras
    assert "code_p" not in in_time.facts  # rows in time are not exchangeable
    assert assess(x, y, None, Settings("online-code")).params["rows"] == "random"


def test_counts_take_no_numbers():
    x = variable("x", np.random.default_rng(9).normal(size=50), "continuous")
    with pytest.raises(MitoolError, match="the learner kt counts labels, and 'x0' holds numbers"):
        create("online-code", {"learner": "kt"})(x, variable("y", np.arange(50) % 2))
