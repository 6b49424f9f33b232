"""Every document is whole and follows the schema, also where one column of several is unusable."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pyarrow.parquet as pq
import pytest

from mitool.report import Output, Run, open_report
from mitool.result import Estimate
from tests.reports import SCHEMA

UNUSABLE = ("empty", "few")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Numbers a, b and y that depend on each other, labels, and columns that have too few rows."""
    rng = np.random.default_rng(20261129)
    path = tmp_path_factory.mktemp("whole") / "d.csv"
    a, b, noise = rng.standard_normal((3, 120))
    lines = [
        f"{a[i]:.6f},{b[i]:.6f},{a[i] + noise[i]:.6f},{'pq'[i % 2]},,{'1' if i < 1 else ''}"
        for i in range(120)
    ]
    path.write_text("\n".join(["a,b,y,lab,empty,few", *lines, ""]))
    return path


def document(out: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(out)
    jsonschema.validate(found, SCHEMA)
    return found


@pytest.mark.parametrize("unusable", UNUSABLE)
@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize(
    "words",
    [
        ("estimate",),
        ("estimate", "--compare", "--by", "lab"),
        ("diagnose",),
        ("diagnose", "-e", "csqmi", "-e", "gaussian"),
    ],
    ids=" ".join,
)
def test_one_unusable_x_leaves_the_others(mitool, table, words, place, unusable) -> None:
    names = ["a", "b"]
    names.insert(place, unusable)

    def run(*xs: str) -> Any:
        columns = [word for name in xs for word in ("-x", name)]
        return mitool(words[0], table, *words[1:], *columns, "-y", "y", "--json")

    outcome, alone = run(*names), run("a", "b")
    assert (outcome.code, alone.code) == (4, 0)
    results = document(outcome.out)["results"]
    assert list(dict.fromkeys(row["x"] for row in results)) == names
    failed = [row for row in results if row["x"] == unusable]
    assert {row["status"] for row in failed} == {"failed"}
    assert all(row["message"] for row in failed)
    others = [row for row in results if row["x"] != unusable]
    assert others == document(alone.out)["results"]


@pytest.mark.parametrize("unusable", UNUSABLE)
@pytest.mark.parametrize("command", ["diagnose", "estimate"])
def test_one_unusable_y_leaves_the_others(mitool, table, command, unusable) -> None:
    outcome = mitool(command, table, "-x", "a", "-y", "b", "-y", unusable, "-y", "y", "--json")
    assert outcome.code == 4
    results = document(outcome.out)["results"]
    assert [row["y"] for row in results if row["status"] == "failed"] == [unusable]
    assert {row["y"] for row in results} == {"b", unusable, "y"}


def test_one_unusable_column_leaves_the_other_entropies(mitool, table) -> None:
    outcome = mitool("entropy", table, "--cols", "a,empty,b", "--json")
    assert outcome.code == 4
    results = document(outcome.out)["results"]
    assert [(row["x"], row["status"]) for row in results] == [
        ("a", "ok"),
        ("empty", "failed"),
        ("b", "ok"),
    ]


@pytest.mark.parametrize("words", [("diagnose",), ("estimate", "--compare", "--by", "lab")])
def test_one_alone_that_is_unusable_is_an_error_and_no_document(mitool, table, words) -> None:
    outcome = mitool(words[0], table, *words[1:], "-x", "empty", "-y", "y", "--json")
    assert (outcome.code, outcome.out) == (3, "")
    assert outcome.err.startswith("mitool: error: ")


@pytest.mark.parametrize("words", [("diagnose",), ("estimate", "--compare", "--by", "lab")])
def test_where_all_are_unusable_the_status_is_3(mitool, table, words) -> None:
    columns = ("-x", "empty", "-x", "few", "-y", "y")
    outcome = mitool(words[0], table, *words[1:], *columns, "--json")
    assert outcome.code == 3
    assert {row["status"] for row in document(outcome.out)["results"]} == {"failed"}


def test_a_failed_diagnosis_says_not_to_report_and_why(mitool, table) -> None:
    outcome = mitool("diagnose", table, "-x", "empty", "-x", "a", "-y", "y", "--json")
    [failed] = [row for row in document(outcome.out)["results"] if row["x"] == "empty"]
    assert failed["verdict"] == "do not report"
    assert outcome.err.count("no row has a value in 'empty' and 'y'") == 1


def test_terms_of_rows_are_those_of_the_pairs_that_have_an_estimate(
    mitool, table, tmp_path
) -> None:
    rows = tmp_path / "rows.csv"
    words = ("-x", "a", "-x", "empty", "-x", "b", "-y", "y", "-e", "bins", "--pointwise", rows)
    outcome = mitool("estimate", table, *words, "--json")
    assert outcome.code == 4
    means = {row["x"]: row["mi"] for row in document(outcome.out)["results"]}
    terms: dict[str, list[float]] = {}
    for row in csv.DictReader(io.StringIO(rows.read_text())):
        terms.setdefault(row["x"], []).append(float(row["local"]))
    assert terms.keys() == {"a", "b"}
    assert all(np.mean(terms[x]) == pytest.approx(means[x]) for x in terms)


# The square form


@pytest.mark.parametrize(
    "words",
    [
        ("--cols", "a,b,y"),
        ("--cols", "a,b", "--against", "y"),
        ("--cols", "a,y,few,empty", "--normalize", "r", "-e", "gaussian"),
        ("--cols", "a,b,y", "--stream", "-e", "bins"),
    ],
    ids=" ".join,
)
def test_rows_of_a_square_follow_the_schema(mitool, table, words) -> None:
    outcome = mitool("matrix", table, *words, "--wide", "--json", "-q")
    assert outcome.code in (0, 4)
    results = document(outcome.out)["results"]
    assert results
    wide = {**SCHEMA["$defs"]["wide_row"], "$schema": SCHEMA["$schema"]}
    for row in results:
        jsonschema.validate(row, wide)


@pytest.mark.parametrize(
    "row",
    [
        {"x": "a"},
        {"x": "a", "b": {"mi": 1.0}},
        {"x": "a", "b": True},
        {"x": "a", "estimator": "ksg", "estimand": "mi", "status": "ok", "mi": 0.5},
    ],
)
def test_what_is_neither_an_estimate_nor_a_square_is_not_valid(mitool, table, row) -> None:
    outcome = mitool("matrix", table, "--cols", "a,b,y", "--wide", "--json", "-q")
    found = document(outcome.out)
    found["results"].append(row)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found, SCHEMA)


