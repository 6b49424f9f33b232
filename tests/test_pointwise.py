"""Local terms as a file of rows."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from mitool.errors import MitoolError
from mitool.measure.estimation import measure
from mitool.measure.pointwise import FIELDS, local_terms
from mitool.measure.settings import Settings
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


# The command


@pytest.fixture
def table(tmp_path, monkeypatch, rng):
    monkeypatch.chdir(tmp_path)
    a = rng.integers(0, 3, 80)
    b = np.where(rng.random(80) < 0.5, a, rng.integers(0, 3, 80)).astype(float)
    b[5] = np.nan
    pd.DataFrame({"a": a, "b": b, "c": rng.standard_normal(80)}).to_csv("d.csv", index=False)
    return tmp_path


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_a_file_of_local_terms_averages_to_the_report(suffix, mitool, table):
    words = ["-x", "a", "-y", "b", "-e", "plugin", "-e", "nsb", "-u", "bits", "--value"]
    outcome = mitool("estimate", "d.csv", *words, "--pointwise", f"rows.{suffix}")
    assert outcome.code == 0
    read = {"csv": pd.read_csv, "parquet": pd.read_parquet}
    rows = read.get(suffix, lambda path: pd.read_json(path, lines=True))(f"rows.{suffix}")
    means = rows.groupby("estimator", sort=False)["local"].mean()
    assert means.tolist() == pytest.approx([float(mi) for mi in outcome.out.split()], abs=1e-12)
    assert set(rows["row"]) == set(range(80)) - {5}
    assert set(rows["unit"]) == {"bits"}


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        ("-y b -e hsic --pointwise r.csv", 3, "hsic has no local terms; these have: "),
        ("-y b -e plugin --pointwise r.xls", 2, "--pointwise writes files named .csv, .jsonl, .pa"),
        ("-y b -z c --pointwise r.csv", 2, "--pointwise has no conditional form"),
        ("-y b --sample 9 --pointwise r.csv", 2, "--pointwise numbers the rows of the input"),
        ("-y b --transfer --pointwise r.csv", 2, "--pointwise has no conditional form"),
        ("-y b -e plugin --pointwise no/r.csv", 3, "cannot write no/r.csv"),
        ("-y c -e gcmi-cd --normalize max", 3, "no entropies to divide by"),
        ("-y b -e plugin --normalize half", 2, "'half' is not one of 'none'"),
    ],
)
def test_what_cannot_be_given_leaves_nothing_behind(words, status, message, mitool, table):
    outcome = mitool("estimate", "d.csv", "-x", "a", *words.split())
    assert (outcome.code, outcome.out) == (status, "")
    assert message in outcome.err
    assert [path.name for path in table.iterdir()] == ["d.csv"]


def test_rows_of_a_lag_are_those_of_x(mitool, table):
    words = ["-x", "a", "-y", "b", "-e", "plugin", "--lag=-1:1", "--pointwise", "r.csv"]
    assert mitool("estimate", "d.csv", *words).code == 0
    rows = pd.read_csv("r.csv").groupby("lag")["row"].agg(["min", "max"])
    assert rows.loc[-1].tolist() == [1, 79]
    assert rows.loc[1].tolist() == [0, 78]


def test_the_normalised_form_stands_in_the_report(mitool, table):
    words = ["-x", "a", "-y", "b", "-e", "plugin", "--normalize", "joint", "--json"]
    [found] = json.loads(mitool("estimate", "d.csv", *words).out)["results"]
    assert found["normalized"] == pytest.approx(found["mi"] / found["extras"]["entropy_xy"])


def test_a_matrix_has_normalised_forms_too(mitool, table):
    words = ["--cols", "a,b", "-e", "plugin", "--normalize", "max", "--json"]
    [found] = json.loads(mitool("matrix", "d.csv", *words).out)["results"]
    largest = max(found["extras"]["entropy_x"], found["extras"]["entropy_y"])
    assert found["normalized"] == pytest.approx(found["mi"] / largest)


def test_rows_of_a_stretch_are_numbered_as_in_the_file(mitool, table):
    words = ["-x", "a", "-y", "b", "-e", "plugin", "--rows", "20:60", "--pointwise", "r.csv"]
    assert mitool("estimate", "d.csv", *words).code == 0
    assert pd.read_csv("r.csv")["row"].tolist() == list(range(20, 60))


def test_a_row_that_was_left_out_has_no_number(mitool, tmp_path):
    path = tmp_path / "lonely.csv"
    pd.DataFrame({"label": [*"aabbabc"], "x": [0.1, 0.2, 1.1, 1.3, 0.4, 1.6, 9.0]}).to_csv(path)
    words = ["-x", "label", "-y", "x", "-e", "ross", "--pointwise", tmp_path / "r.jsonl"]
    assert mitool("estimate", path, *words).code == 0
    rows = [json.loads(line) for line in (tmp_path / "r.jsonl").read_text().splitlines()]
    assert [row["row"] for row in rows if row["local"] is None] == [6]
