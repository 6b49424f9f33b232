"""The truths that the learned estimator is trained on: by grids, closed forms and densities."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from scipy import stats
from scipy.linalg import block_diag

from mitool.simulate import parse
from studies.mist_alike import equal_pairs, one_factor
from studies.mist_families import ADDED, FAMILIES, distribution, fits
from studies.mist_shapes import radii, signs, turns
from studies.mist_support import distances, held
from studies.mist_tables import even_shape, families
from studies.mist_truths import channel, gaussian
from studies.mist_unlike import UNLIKE, checkerboard, glitch_information, long_sine
from studies.mist_vectors import mixed, near_copies, shared_scale, spirals
from studies.sealed import channel_information

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

N = 300_000
SINGLE = [name for name, family in FAMILIES.items() if fits(family, 1, 1)]


def cells(side: np.ndarray, n_bins: int) -> np.ndarray:
    """A cell for each value where there are few, else cells of as many rows each."""
    distinct, codes = np.unique(side.ravel(), return_inverse=True)
    if len(distinct) <= n_bins:
        return codes
    return np.argsort(np.argsort(side.ravel())) * n_bins // len(side)


def on_grid(x: np.ndarray, y: np.ndarray, n_bins: int = 64) -> float:
    """The information of a fine table of counts, less what chance makes of it: a little low."""
    counts = np.zeros((n_bins, n_bins))
    np.add.at(counts, (cells(x, n_bins), cells(y, n_bins)), 1.0)
    share = counts[counts > 0] / len(x)
    rows, columns = (counts.sum(axis=axis) / len(x) for axis in (0, 1))
    apart = sum((p[p > 0] * np.log(p[p > 0])).sum() for p in (rows, columns))
    used = [np.count_nonzero(p) for p in (rows, columns)]
    chance = (np.count_nonzero(counts) - sum(used) + 1) / (2 * len(x))
    return float((share * np.log(share)).sum() - apart - chance)


@pytest.mark.parametrize("number", range(2))
@pytest.mark.parametrize("name", SINGLE)
def test_truths_of_pairs_are_those_of_fine_tables(name, number):
    rng = np.random.default_rng([zlib.crc32(name.encode()), number])
    case = distribution(FAMILIES[name], rng, 1, 1)
    while case.mi > 0.8:  # beyond, the cells of the grid are too wide
        case = distribution(FAMILIES[name], rng, 1, 1)
    x, y = case.draw(N, rng)
    assert on_grid(x, y) == pytest.approx(case.mi, abs=0.02 + 0.05 * case.mi)


@pytest.mark.parametrize("name", FAMILIES)
def test_tables_have_the_columns_asked_for_and_finite_numbers(name):
    rng = np.random.default_rng(1)
    for dx, dy in ((1, 1), (1, 2), (2, 1), (2, 2), (5, 3), (3, 5)):
        if fits(FAMILIES[name], dx, dy):
            case = distribution(FAMILIES[name], rng, dx, dy)
            x, y = case.draw(200, rng)
            assert x.shape == (200, dx)
            assert y.shape == (200, dy)
            assert np.isfinite(x).all()
            assert np.isfinite(y).all()
            assert 0.0 <= case.mi < FAMILIES[name].largest


def test_sides_that_tell_all_hold_the_information():
    rng = np.random.default_rng(2)
    for family, sufficient in ((radii, lambda x: (x * x).sum(axis=1)), (signs, None)):
        case = family(rng, 2, 1)
        x, y = case.draw(N, rng)
        told = x.prod(axis=1) if sufficient is None else sufficient(x)
        assert on_grid(told, y) == pytest.approx(case.mi, abs=0.02 + 0.05 * case.mi)
    case = turns(rng, 2, 2)
    x, y = (np.arctan2(side[:, 1], side[:, 0]) for side in case.draw(N, rng))
    assert on_grid(x, y) == pytest.approx(case.mi, abs=0.02 + 0.05 * case.mi)


def test_gaussian_truths_are_log_ratios_of_densities():
    rng = np.random.default_rng(3)
    case = near_copies(rng, 3, 2)
    sample = np.hstack(case.draw(N, rng))
    assert gaussian(np.cov(sample.T), 3) == pytest.approx(case.mi, abs=0.01)
    rotated = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    turned = block_diag(rotated, np.eye(2)) @ np.cov(sample.T) @ block_diag(rotated, np.eye(2)).T
    assert gaussian(turned, 3) == pytest.approx(case.mi, abs=0.01)


@pytest.mark.parametrize("family", [equal_pairs, one_factor])
@pytest.mark.parametrize("columns", [(2, 2), (5, 3)])
def test_truths_of_columns_that_are_alike_follow_from_canonical_correlations(family, columns):
    case = family(np.random.default_rng(11), *columns)
    x, y = (side - side.mean(axis=0) for side in case.draw(N, np.random.default_rng(12)))
    rho = np.linalg.svd(np.linalg.qr(x)[0].T @ np.linalg.qr(y)[0], compute_uv=False)
    assert -0.5 * np.log1p(-rho * rho).sum() == pytest.approx(case.mi, abs=0.01)
    assert family is equal_pairs or (rho[1:] < 0.02).all()


def test_pairs_that_are_alike_are_often_equal():
    rng, spreads = np.random.default_rng(13), []
    for _ in range(60):
        x, y = equal_pairs(rng, 3, 3).draw(20_000, rng)
        rho = np.linalg.svd(np.linalg.qr(x)[0].T @ np.linalg.qr(y)[0], compute_uv=False)
        spreads.append(np.ptp(rho))
    assert np.mean(np.array(spreads) < 0.03) > 0.25


def test_families_that_came_later_are_drawn_apart_and_mostly_of_equal_sides():
    apart = [set(families(f"training{kind}")) for kind in ("", "-added", "-alike")]
    assert set.union(*apart) == set(FAMILIES)
    assert sum(len(part) for part in apart) == len(FAMILIES)
    assert apart[2] == set(ADDED["alike"])
    rng = np.random.default_rng(14)
    shapes = np.array([even_shape(rng, 5) for _ in range(2000)])
    assert (shapes[:, 0] == shapes[:, 1]).mean() > 0.7
    assert set(np.unique(shapes)) == {1, 2, 3, 4, 5}


def test_few_tables_far_out_count_for_more_in_what_a_class_holds():
    rng = np.random.default_rng(15)
    cloud = rng.normal(size=(2000, 3))
    cloud[:20, 2] += 12.0
    mean, precision = held(cloud)
    far = distances(cloud, mean, precision)
    plain = distances(cloud, cloud.mean(axis=0), np.linalg.inv(np.cov(cloud.T)))
    apart = [some[:20].mean() / np.quantile(some[20:], 0.985) for some in (far, plain)]
    assert apart[0] < 0.5 * apart[1]


def test_a_student_vector_is_a_shared_scale():
    """With the scales of an inverse chi, quadrature over scales finds the closed form."""
    dof = 4.0
    logs = 0.5 * np.log(dof / stats.chi2(dof).ppf((np.arange(4000) + 0.5) / 4000))
    case = shared_scale(logs, logs, 2, 2, np.random.default_rng(5))
    truth = parse("student:dof=4,rho=0,dim_x=2,dim_y=2").mi
    assert case.mi == pytest.approx(truth, abs=0.02)


def test_clouds_far_apart_share_which_of_them_it_is():
    weights = np.array([0.5, 0.3, 0.2])
    means = 50.0 * np.array([[0, 0, 0], [1, 1, 1], [2, 2, 2.0]])
    roots = np.array([np.eye(3)] * 3)
    case = mixed(weights, means, roots, 1, np.random.default_rng(6))
    assert case.mi == pytest.approx(-(weights * np.log(weights)).sum(), abs=0.02)


def test_a_turn_is_undone():
    rng = np.random.default_rng(7)
    case = spirals(rng, 2, 1)
    x, y = case.draw(2000, rng)
    lengths = np.sqrt((x * x).sum(axis=1))
    assert stats.kstest(lengths, stats.chi(2).cdf).pvalue > 1e-4
    assert y.shape == (2000, 1)


@pytest.mark.parametrize("scale", [0.1, 0.5, 2.0])
def test_channels_have_known_information(scale):
    values = stats.norm.ppf((np.arange(100_000) + 0.5) / 100_000)
    expected = 0.5 * np.log1p(1.0 / scale**2)
    assert channel(values, stats.norm(scale=scale)) == pytest.approx(expected, abs=0.003)
    two = np.where(np.arange(1000) < 500, -1.0, 1.0)
    exact = channel_information(np.array([-1.0, 1.0]), stats.norm(scale=scale))
    assert channel(two, stats.norm(scale=scale)) == pytest.approx(exact, abs=0.006)


def test_tables_unlike_all_others_have_known_information():
    rng = np.random.default_rng(9)
    x, y = checkerboard(rng).draw(N, rng)
    assert on_grid(x, y) == pytest.approx(np.log(2.0), abs=0.03)
    case = long_sine(rng)
    x, y = case.draw(N, rng)
    assert on_grid(x % 0.125, y) == pytest.approx(case.mi, abs=0.1)
    assert glitch_information(1.0) == pytest.approx(0.0953, abs=0.01)  # studies/named_cases.py: 1
    for name, family in UNLIKE.items():
        case = distribution(family, rng, 2, 2)
        assert case.draw(100, rng)[0].shape == (100, 2), name
        assert "functional" not in name or case.mi > 5.0
