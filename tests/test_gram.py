"""Gram matrices, low rank, spectra: each kernel against its slow twin, each bound against truth."""

from __future__ import annotations

import numpy as np
import pytest
from reference import gaussian_gram, median_bandwidth

from mitool.errors import MitoolError
from mitool.estimators.csqmi import CSQMI
from mitool.estimators.dse import DSE
from mitool.estimators.renyi import Renyi
from mitool.kernels import memory
from mitool.kernels.gram import clouds, lowrank, moments, spectrum, sums
from mitool.kernels.gram.clouds_exponential_loops import exponential, gaussian_tile
from mitool.kernels.gram.side import Side
from mitool.limits import one_blas_thread
from mitool.parallel import threads_inside
from mitool.variables import Variable
from tests.make import variable


def test_compiled_exponential_is_that_of_the_library() -> None:
    x = np.concatenate((np.linspace(0, 700, 100_001), [1e-300, 1e-17, 0.0]))[None, :]
    out = x.copy()
    exponential(out)
    assert np.max(np.abs(out / np.exp(-x) - 1)) < 5e-16
    assert out[0, -1] == 1.0


def test_compiled_exponential_of_what_underflows_is_as_good_as_zero() -> None:
    out = np.array([[709.0, 1e4, 1e300]])
    exponential(out)
    assert np.all((out >= 0) & (out < 1e-307))


def test_compiled_tile_is_its_twin(rng: np.random.Generator) -> None:
    a, b = rng.normal(size=(7, 3)), rng.normal(size=(5, 3))
    out = np.empty((7, 5))
    gaussian_tile(a, np.ascontiguousarray(b.T), out)
    assert out == pytest.approx(gaussian_gram(a, b, bandwidth=np.sqrt(0.5)), rel=1e-14)


@pytest.mark.parametrize("n_dims", [1, 3, 12, 13, 60])
@pytest.mark.parametrize("compiled", [False, True])
def test_blocks_are_those_of_the_twin(
    n_dims: int, compiled: bool, rng: np.random.Generator
) -> None:
    x = rng.normal(size=(50, n_dims)) + 1e3
    points = clouds.cloud(variable(x), 1.5)
    order = np.lexsort(x.T[::-1])
    found = clouds.block(points, slice(0, 50), points, slice(3, 20), compiled=compiled)
    expected = gaussian_gram(x[order], x[order][3:20], bandwidth=1.5)
    assert found == pytest.approx(expected, rel=1e-9)


def test_near_points_of_many_dimensions_keep_their_distance(rng: np.random.Generator) -> None:
    """|u - v|² by products loses everything here: lengths 1e8, distances 1."""
    x = 1e6 * rng.normal(size=(1, 40)) * np.sign(np.arange(20) - 9.5)[:, None]
    x = x + rng.normal(size=(20, 40)) / 10
    points = clouds.cloud(variable(x), 1.0)
    found = sums.dense(points)
    exact = gaussian_gram(x[np.lexsort(x.T[::-1])], x[np.lexsort(x.T[::-1])], bandwidth=1.0)
    assert found == pytest.approx(exact, abs=1e-8)
    assert np.all(np.diag(found) == 1.0)


@pytest.mark.parametrize("n", [1, 2, 255, 256, 257, 700])
def test_sums_over_tiles_are_those_of_the_whole_matrix(n: int, rng: np.random.Generator) -> None:
    points = clouds.cloud(variable(rng.normal(size=(n, 2))), 0.7)
    weights = rng.random(n)
    assert sums.row_sums(points, weights) == pytest.approx(sums.dense(points) @ weights)
    some = points.at(np.arange(0, n, 2))
    assert sums.cross_sums(some, points, weights) == pytest.approx(
        sums.dense(points)[::2] @ weights
    )


def test_equal_rows_are_merged_and_the_rest_sorted() -> None:
    points = clouds.cloud(variable([[2.0, 1.0], [0.0, 5.0], [2.0, 1.0], [-1.0, 0.0]]), 1.0)
    assert points.counts.tolist() == [1, 1, 2]
    assert points.index.tolist() == [2, 1, 2, 0]


def test_the_joint_kernel_is_the_product(rng: np.random.Generator) -> None:
    x, labels = rng.normal(size=(40, 2)).round(0), rng.integers(0, 3, 40)
    a, b = clouds.cloud(variable(x), 1.1), clouds.cloud(variable(labels, "discrete"), 1.0)
    joint = clouds.together(a, b)
    expected = gaussian_gram(x, x, bandwidth=1.1) * (labels[:, None] == labels)
    assert sums.dense(joint)[joint.index][:, joint.index] == pytest.approx(expected)


