"""The larger of neighbours and copula: both values told, one chosen, too few rows refused."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.errors import MitoolError
from mitool.estimators.combined import KnnOrCopula
from mitool.estimators.gaussian import SecondOrderCopula
from mitool.measure.measurement import measure
from mitool.measure.settings import Settings
from mitool.simulate.benchmark import contest, entrant
from tests.make import variable


def vectors(rng, n, d, rho=0.5):
    x = rng.normal(size=(n, d))
    return variable(x, name="x"), variable(
        rho * x + np.sqrt(1 - rho**2) * rng.normal(size=(n, d)), name="y"
    )


@pytest.mark.parametrize(("n", "d", "more"), [(500, 2, {"gcmi2"}), (62, 10, set())])
def test_it_is_the_largest_of_its_parts(n, d, more):
    pair = vectors(np.random.default_rng(1), n, d)
    found = measure(*pair, settings=Settings("knn-or-copula"))
    assert set(found.extras) == {"ksg", "gcmi"} | more
    assert found.mi == max(found.extras.values())
    for name, value in found.extras.items():
        assert value == measure(*pair, settings=Settings(name)).mi


BIASES = {  # label -> least bias that one partner alone has surpassed
    "gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2": -0.05,  # ksg alone: -0.14
    "gaussian:rho=0.2,dim_x=20,dim_y=20": -0.06,  # ksg alone: -0.4
    "gaussian:rho=0,dim_x=3,dim_y=3": -0.02,
    "quadratic:noise=0.3,copies=5": -0.3,  # ksg alone: -0.99, gcmi: -1.68
    "sine:noise=0.3,copies=2": -0.22,  # gcmi2 alone: -1.35
}


@pytest.mark.parametrize("label", BIASES)
def test_it_errs_low_but_little(label):
    (found,) = contest(label, 1000, [entrant(Settings("knn-or-copula"))], 4, 0)
    assert BIASES[label] <= found.bias <= 0.04
    assert found.estimate.extras.keys() == {"ksg", "gcmi", "gcmi2"}


def test_ten_gaussian_pairs_are_not_too_low(rng):
    truth = -10 * 0.5 * np.log(1 - 0.25)
    found = measure(*vectors(rng, 1000, 10))
    assert found.estimator == "knn-or-copula"
    assert found.mi == pytest.approx(truth, abs=0.2)
    assert found.extras["ksg"] < truth - 0.5


def test_even_dependence_is_left_to_the_neighbours(rng):
    x = rng.normal(size=(1000, 2))
    y = variable(x[:, :1] ** 2 + 0.1 * rng.normal(size=(1000, 1)), name="y")
    found = measure(variable(x, name="x"), y)
    assert found.mi == found.extras["ksg"] > 0.8


def test_permuting_what_was_prepared_is_preparing_what_was_permuted(rng):
    x, y = vectors(rng, 200, 2)
    estimator, rows = KnnOrCopula(), rng.permutation(200)
    first, second = estimator.prepare(x), estimator.prepare(y)
    assert estimator.join(first, second.permute(rows)).mi == pytest.approx(
        estimator(x, y.permute(rows)).mi, abs=1e-12
    )


def test_too_few_rows_for_any_number_are_refused_with_advice(rng):
    with pytest.raises(MitoolError, match=r"30 rows are too few .* over 40 columns \(at least 100"):
        measure(*vectors(rng, 30, 20))


def test_a_column_that_follows_from_another_adds_nothing(rng):
    x, y = (part.values for part in vectors(rng, 200, 1))
    once = SecondOrderCopula()(variable(x, name="x"), variable(y, name="y")).mi
    copied = variable(np.hstack((x, -x, np.ones_like(x))), name="x")
    assert SecondOrderCopula()(copied, variable(y, name="y")).mi == pytest.approx(once, abs=1e-9)
