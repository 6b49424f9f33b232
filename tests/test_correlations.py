"""The correlation of scores that a test joins to the scales of nearest neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.estimators.gaussian import GaussianCopula
from mitool.measure.correlations import Correlation, correlations
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.uncertainty import Uncertainty, assess
from mitool.uncertainty.shared import SharedNulls
from mitool.variables import Variable, gather
from mitool.variables.transforms import transform
from tests.make import discrete


def numbers(name: str, *columns: np.ndarray) -> Variable:
    names = [f"{name}{j}" for j in range(len(columns))]
    return gather([Column(n, c) for n, c in zip(names, columns, strict=True)], continuous=names)


def correlated(rng, n, rho=0.3) -> tuple[Variable, Variable]:
    x, noise = rng.standard_normal((2, n))
    return numbers("x", x), numbers("y", rho * x + np.sqrt(1 - rho**2) * noise)


@pytest.mark.parametrize("dims", [(1, 1), (2, 1), (2, 3)])
def test_the_statistic_is_the_cube_root_of_the_copula_s_information(rng, dims):
    rows = rng.standard_normal((80, 6)) @ rng.standard_normal((6, 6))
    x, y = numbers("x", *rows.T[: dims[0]]), numbers("y", *rows.T[3 : 3 + dims[1]])
    plain = GaussianCopula(bias_correction=False)
    mi = plain(transform(x, "normal"), transform(y, "normal")).mi
    assert Correlation.of_scores(x, y, None).statistic() == pytest.approx(np.cbrt(2.0 * mi))


def test_a_condition_is_taken_off(rng):
    z = rng.standard_normal(100)
    x, y = (numbers(name, z + rng.standard_normal(100)) for name in "xy")
    condition, plain = numbers("z", z), GaussianCopula(bias_correction=False)
    sides = [plain.prepare(transform(side, "normal")) for side in (x, y, condition)]
    found = Correlation.of_scores(x, y, condition).statistic()
    assert found == pytest.approx(np.cbrt(2.0 * plain.join_given(*sides).mi))


def test_of_labels_as_a_condition_the_means_are_taken_off(rng):
    labels = rng.integers(0, 2, 200)
    x, y = (numbers(name, 9.0 * labels + rng.standard_normal(200)) for name in "xy")
    assert Correlation.of_scores(x, y, None).statistic() > 0.7
    assert Correlation.of_scores(x, y, discrete(labels)).statistic() < 0.5


def test_rows_are_moved_as_the_variable_would_be(rng):
    x, y = correlated(rng, 50)
    order = rng.permutation(50)
    moved = Correlation.of_scores(x, y.permute(order), None).statistic()
    assert Correlation.of_scores(x, y, None).statistic(order) == pytest.approx(moved, abs=1e-12)


def test_a_perfect_correlation_is_finite(rng):
    x = numbers("x", rng.standard_normal(40))
    assert 1.0 < Correlation.of_scores(x, x, None).statistic() < 10.0


def test_there_is_none_of_labels_constants_and_few_rows(rng):
    x, _ = correlated(rng, 40)
    assert Correlation.of_scores(x, discrete(rng.integers(0, 3, 40)), None) is None
    assert Correlation.of_scores(x, numbers("c", np.ones(40)), None) is None
    assert Correlation.of_scores(*correlated(rng, 5), None) is None


def even_circle(rng, n):
    """Squares that are correlated where the values are not."""
    angle = rng.uniform(0, 2 * np.pi, n)
    return [numbers("xy"[j], f(angle)) for j, f in enumerate((np.cos, np.sin))]


def test_squares_are_correlated_beside_the_scores(rng):
    """By hand: the correlation of what a line in the scores leaves of their squares."""
    x, y = even_circle(rng, 200)
    left = []
    for side in (x, y):
        scores = transform(side, "normal").values[:, 0]
        squares = scores**2
        left.append(squares - np.polyval(np.polyfit(scores, squares, 1), scores))
    r = np.corrcoef(*left)[0, 1]
    assert r < -0.4
    found = Correlation.of_squares(x, y).statistic()
    assert found == pytest.approx(np.cbrt(-np.log1p(-(r**2))), abs=1e-12)
    assert Correlation.of_scores(x, y, None).statistic() < 0.5


def test_two_values_have_no_squares_of_their_own(rng):
    x, y = numbers("x", rng.integers(0, 2, 60).astype(float)), numbers("y", rng.normal(size=60))
    assert Correlation.of_squares(x, y) is None
    assert [one.name for one in correlations(x, y, None)] == ["gcmi"]


def test_under_a_condition_squares_are_left_out(rng):
    x, y = correlated(rng, 80)
    assert [one.name for one in correlations(x, y, None)] == ["gcmi", "squares"]
    assert [one.name for one in correlations(x, y, numbers("z", rng.normal(size=80)))] == ["gcmi"]


def test_every_draw_has_the_scales_and_the_correlations(rng):
    measurement, _ = measurement_of(*correlated(rng, 100), None, Settings("ksg"))
    orders = [rng.permutation(100) for _ in range(3)]
    found = list(measurement.permuted(iter(orders), joins=True))
    assert [len(one) for one in found] == [4, 4, 4]
    both = measurement.correlations
    assert [one[-2:] for one in found] == [tuple(c.statistic(o) for c in both) for o in orders]
    assert measurement.observed(joins=False) == (measurement.value.mi,)


def test_what_only_squares_show_is_found(rng):
    """A ring of noise .4: 38 % of the scales' tests find it in 100 rows, those joined as many."""
    asked, found = Uncertainty(n_permutations=99), 0
    for _ in range(20):
        x, y = (
            side.values[:, 0] + 0.4 * rng.standard_normal(100) for side in even_circle(rng, 100)
        )
        test = assess(numbers("x", x), numbers("y", y), uncertainty=asked).test
        found += test.p_value <= 0.05
    assert found >= 4


def test_the_test_is_exact(rng):
    """Of 400 independent pairs 5 % are rejected, give or take three standard errors."""
    asked = Uncertainty(n_permutations=19)
    sides = ((numbers("x", a), numbers("y", b)) for a, b in rng.standard_normal((400, 2, 60)))
    p_values = [assess(*pair, uncertainty=asked).test.p_value for pair in sides]
    assert 0.017 < np.mean([p <= 0.05 for p in p_values]) < 0.083


def test_a_linear_dependence_is_found(rng):
    """ρ = .3 at n = 100: 28 of 40 are expected at .71, and 16 of the scales alone at .40."""
    asked = Uncertainty(n_permutations=99)
    p_values = [assess(*correlated(rng, 100), uncertainty=asked).test.p_value for _ in range(40)]
    assert sum(p <= 0.05 for p in p_values) > 22


def test_a_shared_null_serves_columns_of_any_shape(rng):
    """Without ties the correlation, too, depends on the order of the rows alone."""
    asked = Uncertainty(n_permutations=199)
    nulls = SharedNulls(asked)
    x, y = rng.standard_normal((2, 120))
    found = [
        nulls.test(measurement_of(numbers("x", f(x)), numbers("y", f(y)), None, Settings())[0])
        for f in (np.exp, np.cbrt, np.arctan)
    ]
    assert len({test.p_value for test in found}) == 1
    assert {test.method for test in found} == {"shared-permutation-max+gcmi+squares"}
