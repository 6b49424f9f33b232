"""Sums of products without rounding: against fractions, and of any batches of the rows."""

from __future__ import annotations

from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from make import variable

from mitool.estimators.gaussian import Gaussian
from mitool.kernels.batches.scatter import Scatter, triangular
from mitool.kernels.linear.exactsums import BITS, PLACES, Digits, joined

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TABLES = arrays(np.float64, st.tuples(st.integers(1, 12), st.just(3)), elements=NUMBERS)


def exact_squares(values: np.ndarray) -> list[list[Fraction]]:
    """The scatter matrix of columns, without rounding."""
    columns = [[Fraction(value) for value in column] for column in values.T.tolist()]
    means = [sum(column) / len(column) for column in columns]
    return [
        [
            sum((a - mean_a) * (b - mean_b) for a, b in zip(first, second, strict=True))
            for second, mean_b in zip(columns, means, strict=True)
        ]
        for first, mean_a in zip(columns, means, strict=True)
    ]


def test_scatter_is_that_of_fractions(rng: np.random.Generator) -> None:
    """Every bit of numbers within 2**7 of the largest is kept, however far from 0 they lie."""
    far, scale = np.array([0.0, 1e8, 0.0]), np.array([1e-200, 1.0, 1e200])
    values = (rng.uniform(1.0, 100.0, (300, 3)) + far) * scale
    scatter = Scatter.of(variable(values[:, :1]), variable(values[:, 1:]))
    units = [Fraction(2) ** (BITS * (place - PLACES + 1)) for place in scatter.top.tolist()]
    known = exact_squares(values)
    for i, first in enumerate(units):
        for j, second in enumerate(units):
            found = Fraction(scatter.squares[i, j]) * first * second / len(values)
            assert found == known[i][j]


@given(TABLES, st.data())
def test_batches_add_up_to_the_scatter_of_all_rows(values: np.ndarray, data: st.DataObject) -> None:
    bounds = sorted(data.draw(st.lists(st.integers(0, len(values)), max_size=4)))
    whole = Scatter.of(variable(values[:, :1]), variable(values[:, 1:]))
    parts = [
        Scatter.of(variable(part[:, :1]), variable(part[:, 1:]))
        for part in np.split(values, bounds)
        if len(part)
    ]
    total = parts[0]
    for part in parts[1:]:
        total = total.merged(part)
    assert total.top.tolist() == whole.top.tolist()
    assert total.size.tolist() == whole.size.tolist()
    assert total.squares.tolist() == whole.squares.tolist()


@given(arrays(np.float64, st.tuples(st.integers(1, 9), st.just(2)), elements=NUMBERS))
def test_digits_are_numbers_up_to_the_last_place(values: np.ndarray) -> None:
    digits = Digits(values)
    for column, top, row in zip(
        values.T, digits.top, joined(digits.moments[:1, 1:])[0], strict=True
    ):
        unit = Fraction(2) ** (BITS * (int(top) - PLACES + 1))
        missed = abs(Fraction(row) * unit - sum(map(Fraction, column.tolist())))
        assert missed <= len(column) * unit / 2


@pytest.mark.parametrize("apart", [1.0, 1e-3, 1e-7])
def test_a_factor_keeps_the_digits_of_nearly_equal_columns(
    apart: float, rng: np.random.Generator
) -> None:
    """The last square of R is 1 - r², by fractions."""
    x, noise = rng.normal(size=(2, 200))
    values = np.column_stack((x, x + apart * noise))
    scatter = Scatter.of(variable(values[:, :1]), variable(values[:, 1:]))
    (xx, xy), (_, yy) = exact_squares(values)
    known = float(1 - xy * xy / (xx * yy))
    assert triangular(scatter.squares)[1, 1] ** 2 == pytest.approx(known, rel=1e-11)


def test_gaussian_is_the_logarithm_of_a_fraction(rng: np.random.Generator) -> None:
    x = rng.normal(size=100)
    y = 0.5 * x + rng.normal(size=100)
    (xx, xy), (_, yy) = exact_squares(np.column_stack((x, y)))
    known = -0.5 * log(1 - xy * xy / (xx * yy))
    estimator = Gaussian(bias_correction=False)
    found = estimator.join(estimator.prepare(variable(x)), estimator.prepare(variable(y)))
    assert found.mi == pytest.approx(known, rel=1e-14)
