"""Two scales of nearest neighbours, weighed by what they disclose."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma

from mitool.errors import MitoolError
from mitool.estimators.ksg import KSG
from mitool.estimators.scales import weight, weights
from mitool.estimators.two_scales import TwoScales
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.simulate import parse
from mitool.simulate.benchmark import contest, draw, entrant, variables_of
from tests import reference


def pair(label, n):
    x, y, _ = variables_of(parse(label), draw(label, n))
    return x, y


def both(x, y, k, table):
    """The larger of both algorithms, from the counts of the naive twin."""
    n = len(x)
    spaces = ((0,), (1,))
    boxes, squares = (
        reference.neighbor_counts((x.values, y.values), spaces, k, ball) for ball in ("box", "open")
    )
    psi = digamma(k) + digamma(n)
    return max(psi - 1 / k - table(boxes).sum() / n, psi - table(squares + 1).sum() / n)


def halfway(counts):
    return (digamma(counts) + np.log(counts)) / 2


@pytest.mark.parametrize("label", ["sine:periods=3,noise=0.1", "step", "circle", "gaussian"])
def test_it_is_the_weighed_mean_of_the_larger_algorithms_of_each_scale(label):
    x, y = pair(label, 200)
    fine, middle, coarse = both(x, y, 2, digamma), both(x, y, 4, digamma), both(x, y, 8, halfway)
    value = TwoScales()(x, y)
    assert tuple(value.extras.values()) == pytest.approx((fine, middle, coarse))
    signal = max(0.0, middle - coarse) ** 2 * 1200 / 3
    smoother = coarse + signal / (1 + signal) * (middle - coarse)
    signal = max(0.0, fine - coarse) ** 2 * 1200 / 40
    assert value.mi == pytest.approx(smoother + signal / (1 + signal) * (fine - smoother))
    assert sum(value.facts.values()) == pytest.approx(1.0)


def test_a_coarse_scale_above_the_others_is_left_alone():
    assert weights((-0.3, -0.1, 0.0), 100) == (0.0, 0.0, 1.0)
    assert weight(0.2, spread=40.0, n=0) == pytest.approx(0.5)
    assert weight(10.0, spread=40.0, n=100) > 0.999


@pytest.mark.parametrize("dims", [1, 3])
def test_local_terms_have_the_estimate_as_their_mean(dims):
    x, y = pair(f"gaussian:rho=0.8,dim_x={dims},dim_y={dims}", 150)
    estimator = TwoScales()
    terms = estimator.local(estimator.prepare(x), estimator.prepare(y))
    assert terms.shape == (150,)
    assert terms.mean() == pytest.approx(estimator(x, y).mi, abs=1e-12)


def test_a_test_sees_every_scale_by_itself():
    x, y = pair("gaussian:rho=0.5", 200)
    estimator = TwoScales()
    found = estimator.at_scales((2, 8), estimator.prepare(x), estimator.prepare(y))
    single = [KSG(n_neighbors=k, algorithm=2)(x, y).mi for k in (2, 8, 32)]
    assert found == pytest.approx(single, abs=1e-12)


def test_few_rows_bring_the_scales_together_and_too_few_are_refused():
    x, y = pair("gaussian", 24)
    value = TwoScales()(x, y)
    assert value.extras["coarse"] == pytest.approx(both(x, y, 4, halfway))
    with pytest.raises(MitoolError, match="two-scales with n_neighbors=2 needs more than 2 rows"):
        TwoScales()(*pair("gaussian", 2))
    with pytest.raises(MitoolError, match="n_neighbors must be at least 1, got 0"):
        TwoScales(n_neighbors=0)


@pytest.mark.parametrize("label", ["gaussian:rho=0.9", "sine:periods=3,noise=0.1"])
def test_it_errs_less_than_one_scale(label):
    rivals = [entrant(Settings("two-scales")), entrant(Settings("ksg"))]
    ours, other = contest(label, 300, rivals, 30, 0)
    assert ours.rmse < other.rmse


def test_swapping_x_and_y_changes_no_bit():
    x, y = pair("sine", 200)
    assert np.array(TwoScales()(x, y).mi) == np.array(TwoScales()(y, x).mi)


@pytest.mark.parametrize(
    ("label", "chosen"),
    [
        ("gaussian", "two-scales"),
        ("censored", "two-scales"),
        ("swiss-roll", "knn-or-copula"),
        ("labelled-normal", "ross"),
        ("random-table", "nsb"),
        ("chain", "ksg"),
        ("label-fork", "two-scales"),
    ],
)
def test_auto_takes_what_the_study_found_best(label, chosen):
    distribution = parse(label)
    given = variables_of(distribution, draw(label, 200))
    assert measure(*given).estimator == chosen
