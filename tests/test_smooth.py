"""Smooth functions against fits that really leave a row out, and against known noise."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.kernels.smooth import choice
from mitool.kernels.smooth.features import Bumps, Powers, Sums
from mitool.kernels.smooth.ridge import PENALTIES, ridge


def refitted(features, target, penalty) -> np.ndarray:
    """The errors of ridge regression, each row left out and all the rest fitted anew."""
    penalty = penalty * np.square(features - features.mean(axis=0)).sum()
    errors = []
    for i in range(len(target)):
        others = np.arange(len(target)) != i
        design = np.column_stack((np.ones(len(target)), features))
        penalties = np.diag([0.0, *[penalty] * features.shape[1]])
        a, b = design[others], target[others]
        errors.append(target[i] - design[i] @ np.linalg.solve(a.T @ a + penalties, a.T @ b))
    return np.array(errors)


def test_errors_are_those_of_fits_without_the_row(rng):
    features, target = rng.standard_normal((30, 4)) + 5.0, rng.standard_normal(30)
    fit = ridge(features, target)
    naive = [refitted(features, target, penalty) for penalty in PENALTIES]
    best = min(naive, key=lambda errors: np.square(errors).mean())
    np.testing.assert_allclose(fit.errors, best, atol=1e-8)
    assert fit.error == pytest.approx(np.square(best).mean())


def test_predictions_are_those_of_the_fit(rng):
    z = rng.standard_normal((200, 2))
    fit = ridge(z, 3.0 + z @ [1.0, -2.0])
    new = rng.standard_normal((5, 2))
    np.testing.assert_allclose(fit.predicted(new), 3.0 + new @ [1.0, -2.0], atol=1e-4)


def test_powers_are_the_products_of_the_columns():
    point = np.array([[2.0, 3.0]])
    assert sorted(Powers(2).of(point)[0]) == [2.0, 3.0, 4.0, 6.0, 9.0]
    assert Powers(3).n_features(4) == Powers(3).of(np.ones((1, 4))).shape[1] == 34


def test_bumps_have_the_inner_products_of_their_kernel(rng):
    points, metric = rng.standard_normal((40, 2)), np.array([[1.0, 0.3], [0.3, 0.5]])
    made = Bumps(points, metric).of(points)
    away = points[:, None] - points[None]
    kernel = np.exp(-0.5 * np.einsum("ijk,kl,ijl->ij", away, metric, away))
    linear = 0.09 * np.trace(metric) * points @ points.T
    np.testing.assert_allclose(made @ made.T, kernel + linear, atol=1e-6)


def test_slopes_are_those_of_small_steps(rng):
    bumps = Bumps(rng.standard_normal((20, 3)), np.diag([1.0, 0.5, 0.2]))
    points = rng.standard_normal((6, 3))
    weights = rng.standard_normal(bumps.of(points).shape[1])
    slopes, step = bumps.slopes(points, weights), 1e-5
    for j in range(3):
        up, down = (bumps.of(points + sign * step * np.eye(3)[j]) @ weights for sign in (1, -1))
        np.testing.assert_allclose(slopes[:, j], (up - down) / (2 * step), rtol=1e-3, atol=1e-3)


def test_sums_see_one_column_at_a_time(rng):
    z = rng.standard_normal((10, 2))
    made = Sums([Powers(2), Powers(1)]).of(z)
    np.testing.assert_array_equal(made, np.column_stack((z[:, 0], z[:, 0] ** 2, z[:, 1])))


FUNCTIONS = {
    "line": lambda z: z.sum(axis=1),
    "square": lambda z: np.square(z).sum(axis=1),
    "sums of sines": lambda z: np.sin(2 * z).sum(axis=1),
    "one direction": lambda z: 1.4 * np.sin(1.2 * z.sum(axis=1)),
    "product": lambda z: z.prod(axis=1),
}


@pytest.mark.parametrize("n_dims", [1, 2, 3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_left_is_the_noise(rng, name, n_dims):
    """Up to the rows that the fit costs: 300 rows and a tenth of noise."""
    z = rng.standard_normal((300, n_dims))
    noise = 0.1 * rng.standard_normal(300)
    left = choice.smooth(FUNCTIONS[name](z) + noise, z).left
    assert np.corrcoef(left, noise)[0, 1] > 0.9
    assert left.std() < 1.25 * noise.std()


def test_noise_alone_is_left_as_it_is(rng):
    z, noise = rng.standard_normal((300, 2)), rng.standard_normal(300)
    left = choice.smooth(noise, z).left
    assert np.corrcoef(left, noise)[0, 1] > 0.97


def test_rows_that_are_not_fitted_are_predicted(rng, monkeypatch):
    monkeypatch.setattr(choice, "CHOOSING", 100)
    monkeypatch.setattr(choice, "FITTING", 200)
    monkeypatch.setattr(choice, "CHUNK", 64)
    z = rng.standard_normal((1000, 2))
    noise = 0.1 * rng.standard_normal(1000)
    left = choice.smooth(z[:, 0] ** 2 - z[:, 1] + noise, z).left
    assert np.corrcoef(left, noise)[0, 1] > 0.95


@pytest.mark.parametrize("n", [60, 1500])
def test_the_order_of_rows_does_not_matter(rng, n):
    z = rng.standard_normal((n, 2))
    target, order = np.cos(z[:, 0]) + 0.2 * rng.standard_normal(n), rng.permutation(n)
    left, moved = (choice.smooth(target[rows], z[rows]).left for rows in (np.arange(n), order))
    np.testing.assert_allclose(moved, left[order], atol=1e-6)


@pytest.mark.parametrize(("n", "d"), [(60, 1), (60, 2), (choice.CHOOSING + 100, 1)])
def test_one_smoother_serves_all_columns(rng, monkeypatch, n, d):
    """What it makes of z alone is made once, and to each column it is as if it were made anew."""
    z = rng.standard_normal((n, d))
    targets = [f(z[:, 0]) + 0.3 * rng.standard_normal(n) for f in (np.sin, np.square, np.exp)]
    alone = [choice.smooth(target, z).left for target in targets]
    made = []
    keep = choice.Design.of
    monkeypatch.setattr(choice.Design, "of", lambda features: made.append(1) or keep(features))
    together = choice.Smoother(z)
    n_made = [(together(target), len(made))[1] for target in targets]
    of_turns_and_fits = choice.TURNS * (d > 1) + (n > choice.CHOOSING)
    assert np.diff(n_made).max() <= of_turns_and_fits < n_made[0]
    assert all((together(t).left == left).all() for t, left in zip(targets, alone, strict=True))
