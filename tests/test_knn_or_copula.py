"""The largest of estimates that err low: never much above the truth, and near it where one is."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.estimators.combined import counted_twice
from mitool.measurement import Settings
from mitool.simulate.benchmark import contest, entrant

BIASES = {  # label -> least bias that one partner alone has surpassed
    "gaussian:rho=0.8,dim_x=3,dim_y=3,n_pairs=2": -0.05,  # gcmi2 alone: +0.29, ksg: -0.14
    "gaussian:rho=0.2,dim_x=20,dim_y=20": -0.06,  # ksg alone: -0.4
    "gaussian:rho=0,dim_x=3,dim_y=3": -0.02,
    "quadratic:noise=0.3,copies=5": -0.3,  # ksg alone: -0.99, gcmi: -1.68
    "sine:noise=0.3,copies=2": -0.22,  # gcmi2 alone: -1.35
}


@pytest.mark.parametrize("label", BIASES)
def test_it_errs_low_but_little(label):
    (found,) = contest(label, 1000, [entrant(Settings("knn-or-copula"))], 4, 0)
    assert BIASES[label] <= found.bias <= 0.04
    assert found.estimate.extras.keys() == {"ksg", "gcmi", "second_order"}


def test_too_few_rows_are_refused_with_advice():
    (found,) = contest("gaussian:dim_x=10,dim_y=10", 50, [entrant(Settings("knn-or-copula"))], 1, 0)
    assert found.estimate.message.startswith("50 rows are too few for an estimate over 20 columns")


def test_columns_that_follow_from_one_another_have_no_second_order(rng):
    x, y = rng.normal(size=(2, 50, 1))
    assert counted_twice(x, y) == pytest.approx(0.0, abs=0.05)
    assert counted_twice(np.hstack([x, x]), y) == np.inf