def test_labels_beside_numbers_have_their_own_kernel(rng: np.random.Generator) -> None:
    values = np.column_stack((rng.normal(size=30), rng.integers(0, 2, 30)))
    points = clouds.cloud(Variable(("a", "b"), values, ("continuous", "discrete")), 0.9)
    expected = gaussian_gram(values[:, :1], values[:, :1], bandwidth=0.9)
    expected *= values[:, 1:] == values[:, 1]
    assert sums.dense(points)[points.index][:, points.index] == pytest.approx(expected)


@pytest.mark.parametrize("n", [2, 40, 2048])
def test_median_bandwidth_is_that_of_the_twin(n: int, rng: np.random.Generator) -> None:
    x = rng.normal(size=(n, 3))
    found = clouds.cloud(variable(x), "median").bandwidth
    assert found == pytest.approx(median_bandwidth(x))
    assert clouds.cloud(variable(np.tile(x, (1, 1))), "median").bandwidth == found


def test_median_bandwidth_of_many_rows_is_near_that_of_all(rng: np.random.Generator) -> None:
    """For N(0, I) in 3 dimensions σ² is the median of χ²₃: 2.366."""
    found = clouds.cloud(variable(rng.normal(size=(20_000, 3))), "median").bandwidth
    assert found == pytest.approx(2.366**0.5, rel=0.02)


def test_silverman_bandwidth_of_a_known_case() -> None:
    x = np.array([-1.0, 0.0, 1.0])  # s = 1, d = 1: (4 / 3n)^(1/5)
    assert clouds.cloud(variable(x), "silverman").bandwidth == pytest.approx((4 / 9) ** 0.2)


def test_a_bandwidth_exists_where_all_rows_are_equal() -> None:
    assert clouds.cloud(variable(np.zeros((5, 2))), "median").bandwidth == 1.0


# Low rank: the truth must lie within every certificate