def test_columns_may_have_the_names_of_fields(mitool, table, tmp_path) -> None:
    renamed = tmp_path / "renamed.csv"
    renamed.write_text(table.read_text().replace("a,b,y,lab", "x,estimator,estimand,status", 1))
    cols = ("--cols", "x,estimator,estimand,status")
    outcome = mitool("matrix", renamed, *cols, "--wide", "--json", "-q")
    assert [row["x_"] for row in document(outcome.out)["results"]] == cols[1].split(",")


# Standard output


class TestStandardOutput:
    PLAIN = Estimate("a", "b", "ksg", 0.5, n_used=3)

    @pytest.mark.parametrize("form", ["json", "parquet"])
    def test_gets_no_half_of_a_document(self, form, capsysbinary) -> None:
        def broken_off() -> None:
            with open_report(Output.checked(None, form), Run("estimate")) as report:
                report.add(self.PLAIN)
                raise KeyError

        with pytest.raises(KeyError):
            broken_off()
        assert capsysbinary.readouterr().out == b""

    @pytest.mark.parametrize("held", [1, 1 << 26])
    def test_gets_all_of_it_at_its_end(self, held, capsysbinary, monkeypatch) -> None:
        monkeypatch.setattr("mitool.report.atomic.HELD", held)
        with open_report(Output.checked(None, "json"), Run("estimate")) as report:
            for _ in range(50):
                report.add(self.PLAIN)
        assert len(document(capsysbinary.readouterr().out.decode())["results"]) == 50
        with open_report(Output.checked(None, "parquet"), Run("estimate")) as report:
            report.add(self.PLAIN)
        assert pq.read_table(io.BytesIO(capsysbinary.readouterr().out)).num_rows == 1

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
    def test_that_is_full_lets_no_record_of_the_run_stay(self, table, tmp_path) -> None:
        words = ["estimate", table, "-x", "a", "-y", "y", "-q", "--meta", tmp_path / "m.json"]
        for form in ("csv", "jsonl", "parquet"):
            with Path("/dev/full").open("wb") as full:
                done = subprocess.run(
                    [sys.executable, "-m", "mitool", *map(str, words), "--format", form],
                    stdout=full,
                    stderr=subprocess.PIPE,
                    check=False,
                )
            message = b"mitool: error: cannot write standard output: no space left on device"
            assert (done.returncode, done.stderr.strip()) == (1, message)
            assert list(tmp_path.iterdir()) == []
