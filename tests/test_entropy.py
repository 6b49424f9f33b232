"""Entropies: closed forms, the command, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import digamma

import mitool as api
from mitool.errors import MitoolError, UsageError
from mitool.estimators.kl import KozachenkoLeonenko
from mitool.measure.entropy import entropic_names, measure_entropy
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.variables import gather
from tests.make import variable
from tests.reports import results


def kl(values, k=3) -> float:
    estimator = KozachenkoLeonenko(k)
    return estimator.entropy(estimator.prepare(variable(values))).mi


def kl_twin(values, k) -> float:
    """The formula by all distances, one row at a time."""
    matrix = np.asarray(values, dtype=float).reshape(len(values), -1)
    spread = matrix.std(axis=0)
    points, logs = matrix / spread, []
    for point in points:
        distances = np.sort(np.abs(points - point).max(axis=1))
        logs.append(np.log(2 * distances[k]))
    n, d = matrix.shape
    return digamma(n) - digamma(k) + d * np.mean(logs) + np.log(spread).sum()


@pytest.mark.parametrize("k", [1, 3, 7])
@pytest.mark.parametrize("d", [1, 2, 5])
def test_kl_equals_its_formula(k, d, rng):
    values = rng.standard_normal((90, d)) * np.logspace(-3, 3, d)
    assert kl(values, k) == pytest.approx(kl_twin(values, k), abs=1e-10)


@pytest.mark.parametrize("d", [1, 3])
def test_kl_takes_columns_as_they_are_where_asked(d, rng):
    """The source's: the k-th distance in the units of the columns, from scipy's tree."""
    from scipy.spatial import cKDTree

    values = rng.standard_normal((200, d)) * np.logspace(0, 2, d)
    distance = cKDTree(values).query(values, 4, p=np.inf)[0][:, 3]
    expected = digamma(200) - digamma(3) + d * np.mean(np.log(2 * distance))
    estimator = KozachenkoLeonenko(standardise=False)
    found = estimator.entropy(estimator.prepare(variable(values))).mi
    assert found == pytest.approx(expected, abs=1e-10)
    assert (kl(values) == pytest.approx(found, abs=1e-10)) is (d == 1)


CLOSED_FORMS = {
    "uniform": (lambda rng, n: rng.random(n), 0.0),
    "normal": (lambda rng, n: rng.standard_normal(n), 0.5 * np.log(2 * np.pi * np.e)),
    "exponential": (lambda rng, n: rng.exponential(size=n), 1.0),
    "cauchy": (lambda rng, n: rng.standard_cauchy(n), np.log(4 * np.pi)),
    "laplace": (lambda rng, n: rng.laplace(size=n), 1 + np.log(2)),
    "square": (lambda rng, n: rng.random((n, 2)), 0.0),
}


@pytest.mark.parametrize(("draw", "truth"), CLOSED_FORMS.values(), ids=CLOSED_FORMS)
def test_kl_meets_closed_forms(draw, truth, rng):
    estimates = [kl(draw(rng, 2000)) for _ in range(20)]
    assert np.mean(estimates) == pytest.approx(truth, abs=0.03)


def test_a_unit_adds_its_logarithm_and_a_shift_nothing(rng):
    values = rng.standard_normal((300, 2))
    scaled = values * [1e-5, 3.0] + [0.0, 1e3]
    assert kl(scaled) == pytest.approx(kl(values) + np.log(3e-5), abs=1e-8)


def test_kl_does_not_depend_on_the_order_of_rows(rng):
    values = rng.standard_normal((200, 3))
    assert kl(values[rng.permutation(200)]) == pytest.approx(kl(values), abs=1e-13)


def test_kl_refuses_copies_constants_and_few_rows(rng):
    copies = np.repeat(rng.standard_normal(20), 5)
    with pytest.raises(MitoolError, match="100 of 100 rows of 'v0' have 3 or more exact copies"):
        kl(copies)
    with pytest.raises(MitoolError, match="'v0' has one value in all rows: its differential"):
        kl(np.ones(50))
    with pytest.raises(MitoolError, match="'v0,v1' has columns that follow from others"):
        kl(np.linspace(0, 1, 50)[:, None] ** 2 * [1.0, -3.0])
    with pytest.raises(MitoolError, match="n_neighbors=3 needs more than 3 rows, got 3"):
        kl([1.0, 2.0, 4.0])
    with pytest.raises(UsageError, match="n_neighbors must be at least 1, got 0"):
        KozachenkoLeonenko(0)


def test_auto_takes_the_estimator_of_the_kind(rng):
    labels, smooth = list("abca") * 30, rng.standard_normal(120)
    rounded = np.round(smooth, 1) + 0.05
    assert api.entropy(labels).estimator == "nsb"
    assert api.entropy(smooth).estimand == "differential_entropy"
    with pytest.warns(api.MitoolWarning, match="different values in 120 rows"):
        assert api.entropy(rounded).estimand == "binned_entropy"


def test_joint_columns_have_one_entropy():
    table = pd.DataFrame({"a": [0, 0, 1, 1] * 25, "b": [0, 1, 0, 1] * 25})
    found = api.entropy(table, "plugin", unit="bits")
    assert (found.x, found.y, found.dim_x) == ("a,b", None, 2)
    assert found.mi == pytest.approx(2.0, abs=1e-12)


def test_missing_rows_are_left_out_and_counted(rng):
    values = rng.standard_normal(100)
    values[:7] = np.nan
    found = measure_entropy(gather([Column("x", values)]), Settings("gaussian"))
    assert (found.n_used, found.n_dropped) == (93, 7)


@pytest.mark.parametrize("name", entropic_names())
def test_every_entropy_is_a_plain_number_and_its_input_stays(name, rng):
    values = rng.standard_normal((150, 2))
    before = values.copy()
    labels = gather([Column("a", np.floor(2 * np.abs(values[:, 0])))], discrete=["a"])
    for given in (labels, variable(values)):
        try:
            found = measure_entropy(given, Settings(name))
        except MitoolError as error:
            assert f"{name} has no entropy of" in str(error)
            continue
        assert type(found.mi) is float
        assert np.isfinite(found.mi)
        assert found.estimand
    assert np.array_equal(values, before)


def test_what_has_no_entropy_is_refused(rng):
    given = variable(rng.standard_normal(50))
    with pytest.raises(MitoolError, match=r"ksg has no entropy; these have: bins, .*kl"):
        measure_entropy(given, Settings("ksg"))
    with pytest.raises(MitoolError, match="plugin has no entropy of 'v0', which is continuous; -e"):
        measure_entropy(given, Settings("plugin"))


@pytest.mark.parametrize("transform", ["rank", "normal"])
@pytest.mark.parametrize("name", ["kl", "gaussian"])
def test_ranks_have_no_density_worth_an_entropy(rng, name, transform):
    given = gather([Column("x", rng.standard_normal(50))])
    with pytest.raises(UsageError, match=f"the entropy of {transform} scores is that of the scale"):
        measure_entropy(given, Settings(name, transform=transform))


# The command


@pytest.fixture
def table(tmp_path, monkeypatch, rng) -> Path:
    monkeypatch.chdir(tmp_path)
    size = rng.standard_normal(200)
    columns = {"sex": ["u", "v"] * 100, "site": list("abcd") * 50, "size": size, "width": 2 * size}
    pd.DataFrame(columns).to_csv("d.csv", index=False)
    return tmp_path


def test_all_columns_are_taken_one_by_one(mitool, table):
    outcome = mitool("entropy", "d.csv")
    found = results(outcome)
    assert outcome.code == 0
    assert [row["x"] for row in found] == ["sex", "site", "size", "width"]
    assert [row["y"] for row in found] == [None] * 4
    assert found[0]["mi"] == pytest.approx(np.log(2), abs=0.01)
    assert found[3]["mi"] == pytest.approx(found[2]["mi"] + np.log(2), abs=1e-9)


def test_joint_takes_each_list_as_one_variable(mitool, table):
    words = ["--cols", "sex,site", "--cols", "sex", "--joint", "-e", "plugin", "-u", "bits"]
    found = results(mitool("entropy", "d.csv", *words))
    assert [(row["x"], round(row["mi"], 9)) for row in found] == [("sex,site", 2.0), ("sex", 1.0)]
    apart = results(mitool("entropy", "d.csv", *(word for word in words if word != "--joint")))
    assert [row["x"] for row in apart] == ["sex", "site"]


def test_several_estimators_stand_side_by_side(mitool, table):
    words = ["--cols", "size", "-e", "kl", "-e", "gaussian", "-p", "kl.n_neighbors=5"]
    found = results(mitool("entropy", "d.csv", *words))
    assert [row["estimator"] for row in found] == ["kl", "gaussian"]
    assert found[0]["params"] == {"n_neighbors": 5, "standardise": True}


def test_what_fails_among_several_columns_is_reported(mitool, table):
    outcome = mitool("entropy", "d.csv", "--cols", "sex,size", "-e", "plugin")
    assert outcome.code == 4
    found = results(outcome)
    assert [row["status"] for row in found] == ["ok", "failed"]
    assert found[0]["n_used"] == found[1]["n_used"] + found[1]["n_dropped"]


def test_joint_without_columns_is_wrong_usage(mitool, table):
    outcome = mitool("entropy", "d.csv", "--joint")
    assert outcome.code == 2
    assert "--joint needs --cols" in outcome.err


def test_of_all_columns_identifiers_and_empty_ones_are_left_out(mitool, tmp_path):
    path = tmp_path / "named.csv"
    rows = ["id,sex,void", *(f"n{i},{'uv'[i % 2]}," for i in range(40))]
    path.write_text("\n".join(rows) + "\n")
    outcome = mitool("entropy", path, "--format", "csv")
    assert outcome.code == 0
    assert [line.split(",")[0] for line in outcome.out.splitlines()[1:]] == ["sex"]
    assert "column 'id' names every row differently: left out" in outcome.err
    assert "column 'void' has no value in any row: left out" in outcome.err
    assert mitool("entropy", path, "--cols", "id").code == 3
