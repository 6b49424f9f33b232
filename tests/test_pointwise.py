"""Local terms as a file of rows."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.errors import MitoolError
from mitool.measurement import Settings, measure
from mitool.pointwise import FIELDS, local_terms
from mitool.tables.column import Column
from mitool.variables import gather


@pytest.fixture
def variables(rng):
    x = rng.integers(0, 3, 120).astype(float)
    y = np.where(rng.random(120) < 0.5, x, rng.integers(0, 3, 120))
    x[[4, 50]] = np.nan
    y[7] = np.nan
    return gather([Column("x", x)]), gather([Column("y", y)])


@pytest.mark.parametrize("estimator", ["auto", "plugin", "bins", "nml"])
def test_local_terms_average_to_the_estimate(estimator, variables):
    settings = Settings(estimator)
    terms = local_terms(*variables, settings)
    assert terms.local.mean() == pytest.approx(measure(*variables, settings=settings).mi, abs=1e-12)


def test_rows_are_those_of_the_input(variables):
    terms = local_terms(*variables, Settings("plugin"))
    assert set(range(120)) - set(terms.rows.tolist()) == {4, 7, 50}
    assert len(terms.local) == 117


def test_records_have_the_fields_of_the_file_and_its_unit(variables):
    terms = local_terms(*variables, Settings("plugin"))
    nats, bits = next(terms.records()), next(terms.records("bits"))
    assert set(nats) == {field.name for field in FIELDS}
    assert bits["local"] * np.log(2) == pytest.approx(nats["local"])
    assert bits["normalized"] == nats["normalized"]
    assert (nats["row"], nats["x"], bits["unit"]) == (0, "x", "bits")


def test_normalised_terms_have_the_sign_of_the_local_ones(variables):
    terms = local_terms(*variables, Settings("plugin"))
    assert np.array_equal(np.sign(terms.normalized), np.sign(terms.local))
    assert np.abs(terms.normalized).max() <= 1.0


def test_numbers_have_no_normalised_terms(rng):
    x, y = (gather([Column(name, rng.standard_normal(50))]) for name in "xy")
    assert local_terms(x, y, Settings("gcmi")).normalized is None


def test_an_estimator_without_local_terms_says_who_has_them(rng):
    x, y = (gather([Column(name, rng.standard_normal(50))]) for name in "xy")
    with pytest.raises(MitoolError, match=r"hsic has no local terms; these have: .*gcmi.*plugin"):
        local_terms(x, y, Settings("hsic"))
