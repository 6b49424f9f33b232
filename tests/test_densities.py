"""Entropies by densities at the rows: reference values, weights, closed forms and refusals."""

from __future__ import annotations

import json
from math import e, floor, gamma, log, pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from mitool.errors import MitoolError
from mitool.estimators.densities import whitened
from mitool.estimators.kde_loo import LeaveOneOutKDE, best_width
from mitool.estimators.ksg import KSG
from mitool.estimators.wkl import WeightedKL, berrett
from mitool.kernels.gram.withoutself import log_means
from mitool.kernels.neighbors.euclidean import nearest_distances
from tests.make import discrete, variable

DATA = Path(__file__).parent / "data" / "networks"
CASES: dict[str, dict[str, Any]] = {
    case["case"]: case for case in json.loads((DATA / "cases.json").read_text())["cases"]
}
ESTIMATORS = [WeightedKL(), LeaveOneOutKDE()]


def inputs(name: str) -> list[np.ndarray]:
    paths = [DATA / Path(path).name for path in CASES[name]["inputs"]]
    return [np.loadtxt(path, delimiter=",", ndmin=2) for path in paths]


def entropy(estimator: WeightedKL | LeaveOneOutKDE, values: object) -> float:
    return estimator.entropy(estimator.prepare(variable(values))).mi


# Values of the papers' own programs


def test_weights_and_entropy_are_those_of_the_program() -> None:
    (x,) = inputs("D02")
    assert berrett(5, 5) == pytest.approx(CASES["D02"]["weights"], abs=1e-9)
    found = WeightedKL(n_neighbors=5, whiten=False)
    assert entropy(found, x) == pytest.approx(CASES["D02"]["value"], abs=1e-7)


def test_information_is_that_of_the_program() -> None:
    x, y = map(variable, inputs("D06"))
    found = WeightedKL(n_neighbors=5)(x, y)
    assert found.mi == pytest.approx(CASES["D06"]["value"], abs=1e-7)


def test_the_program_looks_at_the_first_neighbour_up_to_three_columns_and_we_at_the_last() -> None:
    """Its n_neighbors=5 is the first neighbour here, whatever k: a fault that we do not share."""
    x, y = map(variable, inputs("D18"))
    first = WeightedKL(n_neighbors=1, whiten=False)(x, y)
    assert first.mi == pytest.approx(CASES["D18"]["value"], abs=1e-9)
    fifth = WeightedKL(n_neighbors=5)(x, y)
    assert abs(fifth.mi - CASES["D18"]["true"]) < abs(first.mi - CASES["D18"]["true"])
    assert fifth.extras["se"] < CASES["D18"]["std"]


def test_ksg_without_scaling_is_that_of_the_program() -> None:
    x, y = map(variable, inputs("D15"))
    found = KSG(n_neighbors=5)(x, y)
    assert found.mi == pytest.approx(CASES["D15"]["value"], abs=1e-9)


# Weights


@pytest.mark.parametrize(("k", "d"), [(5, 4), (10, 4), (5, 7), (10, 8), (30, 10)])
def test_weights_cancel_what_the_paper_says(k: int, d: int) -> None:
    weights = berrett(k, d)
    allowed = {floor(i * k / d) for i in range(1, d + 1)}
    assert {j + 1 for j in np.flatnonzero(weights)} <= allowed
    assert weights.sum() == pytest.approx(1.0)
    for order in range(1, d // 4 + 1):
        ratios = [gamma(j + 2 * order / d) / gamma(j) for j in range(1, k + 1)]
        assert weights @ ratios == pytest.approx(0.0, abs=1e-6 * max(ratios))


@pytest.mark.parametrize("d", [1, 2, 3])
def test_few_columns_look_at_the_last_neighbour(d: int) -> None:
    assert berrett(4, d).tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("k", "d", "said"),
    [
        (1, 5, "in 5 columns together needs 2 neighbours to weigh, and n_neighbors=1 gives 1"),
        (10, 16, "has no usable weights in 16 columns together"),
    ],
)
def test_weights_that_cannot_hold_are_refused(k: int, d: int, said: str) -> None:
    with pytest.raises(MitoolError, match=said):
        berrett(k, d)


