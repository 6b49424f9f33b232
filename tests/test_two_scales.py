"""Two scales of nearest neighbours, weighed by what they disclose."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma

from mitool.errors import MitoolError
from mitool.estimators.ksg import KSG
from mitool.estimators.two_scales import TwoScales, weight_of_fine
from mitool.measure.measurement import measure
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


@pytest.mark.parametrize("label", ["sine:periods=3,noise=0.1", "step", "circle", "gaussian"])
def test_it_lies_between_the_larger_algorithms_of_both_scales(label):
    x, y = pair(label, 200)
    fine, coarse = both(x, y, 2, digamma), both(x, y, 8, lambda n: (digamma(n) + np.log(n)) / 2)
    value = TwoScales()(x, y)
    assert (value.extras["fine"], value.extras["coarse"]) == pytest.approx((fine, coarse))
    signal = max(0.0, fine - coarse) ** 4 * (200 / 2.0**2) ** 2
    assert value.mi == pytest.approx(coarse + signal / (1 + signal) * (fine - coarse))


def test_a_coarse_scale_above_the_fine_one_is_left_alone():
    assert weight_of_fine(-0.3, 100) == 0.0
    assert weight_of_fine(0.2, 100) == pytest.approx(0.5)
    assert weight_of_fine(10.0, 100) > 0.999


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
    assert value.extras["coarse"] == pytest.approx(
        both(x, y, 4, lambda n: (digamma(n) + np.log(n)) / 2)
    )
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
