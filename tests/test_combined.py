"""The larger of neighbours and copula: both values told, one chosen, too few rows refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma

from mitool.errors import MitoolError
from mitool.estimators.combined import KnnOrCopula
from mitool.estimators.gaussian import SecondOrderCopula
from mitool.estimators.scales import weighed
from mitool.measure.measurement import measure
from mitool.measure.settings import Settings
from mitool.simulate.benchmark import contest, entrant
from tests import reference
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
    assert set(found.extras) == {"knn", "gcmi"} | more
    assert found.mi == max(found.extras.values())
    for name in found.extras.keys() - {"knn"}:
        settings = Settings(name, {"rescore": True})
        assert found.extras[name] == measure(*pair, settings=settings).mi


def test_neighbours_are_weighed_as_in_two_scales(rng):
    x, y = vectors(rng, 150, 2, rho=0.9)
    columns, spaces, n = (x.values, y.values), ((0,), (1,)), 150

    def rectangles(k):
        counts = reference.neighbor_counts(columns, spaces, k, "box")
        return digamma(k) - 1 / k + digamma(n) - digamma(counts).sum() / n

    squares = reference.neighbor_counts(columns, spaces, 8, "open") + 1
    halfway = (digamma(squares) + np.log(squares)) / 2
    coarse = digamma(8) + digamma(n) - halfway.sum() / n
    assert KnnOrCopula()(x, y).extras["knn"] == pytest.approx(
        weighed((rectangles(2), rectangles(4), coarse), n)
    )


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
    assert found.estimate.extras.keys() >= {"knn", "gcmi", "gcmi2"}


def test_ten_gaussian_pairs_are_not_too_low(rng):
    truth = -10 * 0.5 * np.log(1 - 0.25)
    found = measure(*vectors(rng, 1000, 10))
    assert found.estimator == "knn-or-copula"
    assert found.mi == pytest.approx(truth, abs=0.2)
    assert found.extras["knn"] < truth - 0.5


def test_even_dependence_is_left_to_the_neighbours(rng):
    x = rng.normal(size=(1000, 2))
    y = variable(x[:, :1] ** 2 + 0.1 * rng.normal(size=(1000, 1)), name="y")
    found = measure(variable(x, name="x"), y)
    assert found.mi == found.extras["knn"] > 0.8


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


def glitched(n, rng):
    """Two redundant sensors a side; one row in a hundred has a shared glitch: 0.095 nats.

    By Monte Carlo over the mixture of two Gaussians.
    """
    glitch = np.where(rng.random(n) < 0.01, rng.normal(size=n), 0.0)
    sides = []
    for name in "xy":
        signal, noise = rng.normal(size=(2, n))
        values = np.column_stack((signal, signal + glitch + 0.01 * noise))
        sides.append(variable(values, name=name))
    return sides


def volatile(n, rng):
    """Small differences of near-equal columns share a log-normal scale: 0.367 nats.

    I of the differences, by quadrature over the scale; the columns themselves add nothing.
    """
    scale, g = np.exp(1.2 * rng.normal(size=n)), rng.normal(size=(2, n))
    g[1] = 0.5 * g[0] + np.sqrt(0.75) * g[1]
    signals = rng.normal(size=(2, n))
    pairs = zip("xy", signals, 0.1 * scale * g, strict=True)
    return [variable(np.column_stack((a, a + d)), name=name) for name, a, d in pairs]


def test_a_few_rows_far_out_in_a_difference_make_no_information():
    invented, found = [], []
    for seed in range(6):
        pair = glitched(1000, np.random.default_rng(seed))
        gcmi, ours = measure(*pair, settings=Settings("gcmi")), measure(*pair)
        invented.append(gcmi.mi)
        found.append(ours.mi)
        assert {"beyond_scores"} <= {note.code for note in gcmi.notes} & {
            note.code for note in ours.notes
        }
    assert np.mean(invented) > 0.095 + 1.0
    assert max(found) < 0.095 + 0.05


def test_small_differences_of_columns_are_seen():
    found = [measure(*volatile(1000, np.random.default_rng(seed))) for seed in range(6)]
    assert np.mean([each.mi for each in found]) == pytest.approx(0.367, abs=0.13)
    assert np.mean([each.extras["knn"] for each in found]) < 0.15
    assert all("turned" in each.extras for each in found)


def test_columns_that_do_not_repeat_one_another_are_not_turned(rng):
    found = measure(*vectors(rng, 300, 2))
    assert found.extras.keys() == {"knn", "gcmi", "gcmi2"}
    assert "beyond_scores" not in {note.code for note in found.notes}


def test_numbers_of_neighbours_without_rows_are_refused(rng):
    with pytest.raises(MitoolError, match=r"n_neighbors=200 needs more than 200 rows, got 100"):
        KnnOrCopula(n_neighbors=200)(*vectors(rng, 100, 2))
    with pytest.raises(MitoolError, match="n_neighbors must be at least 1, got 0"):
        KnnOrCopula(n_neighbors=0)


def test_rows_in_another_order_and_repeated_rows_change_nothing(rng):
    x, y = glitched(300, rng)
    rows = rng.integers(0, 200, 300)  # rows repeat: variates tie, and rounding must not part them
    found = [KnnOrCopula()(x.take(some), y.take(some)).extras for some in (rows, rows[::-1].copy())]
    for name in ("gcmi", "gcmi2"):
        assert found[0][name] == pytest.approx(found[1][name], abs=1e-9)
