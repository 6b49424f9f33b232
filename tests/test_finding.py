"""What is found of a model's output: rows of the one schema, bounds with their kind."""

from __future__ import annotations

from dataclasses import replace
from math import log, sqrt

import jsonschema
import numpy as np
import pytest

from mitool.errors import MitoolError
from mitool.inference.jackknife import delete_one
from mitool.models.finding import Finding
from mitool.tables.namedarrays import is_numpy, named_arrays
from tests.reports import SCHEMA

BOUND = Finding("s.npy", None, "infonce", 0.5, kind="lower", form="rows", ceiling=log(4.0))


def test_a_finding_is_a_row_of_the_schema_with_its_kind():
    row = BOUND.row()
    jsonschema.validate(row, SCHEMA["$defs"]["row"])
    assert (row["kind"], row["form"], row["mi"]) == ("lower", "rows", 0.5)
    assert "lower bound" in repr(BOUND)


def test_its_ceiling_has_the_unit_of_its_value():
    bits = BOUND.to("bits")
    assert isinstance(bits, Finding)
    assert bits.ceiling == pytest.approx(2.0)
    assert bits.to("nats").ceiling == pytest.approx(log(4.0))
    assert replace(BOUND, unit=None).to("bits").ceiling == log(4.0)


def test_the_jackknife_of_a_mean_is_its_standard_error(rng):
    values = rng.normal(size=30)
    without = (values.sum() - values) / 29
    interval = delete_one(float(values.mean()), without, 0.95)
    assert interval.se == pytest.approx(values.std(ddof=1) / sqrt(30))
    assert interval.high - values.mean() == pytest.approx(2.045229642 * interval.se)


def test_no_interval_stands_on_one_unit_or_on_infinity():
    assert delete_one(1.0, np.ones(1), 0.95) is None
    assert delete_one(1.0, np.array([1.0, np.inf]), 0.95) is None


def test_arrays_come_by_their_names(tmp_path):
    path = tmp_path / "a.npz"
    np.savez(path, mu=np.ones((3, 2)), smx=np.ones((3, 2, 4)))
    found = named_arrays(str(path))
    assert found.arrays["smx"].shape == (3, 2, 4)
    assert found.first_of(("scores", "mu"), "scores").shape == (3, 2)
    with pytest.raises(MitoolError, match="holds 'mu', 'smx'; name the scores 'scores' or 'sim'"):
        found.first_of(("scores", "sim"), "scores")


@pytest.mark.parametrize("order", ["C", "F"])
def test_a_plain_array_is_read_by_rows(tmp_path, rng, order):
    path, array = tmp_path / "a.npy", np.asarray(rng.normal(size=(5, 4)), order=order)
    np.save(path, array)
    (stored,) = named_arrays(str(path)).arrays.values()
    assert np.array_equal(stored[1:3], array[1:3])


def test_other_files_hold_no_arrays(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    assert not is_numpy(str(path))
    with pytest.raises(MitoolError, match="is no NumPy file; save it by"):
        named_arrays(str(path))
