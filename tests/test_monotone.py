"""The correlation of scores that a test joins to the scales of nearest neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.estimators.gaussian import GaussianCopula
from mitool.measure.estimation import measurement_of
from mitool.measure.monotone import Monotone
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
    assert Monotone.of(x, y, None).statistic() == pytest.approx(np.cbrt(2.0 * mi))


def test_a_condition_is_taken_off(rng):
    z = rng.standard_normal(100)
    x, y = (numbers(name, z + rng.standard_normal(100)) for name in "xy")
    condition, plain = numbers("z", z), GaussianCopula(bias_correction=False)
    sides = [plain.prepare(transform(side, "normal")) for side in (x, y, condition)]
    found = Monotone.of(x, y, condition).statistic()
    assert found == pytest.approx(np.cbrt(2.0 * plain.join_given(*sides).mi))


def test_of_labels_as_a_condition_the_means_are_taken_off(rng):
    labels = rng.integers(0, 2, 200)
    x, y = (numbers(name, 9.0 * labels + rng.standard_normal(200)) for name in "xy")
    assert Monotone.of(x, y, None).statistic() > 0.7
    assert Monotone.of(x, y, discrete(labels)).statistic() < 0.5


def test_rows_are_moved_as_the_variable_would_be(rng):
    x, y = correlated(rng, 50)
    order = rng.permutation(50)
    moved = Monotone.of(x, y.permute(order), None).statistic()
    assert Monotone.of(x, y, None).statistic(order) == pytest.approx(moved, abs=1e-12)


def test_a_perfect_correlation_is_finite(rng):
    x = numbers("x", rng.standard_normal(40))
    assert 1.0 < Monotone.of(x, x, None).statistic() < 10.0


def test_there_is_none_of_labels_constants_and_few_rows(rng):
    x, _ = correlated(rng, 40)
    assert Monotone.of(x, discrete(rng.integers(0, 3, 40)), None) is None
    assert Monotone.of(x, numbers("c", np.ones(40)), None) is None
    assert Monotone.of(*correlated(rng, 5), None) is None


def test_every_draw_has_the_scales_and_the_correlation(rng):
    measurement, _ = measurement_of(*correlated(rng, 100), None, Settings("ksg"))
    orders = [rng.permutation(100) for _ in range(3)]
    found = list(measurement.permuted(iter(orders), joins=True))
    assert [len(one) for one in found] == [3, 3, 3]
    assert [one[-1] for one in found] == [measurement.monotone.statistic(o) for o in orders]
    assert measurement.observed(joins=False) == (measurement.value.mi,)


def test_a_linear_dependence_is_found(rng):
    """ρ = .3 at n = 100: 26 of 40 are expected at .65, and 16 of the scales alone at .39."""
    asked = Uncertainty(n_permutations=99)
    p_values = [assess(*correlated(rng, 100), uncertainty=asked).test.p_value for _ in range(40)]
    assert sum(p <= 0.05 for p in p_values) > 20


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
    assert {test.method for test in found} == {"shared-permutation-max+gcmi"}
