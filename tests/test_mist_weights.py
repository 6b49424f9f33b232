"""The weights that are shipped: what they promise holds on tables they have not seen.

Bounds are those the study of them was held to (studies/mist.md), on draws by other seeds.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np
import pytest

from mitool.estimators.learned.network import load
from mitool.estimators.learned.statistics import NAMES
from mitool.estimators.mist import Mist
from mitool.variables import Variable

REPEATS = 40


def variable(values, name):
    names = tuple(f"{name}{j}" for j in range(values.shape[1]))
    return Variable(names, np.ascontiguousarray(values), ("continuous",) * values.shape[1])


def found_in(n, dx, dy, correlations, seed):
    """What it finds in tables of Gaussian columns, paired with these correlations."""
    rng, values = np.random.default_rng(seed), []
    for _ in range(REPEATS):
        x, y = rng.normal(size=(n, dx)), rng.normal(size=(n, dy))
        for j, rho in enumerate(correlations):
            y[:, j] = rho * x[:, j] + sqrt(1 - rho**2) * y[:, j]
        values.append(Mist()(variable(x, "x"), variable(y, "y")))
    return values


def truth(correlations):
    return -0.5 * sum(log(1 - rho**2) for rho in correlations)


def is_flagged(value):
    return "out_of_training" in [note.code for note in value.notes]


def test_they_learned_from_many_families():
    assert len(set(load(NAMES).families)) >= 16


@pytest.mark.parametrize(("d", "rho"), [(2, 0.5), (2, 0.8), (3, 0.5), (3, 0.8), (5, 0.5), (5, 0.8)])
def test_normal_columns_whose_correlations_are_equal_are_known(d, rho):
    values = found_in(1000, d, d, (rho,) * d, seed=110)
    assert np.mean([is_flagged(value) for value in values]) <= 0.1
    assert np.median([value.mi for value in values]) == pytest.approx(truth((rho,) * d), rel=0.1)


def test_two_unrelated_columns_share_next_to_nothing():
    values = found_in(300, 1, 1, (), seed=101)
    assert np.mean([value.mi <= 0.05 for value in values]) >= 0.95


def test_the_hurdle_tells_nothing_from_a_tenth_of_a_nat():
    nothing, something = (found_in(300, 1, 1, rho, 102) for rho in ((), (0.45,)))  # .11 nats
    below, above = (
        np.array([value.facts["p_negligible"] for value in values])
        for values in (nothing, something)
    )
    assert np.mean(below[:, None] > above) >= 0.9  # the area under the curve


@pytest.mark.parametrize(
    ("n", "dx", "dy", "correlations"),
    [(100, 1, 1, (0.7,)), (1000, 1, 1, (0.9,)), (300, 3, 2, (0.8, 0.5)), (500, 5, 5, (0.6,) * 3)],
)
def test_intervals_of_gaussian_tables_hold_the_truth(n, dx, dy, correlations):
    """0.9 of them; 31 of 40 or fewer have a chance of .02."""
    intervals = [Mist().central(value, 0.9) for value in found_in(n, dx, dy, correlations, 103)]
    assert sum(low <= truth(correlations) <= high for low, high in intervals) >= 32


def test_tables_like_those_of_training_are_seldom_flagged():
    values = [*found_in(300, 1, 1, (0.6,), 104), *found_in(300, 3, 3, (0.6, 0.3), 104)]
    assert np.mean([is_flagged(value) for value in values]) <= 0.1


def test_one_glitch_in_all_columns_is_flagged():
    """1 % of rows far out in x and y, and nothing else shared, was not simulated."""
    rng = np.random.default_rng(105)
    flagged = []
    for _ in range(10):
        x, y = rng.normal(size=(2, 1000, 3))
        rows = rng.choice(1000, 10, replace=False)
        x[rows], y[rows] = 50.0 + x[rows], 50.0 + y[rows]
        flagged.append(is_flagged(Mist()(variable(x, "x"), variable(y, "y"))))
    assert np.mean(flagged) >= 0.6