@pytest.mark.parametrize("n_dims", [1, 2, 3])
@pytest.mark.parametrize("width", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("tolerance", [1e-1, 1e-3, 1e-6])
def test_csqmi_lies_within_its_certificate(
    n_dims: int, width: float, tolerance: float, rng: np.random.Generator
) -> None:
    x = rng.standard_t(3, size=(400, n_dims))
    y = x[:, :1] + rng.normal(size=(400, 1))
    for unbiased in (False, True):
        exact = CSQMI(bandwidth=width, exact=True, unbiased=unbiased)(variable(x), variable(y))
        found = CSQMI(bandwidth=width, tolerance=tolerance, unbiased=unbiased)(
            variable(x), variable(y)
        )
        assert exact.error_bound is None
        assert abs(found.mi - exact.mi) <= (found.error_bound or 0.0) + 1e-11


@pytest.mark.parametrize("t", [1.0, 1.5, 4.0])
@pytest.mark.parametrize("tolerance", [1e-1, 1e-3, 1e-6])
def test_dse_lies_within_its_certificate(
    t: float, tolerance: float, rng: np.random.Generator
) -> None:
    x = variable(rng.normal(size=(400, 2)))
    exact = DSE(t=t, bandwidth=1.5, exact=True)
    low = DSE(t=t, bandwidth=1.5, tolerance=tolerance)
    found, truth = low.entropy(low.prepare(x)), exact.entropy(exact.prepare(x))
    assert found.facts["rank"] < 400
    assert found.error_bound is not None
    assert found.error_bound <= tolerance
    assert abs(found.mi - truth.mi) <= found.error_bound + 1e-11


@pytest.mark.parametrize("alpha", [1.0, 1.01, 1.5, 3.0])
@pytest.mark.parametrize("tolerance", [1e-1, 1e-4])
def test_renyi_lies_within_its_certificate(
    alpha: float, tolerance: float, rng: np.random.Generator
) -> None:
    x, y = variable(rng.normal(size=(400, 2))), variable(rng.normal(size=400))
    truth = Renyi(alpha=alpha, bandwidth=2.0, exact=True)(x, y)
    found = Renyi(alpha=alpha, bandwidth=2.0, tolerance=tolerance)(x, y)
    assert found.error_bound is not None
    assert found.error_bound <= tolerance
    assert abs(found.mi - truth.mi) <= found.error_bound + 1e-10


def test_candidates_stand_for_the_other_points(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowrank, "CANDIDATES", 128)
    monkeypatch.setattr(lowrank, "KEPT", 0)
    x, y = rng.normal(size=(2000, 2)), rng.normal(size=(2000, 1))
    truth = CSQMI(bandwidth=2.0, exact=True)(variable(x), variable(y))
    found = CSQMI(bandwidth=2.0, tolerance=1e-3)(variable(x), variable(y))
    assert found.error_bound is not None
    assert abs(found.mi - truth.mi) <= found.error_bound
    assert found.error_bound <= 1e-3
    assert "normalized" not in found.facts  # would cost as much again


def test_a_factor_that_is_not_good_enough_is_not_used(
    rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An outlier among the candidates is seen; a cluster between them is only seen afterwards."""
    monkeypatch.setattr(lowrank, "CANDIDATES", 32)
    x = rng.normal(size=(500, 3))
    found = spectrum.spectrum(clouds.cloud(variable(x), 0.8), np.full(500, 1 / 500), 1e-8)
    assert found.is_exact


def test_what_a_side_gives_does_not_depend_on_its_partner(rng: np.random.Generator) -> None:
    """The same bits in whatever order the pairs of a matrix are taken."""
    x, y, z = (variable(column) for column in rng.normal(size=(3, 300)).round(1))
    for tolerance in (None, 1e-6):
        sides = {name: Side.of(v, 0.5) for name, v in (("x", x), ("y", y), ("z", z))}
        alone = moments.moments(Side.of(x, 0.5), Side.of(z, 0.5), tolerance)
        moments.moments(sides["x"], sides["y"], tolerance)
        moments.moments(sides["y"], sides["z"], tolerance)
        assert moments.moments(sides["x"], sides["z"], tolerance) == alone


@pytest.mark.parametrize("tolerance", [None, 1e-3])
def test_the_bits_are_the_same_for_any_number_of_threads(
    tolerance: float | None, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lowrank, "CHUNK", 200)
    x, y = variable(rng.normal(size=(900, 2))), variable(rng.normal(size=900))

    def found(n_jobs: int) -> moments.Moments:
        with one_blas_thread(), threads_inside(n_jobs):
            return moments.moments(Side.of(x, 1.0), Side.of(y, 1.0), tolerance)

    assert found(3) == found(1)


@pytest.mark.parametrize("ties", [1, 9])
def test_moments_are_those_of_whole_matrices(ties: int, rng: np.random.Generator) -> None:
    a, b = rng.normal(size=(90, 2)).round(ties), rng.normal(size=(90, 1)).round(ties)
    k, q = gaussian_gram(a, a, bandwidth=0.5), gaussian_gram(b, b, bandwidth=0.5)
    found = moments.moments(Side.of(variable(a), 0.5), Side.of(variable(b), 0.5), None)
    r, c = k.mean(axis=1), q.mean(axis=1)
    assert [found.kq, found.k, found.q, found.rc] == pytest.approx(
        [(k * q).mean(), k.mean(), q.mean(), (r * c).mean()]
    )
    assert found.normalizers == pytest.approx(
        [(k * k).mean(), (r * r).mean(), (q * q).mean(), (c * c).mean()]
    )


def test_fannes_bound_is_the_worst_case_of_two_spectra() -> None:
    n, t = 10, 0.3
    p = np.array([1.0] + [0.0] * (n - 1))
    q = np.array([1 - t] + [t / (n - 1)] * (n - 1))  # attains the bound
    entropy = -(q @ np.log(q))
    assert spectrum.fannes(t, n) == pytest.approx(entropy - 0.0)
    assert np.abs(p - q).sum() / 2 == pytest.approx(t)
    assert spectrum.fannes(1.0, n) == pytest.approx(np.log(n))


@pytest.mark.parametrize("tolerance", [1e-2, 1e-6, 1e-9])
def test_distance_for_meets_the_tolerance(tolerance: float) -> None:
    distance = spectrum.distance_for(tolerance, 1000)
    assert 0.9 * tolerance < spectrum.fannes(distance, 1000) <= tolerance


# Memory


def test_memory_that_is_not_there_is_refused_with_advice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "free_memory", lambda: 1_000_000)
    points = clouds.cloud(variable(np.arange(1000.0)), 1.0)
    with pytest.raises(MitoolError, match=r"needs 0.0 GB.*--sample N"):
        sums.dense(points)


def test_available_memory_is_some() -> None:
    assert 1 << 20 < memory.free_memory() < 1 << 50
