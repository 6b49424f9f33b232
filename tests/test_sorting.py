"""Columns are sorted as NumPy sorts them, whichever way is taken."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mitool.variables import ascending, sorting
from mitool.variables.kinds import levels_of

SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan, 5e-324, -5e-324, 1.0, 1.0 + 2.0**-52]


def assert_sorts(values: np.ndarray) -> None:
    order = ascending(values)
    assert order.dtype == np.int32
    assert np.array_equal(np.sort(order), np.arange(len(values)))
    assert np.array_equal(values[order], np.sort(values), equal_nan=True)


@pytest.fixture
def by_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sorting, "SORTED_BY_DIGITS", range(10**6))


@pytest.mark.usefixtures("by_digits")
@settings(deadline=None, max_examples=100)
@given(arrays(np.float64, st.integers(0, 50), elements=st.floats() | st.sampled_from(SPECIAL)))
def test_any_values_are_sorted_missing_ones_last(values):
    assert_sorts(values)


@pytest.mark.parametrize("n", [1_999, 2_000, 40_000])
def test_columns_of_any_kind_are_sorted(n):
    rng = np.random.default_rng(n)
    normal, kept = rng.standard_normal(n), rng.random(n) < 0.9
    assert_sorts(normal)
    assert_sorts(np.column_stack([normal, normal])[:, 1])
    assert_sorts(rng.standard_cauchy(n) ** 5)
    assert_sorts(290.0 + rng.random(n))
    assert_sorts(1.0 + 1e-13 * normal)
    assert_sorts(rng.integers(0, 30, n) + 1e-10 * rng.random(n))
    assert_sorts(np.where(kept, normal, -np.nan))
    assert_sorts(np.where(kept, normal, np.inf))


@settings(deadline=None, max_examples=60)
@given(arrays(np.float64, st.integers(0, 30), elements=st.sampled_from([*range(40), np.nan])))
def test_levels_and_counts_are_numpys(values):
    ordered = np.sort(values)
    levels, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    found = levels_of(ordered)
    assert np.array_equal(found[0], levels)
    assert np.array_equal(found[1], counts)
