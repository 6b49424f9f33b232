"""What the learned estimator looks at: nothing moves it but the dependence; twins compute it."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.estimators import load
from mitool.estimators.learned.arrangement import arranged
from mitool.estimators.learned.correlated import Polynomial, information_of
from mitool.estimators.learned.statistics import NAMES, SHAPE, raw_statistics, statistics_of
from mitool.kernels.neighbors import sweep
from mitool.variables import Variable
from mitool.variables.transforms import transform
from tests import reference

DIMS = [(1, 1), (1, 2), (2, 1), (3, 3), (5, 2), (5, 5)]


def table(dims: tuple[int, int], n: int, seed: int, *, tied: bool = False) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    x, y = (rng.normal(size=(n, d)) for d in dims)
    y[:, 0] += x.sum(axis=1) ** 2
    return [np.round(side, 1) if tied else side for side in (x, y)]


def variable(side: np.ndarray) -> Variable:
    names = tuple(f"c{j}" for j in range(side.shape[1]))
    return Variable(names, np.ascontiguousarray(side), ("continuous",) * len(names))


def disguised(side: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same columns in other units and another order, some of them falling where they rose."""
    maps = (
        lambda a: -3.0 * a,
        lambda a: np.exp(a) * 1e9,
        lambda a: a**3 + a,
        lambda a: -np.sinh(a),
    )
    columns = [maps[rng.integers(len(maps))](column) for column in side.T]
    return np.column_stack([columns[j] for j in rng.permutation(len(columns))])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("dims", DIMS)
def test_units_maps_and_orders_change_no_bit(dims, tied, seed):
    rng = np.random.default_rng(seed)
    x, y = table(dims, int(rng.integers(30, 400)), seed, tied=tied)
    rows = rng.permutation(len(x))
    found = statistics_of(x, y)
    assert np.array_equal(statistics_of(disguised(x[rows], rng), disguised(y[rows], rng)), found)
    assert np.array_equal(statistics_of(y, x), found)
    assert np.isfinite(found).all()


def test_equal_columns_on_both_sides_and_grids_have_one_answer():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(60, 2))
    grid = np.array([(a, b, c) for a in range(4) for b in range(4) for c in range(3)], dtype=float)
    for left, right in ((x, x), (x, x[:, :1]), (grid[:, :1], grid[:, 1:]), (grid[:, :2], x[:48])):
        rows = rng.permutation(len(left))
        found = statistics_of(left, right)
        assert np.isfinite(found).all()
        assert np.array_equal(statistics_of(right[rows][:, ::-1], -left[rows][:, ::-1]), found)


def test_a_table_without_a_column_that_matters_is_told_from_one_with():
    x, y = table((2, 2), 200, 0)
    assert not np.array_equal(statistics_of(x, y), statistics_of(x, np.roll(y, 1, axis=0)))


def test_names_are_those_of_the_statistics():
    assert list(raw_statistics(arranged(*table((2, 3), 50, 0)))) == list(NAMES[len(SHAPE) :])


@pytest.mark.parametrize("dims", DIMS)
def test_neighbours_and_copulas_are_those_of_the_estimators(dims):
    x, y = table(dims, 150, 1)
    found = raw_statistics(arranged(x, y))
    scores = [transform(variable(side), "normal") for side in (x, y)]
    for k in (1, 3, 6, 12):
        assert found[f"ksg {k}"] == pytest.approx(ksg(scores, k), abs=1e-12)
    assert found["gcmi"] == pytest.approx(load("gcmi")()(*scores).mi, abs=1e-9)


def ksg(scores: list[Variable], k: int) -> float:
    return load("ksg")(n_neighbors=k)(*scores).mi


@pytest.mark.parametrize("dims", DIMS)
def test_a_sweep_counts_as_the_slow_twin(dims):
    x, y = table(dims, 80, 2)
    for k, counts in zip((3, 1, 7), sweep.counts(x, y, (3, 1, 7)), strict=True):
        expected = reference.neighbor_counts((x, y), ((0,), (1,)), k, "open")
        assert np.array_equal(counts, expected)


@pytest.mark.parametrize("dims", DIMS)
def test_means_around_rows_are_those_of_sorted_distances(dims):
    x, y = table(dims, 60, 3)
    far = reference.chebyshev(x)
    np.fill_diagonal(far, np.inf)
    nearest = np.argsort(far, axis=1)[:40, :5]
    assert sweep.means_around(x, y, 5, 40) == pytest.approx(y[nearest].mean(axis=1))


@pytest.mark.parametrize("dims", DIMS)
def test_distance_correlation_is_that_of_u_centred_distances(dims):
    x, y = table(dims, 50, 4)
    n = len(x)

    def centred(side):
        far = reference.chebyshev(side)
        rows = far.sum(axis=1) / (n - 2)
        out = far - rows[:, None] - rows + far.sum() / ((n - 1) * (n - 2))
        np.fill_diagonal(out, 0.0)
        return out

    a, b = centred(x), centred(y)
    expected = (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())
    assert sweep.distance_correlation(x, y) == pytest.approx(expected, abs=1e-10)


def test_grids_share_what_a_table_of_counts_does():
    x, y = table((1, 1), 256, 5)
    codes = [np.argsort(np.argsort(side[:, 0])) * 4 // 256 for side in (x, y)]
    counts = np.zeros((4, 4))
    np.add.at(counts, tuple(codes), 1 / 256)
    apart = np.outer(counts.sum(axis=1), counts.sum(axis=0))
    used = counts > 0
    plugin = (counts[used] * np.log(counts[used] / apart[used])).sum()
    assert raw_statistics(arranged(x, y))["best grid"] == pytest.approx(plugin - 9 / 512)


def test_polynomials_see_a_square_and_find_nothing_where_nothing_is():
    rng = np.random.default_rng(6)
    x, noise = rng.normal(size=(2, 2000, 1))
    square = Polynomial(arranged(x, x * x + 0.5 * noise)).statistics()
    nothing = Polynomial(arranged(x, noise)).statistics()
    assert square["polynomials"] > 0.5
    assert abs(nothing["polynomials"]) < 0.01
    assert information_of(np.array([0.6])) == pytest.approx(-0.5 * np.log(1 - 0.36))
