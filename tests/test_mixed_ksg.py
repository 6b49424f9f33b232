"""Gao et al.'s mixture estimator: the paper's formula, which does not inflate on lattices."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from mitool.errors import MitoolError
from mitool.estimators.mixed_ksg import MixedKSG
from tests.make import variable


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("decimals", [0, 1, 15])
def test_it_equals_the_slow_twin(rng, k, decimals):
    x = rng.normal(size=(200, 1)).round(decimals)
    y = (x + rng.normal(size=(200, 1))).round(decimals)
    found = MixedKSG(k)(variable(x, "mixed"), variable(y, "mixed")).mi
    assert found == pytest.approx(reference.mixed_ksg(x, y, k), abs=1e-12)


def test_tables_of_labels_have_their_closed_form(rng):
    """<psi(c_xy)> + log n - <log c_x + log c_y>, c the rows in the same cell."""
    from scipy.special import psi

    x, y = rng.integers(0, 3, (2, 900))
    cell, in_x, in_y = (np.bincount(v)[v] for v in (3 * x + y, x, y))
    expected = np.mean(psi(cell) + np.log(900) - np.log(in_x) - np.log(in_y))
    found = MixedKSG()(variable(x, "discrete"), variable(10.0**y, "discrete")).mi
    assert found == pytest.approx(expected, abs=1e-12)


def test_rounding_does_not_inflate(rng):
    """The released program gives 0.66 nats here; the truth is 0.22."""
    x = rng.normal(size=1000)
    y = 0.6 * x + 0.8 * rng.normal(size=1000)
    assert MixedKSG()(variable(x.round(1), "mixed"), variable(y.round(1), "mixed")).mi < 0.25


def test_too_few_rows():
    with pytest.raises(MitoolError, match="mixed-ksg with n_neighbors=5 needs more than 5 rows"):
        MixedKSG()(variable(np.arange(5), "mixed"), variable(np.arange(5), "mixed"))
