"""The Gaussian family against determinants, closed forms and its own promises."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import digamma

from mitool.errors import MitoolError
from mitool.estimators.gaussian import Gaussian, GaussianCopula, SecondOrderCopula
from mitool.estimators.mixture import GaussianMixture
from mitool.kernels.linear.evenness import size_correlation
from mitool.variables import Variable
from mitool.variables.transforms import transform
from tests.make import discrete, variable


def half_logdet(*blocks) -> float:
    return 0.5 * np.linalg.slogdet(np.atleast_2d(np.cov(np.hstack(blocks).T)))[1]


def psi_sum(n, d) -> float:
    return 0.5 * sum(digamma((n - i) / 2) for i in range(1, d + 1))


def mixed_up(rng, n, d):
    return rng.standard_normal((n, d)) @ rng.standard_normal((d, d))


def test_the_value_is_that_of_the_determinants(rng):
    rows = mixed_up(rng, 60, 5)
    x, y = rows[:, :2], rows[:, 2:]
    raw = half_logdet(x) + half_logdet(y) - half_logdet(x, y)
    bias = psi_sum(60, 2) + psi_sum(60, 3) - psi_sum(60, 5)
    assert Gaussian(False)(variable(x), variable(y)).mi == pytest.approx(raw, abs=1e-12)
    assert Gaussian()(variable(x), variable(y)).mi == pytest.approx(raw - bias, abs=1e-12)


def test_a_condition_is_the_chain_of_determinants(rng):
    rows = mixed_up(rng, 80, 6)
    x, y, z = rows[:, :1], rows[:, 1:3], rows[:, 3:]
    estimator, n = Gaussian(), 80
    found = estimator.join_given(*(estimator.prepare(variable(v)) for v in (x, y, z))).mi
    raw = half_logdet(x, z) + half_logdet(y, z) - half_logdet(z) - half_logdet(x, y, z)
    bias = psi_sum(n, 4) + psi_sum(n, 5) - psi_sum(n, 3) - psi_sum(n, 6)
    assert found == pytest.approx(raw - bias, abs=1e-12)


@pytest.mark.parametrize(("n", "dx", "dy"), [(20, 1, 1), (20, 3, 4), (40, 10, 2)])
def test_the_correction_is_exact_for_independent_rows(n, dx, dy, rng):
    estimates = [
        Gaussian()(
            variable(rng.standard_normal((n, dx))), variable(rng.standard_normal((n, dy)))
        ).mi
        for _ in range(600)
    ]
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert abs(np.mean(estimates)) < 4 * error


def test_the_entropy_is_that_of_the_determinant_without_bias(rng):
    covariance = np.array([[4.0, 1.2], [1.2, 1.0]])
    truth = np.log(2 * np.pi * np.e) + 0.5 * np.log(np.linalg.det(covariance))
    draw = np.linalg.cholesky(covariance)
    estimator = Gaussian()
    found = [
        estimator.entropy(estimator.prepare(variable(rng.standard_normal((12, 2)) @ draw.T))).mi
        for _ in range(2000)
    ]
    assert np.mean(found) == pytest.approx(truth, abs=4 * np.std(found) / np.sqrt(2000))


def test_the_entropy_without_the_correction_is_that_of_the_sample_covariance(rng):
    """As in the program of Ince et al.: the divisor is n - 1."""
    rows = mixed_up(rng, 15, 3)
    expected = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * np.cov(rows.T))[1]
    estimator = Gaussian(bias_correction=False)
    found = estimator.entropy(estimator.prepare(variable(rows))).mi
    assert found == pytest.approx(expected, abs=1e-12)


def test_local_terms_average_to_the_estimate(rng):
    rows = mixed_up(rng, 70, 5)
    estimator = Gaussian()
    x, y = estimator.prepare(variable(rows[:, :2])), estimator.prepare(variable(rows[:, 2:]))
    assert estimator.local(x, y).mean() == pytest.approx(estimator.join(x, y).mi, abs=1e-12)


def test_a_local_term_is_the_log_ratio_of_fitted_densities(rng):
    from scipy.stats import multivariate_normal

    rows = mixed_up(rng, 50, 2)
    estimator = Gaussian(bias_correction=False)
    x, y = estimator.prepare(variable(rows[:, :1])), estimator.prepare(variable(rows[:, 1:]))

    def log_density(block):
        cov = np.cov(block.T, bias=True)
        return multivariate_normal(block.mean(axis=0), cov).logpdf(block)

    expected = log_density(rows) - log_density(rows[:, :1]) - log_density(rows[:, 1:])
    assert estimator.local(x, y) == pytest.approx(expected, abs=1e-10)


def test_columns_that_follow_from_others_change_nothing(rng):
    x, y = rng.standard_normal((2, 100))
    y = y + x
    plain = Gaussian()(variable(x), variable(y))
    doubled = Gaussian()(variable(np.column_stack((x, 2 * x + 3, np.ones(100)))), variable(y))
    assert doubled.mi == pytest.approx(plain.mi, abs=1e-12)
    assert doubled.facts["rank_x"] == 1


def test_units_change_nothing(rng):
    rows = mixed_up(rng, 100, 4)
    units = np.array([1e-200, 1e150])
    mi = Gaussian()(variable(rows[:, :2]), variable(rows[:, 2:])).mi
    scaled = Gaussian()(variable(rows[:, :2] * units), variable(rows[:, 2:] + 1e6)).mi
    assert scaled == pytest.approx(mi, abs=1e-8)


def test_resampling_a_prepared_variable_is_preparing_the_resample(rng):
    rows = mixed_up(rng, 90, 4)
    x, y = variable(rows[:, :2]), variable(rows[:, 2:])
    some, order = rng.permutation(90)[:45], rng.permutation(90)
    estimator = Gaussian()
    taken = estimator.join(estimator.prepare(x).take(some), estimator.prepare(y).take(some))
    assert taken.mi == pytest.approx(estimator(x.take(some), y.take(some)).mi, abs=1e-12)
    shuffled = estimator.join(estimator.prepare(x), estimator.prepare(y).permute(order))
    assert shuffled.mi == pytest.approx(estimator(x, y.permute(order)).mi, abs=1e-12)


def test_the_copula_sees_through_monotone_scales(rng):
    x, y = rng.standard_normal((2, 300))
    y = y + x
    estimator = GaussianCopula()

    def estimate(a, b):
        return estimator(transform(variable(a), "normal"), transform(variable(b), "normal")).mi

    assert estimate(np.exp(x), y**3) == pytest.approx(estimate(x, y), abs=1e-12)


def test_a_copied_column_is_infinite_and_says_so(rng):
    x = rng.standard_normal(50)
    with pytest.raises(MitoolError, match="infinite; leave out the copied column"):
        Gaussian()(variable(x), variable(3 * x - 1, name="w"))


def test_a_constant_has_no_information_exactly(rng):
    assert Gaussian()(variable(np.ones(20)), variable(rng.standard_normal(20))).mi == 0.0


def test_more_columns_than_rows_are_refused(rng):
    x, y = variable(rng.standard_normal((10, 6))), variable(rng.standard_normal((10, 4)))
    with pytest.raises(MitoolError, match="needs at least 12 rows, got 10"):
        Gaussian()(x, y)


def scored(values, name="v") -> Variable:
    return transform(variable(values, name=name), "normal")


def test_the_second_order_sees_a_change_of_spread(rng):
    x = rng.standard_normal(800)
    y = np.exp(0.8 * x) * rng.standard_normal(800)
    even = x**2 + 0.5 * rng.standard_normal(800)
    assert GaussianCopula()(scored(x), scored(even)).mi < 0.02
    assert SecondOrderCopula()(scored(x), scored(y)).mi > 0.15
    assert SecondOrderCopula()(scored(x), scored(even)).mi > 0.45


def test_the_second_order_is_centred_under_independence(rng):
    estimates = [
        SecondOrderCopula()(
            scored(rng.standard_normal((60, 2))), scored(rng.standard_normal((60, 3)))
        ).mi
        for _ in range(300)
    ]
    assert abs(np.mean(estimates)) < 0.02


def test_the_second_order_needs_four_rows_a_column(rng):
    x, y = scored(rng.standard_normal((30, 5))), scored(rng.standard_normal((30, 5)), "w")
    with pytest.raises(MitoolError, match=r"4 rows for each of the 10 columns .* -e gcmi needs"):
        SecondOrderCopula()(x, y)


def test_labels_as_condition_average_over_their_levels(rng):
    z = rng.integers(0, 3, 120)
    x, y = mixed_up(rng, 120, 2).T + z
    estimator = Gaussian()
    parts = (estimator.prepare(variable(v)) for v in (x, y))
    found = estimator.join_given(*parts, estimator.prepare(discrete(z)))
    expected = sum(
        np.mean(z == k) * estimator(variable(x[z == k]), variable(y[z == k])).mi for k in range(3)
    )
    assert found.mi == pytest.approx(expected, abs=1e-12)


def test_a_mixture_is_the_log_ratio_of_fitted_densities(rng):
    from scipy.stats import multivariate_normal

    z = rng.integers(0, 3, 150)
    x = mixed_up(rng, 150, 2) + z[:, None] * [1.0, 0.5]
    estimator = GaussianMixture(bias_correction=False)
    shares, densities = [], []
    for level in range(3):
        own = x[z == level]
        fitted = multivariate_normal(own.mean(axis=0), np.cov(own.T, bias=True))
        shares.append(len(own) / len(x))
        densities.append(fitted.pdf(x))
    expected = np.log(np.choose(z, densities)) - np.log(np.tensordot(shares, densities, 1))
    numbers, codes = variable(x), estimator.prepare(discrete(z))
    assert estimator.local(numbers, codes) == pytest.approx(expected, abs=1e-9)
    assert estimator.join(numbers, codes).mi == pytest.approx(expected.mean(), abs=1e-9)


@pytest.mark.parametrize(("n", "levels", "d"), [(60, 2, 1), (200, 5, 2)])
def test_a_mixture_is_centred_under_independence(n, levels, d, rng):
    estimator = GaussianMixture()
    estimates = [
        estimator(scored(rng.standard_normal((n, d))), discrete(np.arange(n) % levels)).mi
        for _ in range(200)
    ]
    assert abs(np.mean(estimates)) < 0.004


def test_a_mixture_meets_the_truth_of_labelled_normals(rng):
    """Three labels one deviation apart: 0.2537 nats by quadrature."""
    z = rng.integers(0, 3, 4000)
    found = GaussianMixture()(scored(z + rng.standard_normal(4000)), discrete(z)).mi
    assert found == pytest.approx(0.2537, abs=0.03)


def test_a_mixture_does_not_exceed_the_entropy_of_its_labels(rng):
    z = np.arange(300) % 3
    found = GaussianMixture()(variable(1e6 * z + rng.standard_normal(300)), discrete(z)).mi
    assert np.log(3) - 0.01 < found <= np.log(3)


def test_a_mixture_refuses_rare_and_constant_levels(rng):
    x = rng.standard_normal(30)
    with pytest.raises(MitoolError, match=r"a level has 1 rows.*at least 3; group rare levels"):
        GaussianMixture()(variable(x), discrete([0] * 29 + [1]))
    x[:10] = 0.5
    with pytest.raises(MitoolError, match="within a level, columns of 'v0' are constant"):
        GaussianMixture()(variable(x), discrete([0] * 10 + [1] * 20))


@pytest.mark.parametrize("r", [0.0, 0.5, 0.9, -0.9, 1.0])
def test_scores_of_sizes_correlate_as_mehler_says(r):
    from scipy.special import ndtr, ndtri

    rng = np.random.default_rng(3)
    a, noise = rng.normal(size=(2, 400_000))
    b = r * a + np.sqrt(1 - r * r) * noise
    scores = [ndtri(2 * ndtr(np.abs(v)) - 1) for v in (a, b)]
    assert size_correlation(np.array(r)) == pytest.approx(np.corrcoef(*scores)[0, 1], abs=0.005)


def test_gaussian_columns_are_not_counted_twice_by_their_sizes():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(4000, 3))
    y = np.column_stack((0.8 * x[:, :2] + 0.6 * rng.normal(size=(4000, 2)), rng.normal(size=4000)))
    found = SecondOrderCopula()(variable(x, name="x"), variable(y, name="y")).mi
    assert found == pytest.approx(-np.log(1 - 0.64), abs=0.06)


def naively_rescored(pair):
    """Canonical variates by a generalized eigenproblem, scored by their ranks."""
    from scipy.linalg import eigh
    from scipy.stats import norm, rankdata

    x, y = (part.values - part.values.mean(axis=0) for part in pair)
    xx, yy, xy = x.T @ x, y.T @ y, x.T @ y
    _, a = eigh(xy @ np.linalg.solve(yy, xy.T), xx)
    b = np.linalg.solve(yy, xy.T) @ a
    scores = (norm.ppf(rankdata(side, axis=0) / (len(x) + 1)) for side in (x @ a, y @ b))
    correlations = [
        np.corrcoef(*columns)[0, 1] for columns in zip(*(s.T for s in scores), strict=True)
    ]
    return -0.5 * np.log1p(-np.square(correlations)).sum()


def heavy(rng, n):
    """Two columns a side whose difference has heavy tails, shared by both sides."""
    shared, own = rng.standard_t(1.2, size=n), rng.standard_normal((2, n))
    return [
        scored(np.column_stack((a, a + 0.02 * shared)), name)
        for a, name in zip(own, "xy", strict=True)
    ]


def test_canonical_correlations_are_held_to_those_of_the_scores(rng):
    pair = heavy(rng, 500)
    plain, held = GaussianCopula()(*pair), GaussianCopula(rescore=True)(*pair)
    bias = -0.5 * np.log1p(-np.square(canonical(*pair))).sum() - plain.mi
    assert held.mi == pytest.approx(naively_rescored(pair) + 2 * 4 / 500 - bias, abs=1e-6)
    assert held.mi < plain.mi - 0.1
    assert held.mi + held.extras["held_back"] == pytest.approx(plain.mi)
    assert [note.code for note in plain.notes] == ["beyond_scores"]


def canonical(x, y):
    x, y = (np.linalg.qr(part.values - part.values.mean(axis=0)).Q for part in (x, y))
    return np.linalg.svd(x.T @ y).S


@pytest.mark.parametrize("kind", [GaussianCopula, SecondOrderCopula])
def test_held_local_terms_have_the_estimate_as_their_mean(kind, rng):
    estimator = kind(rescore=True)
    x, y = (estimator.prepare(part) for part in heavy(rng, 400))
    found = estimator.join(x, y)
    assert found.extras["held_back"] > 0.0
    assert estimator.local(x, y).mean() == pytest.approx(found.mi, abs=1e-12)


@pytest.mark.parametrize("rows", [100, 1000])
@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_held_back_from_gaussian_columns(rows, seed):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((rows, 3))
    pair = scored(x, "x"), scored(0.8 * x + 0.6 * rng.standard_normal((rows, 3)), "y")
    found = GaussianCopula(rescore=True)(*pair)
    assert found.extras["held_back"] < 0.005
    assert not found.notes


def test_one_column_a_side_is_its_own_variate(rng):
    x = rng.standard_t(1, size=200)
    pair = scored(x), scored(x + rng.standard_t(1, size=200))
    assert GaussianCopula(rescore=True)(*pair).mi == GaussianCopula()(*pair).mi


@pytest.mark.parametrize("near_the_end", [1.0, 1.7e308])
def test_the_largest_floats_have_the_value_of_the_same_numbers_near_one(rng, near_the_end):
    """Powers of two change no digit; of the largest floats the sum of squares is no float."""
    x, y = rng.uniform(-1, 1, (2, 100))
    x *= near_the_end
    near_one = np.ldexp(x, -int(np.frexp(np.abs(x).max())[1]))
    given, expected = (
        Gaussian()(variable(column), variable(y + near_one)).mi for column in (x, near_one)
    )
    assert given == expected > 0.1
    exponent = np.log(np.abs(x).max()) - np.log(np.abs(near_one).max())
    entropies = [Gaussian().entropy(Gaussian().prepare(variable(v))).mi for v in (x, near_one)]
    assert entropies[0] - entropies[1] == pytest.approx(exponent, abs=1e-9)


ONE_A_SIDE = (Gaussian(), Gaussian(False), GaussianCopula(), GaussianCopula(rescore=True))


def single_columns(rng, n, m):
    """Columns of one cause and of their own, in units 20 orders of magnitude apart."""
    cause = rng.standard_normal(n)
    strengths = rng.choice([0.0, 0.5, 3.0, 20.0], size=m)
    units = 10.0 ** rng.integers(-10, 10, size=m)
    return [u * (s * cause + rng.standard_normal(n)) for s, u in zip(strengths, units, strict=True)]


@pytest.mark.parametrize("estimator", ONE_A_SIDE)
@pytest.mark.parametrize("n", [4, 30, 1000, 9000])
def test_many_single_columns_at_once_have_the_bits_of_each(estimator, n, rng):
    x, *ys = [estimator.prepare(variable(column)) for column in single_columns(rng, n, 70)]
    each = [estimator.join(x, y) for y in ys]
    assert list(estimator.join_each(x, ys)) == each
    assert list(estimator.join_each(x, ys[3:5])) == each[3:5]
    assert [next(iter(estimator.join_each(x, [y]))) for y in ys] == each


def test_single_columns_have_the_value_of_their_correlation(rng):
    columns = single_columns(rng, 400, 40)
    x, *ys = [Gaussian().prepare(variable(column)) for column in columns]
    r = np.corrcoef(columns)[0, 1:]
    expected = -0.5 * np.log1p(-r * r) - (2 * psi_sum(400, 1) - psi_sum(400, 2))
    found = [value.mi for value in Gaussian().join_each(x, ys)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


def test_scores_at_once_have_the_value_of_their_correlation(rng):
    x, *ys = [
        GaussianCopula().prepare(transform(variable(column), "normal"))
        for column in single_columns(rng, 300, 20)
    ]
    r = np.corrcoef([side.values[:, 0] for side in (x, *ys)])[0, 1:]
    expected = -0.5 * np.log1p(-r * r) - (2 * psi_sum(300, 1) - psi_sum(300, 2))
    found = [value.mi for value in GaussianCopula().join_each(x, ys)]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("estimator", ONE_A_SIDE)
def test_of_several_at_once_a_copy_fails_and_a_constant_is_zero(estimator, rng):
    column = rng.standard_normal(50)
    x = estimator.prepare(variable(column))
    constant = estimator.prepare(variable(np.full(50, 3.0)))
    several = estimator.prepare(variable(rng.standard_normal((50, 2))))
    ys = [constant, several, estimator.prepare(variable(rng.standard_normal(50)))]
    found = list(estimator.join_each(x, ys))
    assert found == [estimator.join(x, y) for y in ys]
    assert found[0].mi == 0.0
    with pytest.raises(MitoolError, match="leave out the copied column"):
        list(estimator.join_each(x, [ys[-1], estimator.prepare(variable(-2.0 * column))]))