# Closed forms


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=["wkl", "kde-loo"])
@pytest.mark.parametrize(("d", "near"), [(1, 0.09), (3, 0.13), (5, 0.22)])
def test_entropies_of_gaussians(estimator, d: int, near: float) -> None:
    """1000 rows: four standard errors and the bias of smoothing."""
    a = np.random.default_rng(2).standard_normal((d, d))
    x = np.random.default_rng(1).standard_normal((1000, d)) @ a
    truth = d / 2 * log(2 * pi * e) + np.linalg.slogdet(a)[1]
    assert entropy(estimator, x) == pytest.approx(truth, abs=near)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=["wkl", "kde-loo"])
def test_a_linear_map_adds_its_log_determinant_exactly(estimator, rng) -> None:
    x, a = rng.standard_normal((200, 3)), rng.standard_normal((3, 3))
    moved = entropy(estimator, x @ a + 5.0)
    assert moved == pytest.approx(entropy(estimator, x) + np.linalg.slogdet(a)[1], abs=1e-8)


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=["wkl", "kde-loo"])
def test_labels_that_part_two_far_clouds_tell_log_two(estimator, rng) -> None:
    y = np.arange(400) % 2
    x = rng.standard_normal((400, 2)) + 100.0 * y[:, None]
    found = type(estimator)(whiten=False)(variable(x), discrete(y))
    assert found.mi == pytest.approx(log(2), abs=0.1)


# Twins


@pytest.mark.parametrize("d", [2, 14])
def test_distances_are_those_of_all_pairs(d: int, rng) -> None:
    x = rng.standard_normal((600, d)) + 1e3
    whole = np.sort(cdist(x, x), axis=1)[:, 1:6]
    assert nearest_distances(x, 5) == pytest.approx(whole, rel=1e-9)


def test_copies_are_at_distance_zero_in_many_columns(rng) -> None:
    x = np.repeat(rng.standard_normal((40, 20)), 2, axis=0) + 1e6
    assert (nearest_distances(x, 2)[:, 0] == 0.0).all()


@pytest.mark.parametrize("d", [2, 14])
def test_densities_leave_out_the_row_itself_and_lose_no_outlier(d: int, rng) -> None:
    x = rng.standard_normal((300, d))
    x[0] += 1e3  # so far that the kernel of all others is 0 in doubles
    squares = cdist(x, x, "sqeuclidean")
    np.fill_diagonal(squares, np.inf)
    for s, found in zip((0.5, 50.0), log_means(x, np.array([0.5, 50.0])), strict=True):
        expected = np.logaddexp.reduce(-s * squares, axis=1) - log(299)
        assert found == pytest.approx(expected, rel=1e-9)


def test_the_width_has_the_largest_likelihood_of_a_fine_grid(rng) -> None:
    x = np.concatenate((rng.standard_normal(150), 8 + 0.1 * rng.standard_normal(150)))[:, None]
    width = best_width(x)
    grid = np.geomspace(0.05, 2.0, 200)
    found = log_means(x, 0.5 / grid**2).mean(axis=1) - np.log(grid)
    assert width == pytest.approx(grid[np.argmax(found)], rel=0.05)


def test_whitened_rows_have_the_identity_covariance(rng) -> None:
    x = rng.standard_normal((100, 4)) @ rng.standard_normal((4, 4)) * [1, 1e6, 1e-6, 1]
    white, log_scale = whitened(x, "x")
    assert np.cov(white.T, ddof=0) == pytest.approx(np.eye(4), abs=1e-9)
    assert log_scale == pytest.approx(np.linalg.slogdet(np.cov(x.T, ddof=0))[1] / 2, rel=1e-9)


# Refusals


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (np.repeat(np.arange(10.0), 6), "60 of 60 rows of v0 have 5 or more exact copies"),
        (np.arange(4.0), "wkl with n_neighbors=5 needs more than 5 rows in v0: 4"),
        (np.ones((20, 2)), "has 2 columns of rank 0, so there is no density"),
    ],
)
def test_what_has_no_density_is_refused(values: np.ndarray, said: str) -> None:
    with pytest.raises(MitoolError, match=said):
        entropy(WeightedKL(), values)
