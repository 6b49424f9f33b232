"""Columns that name nearly every row, and on how many rows a number rests."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest

from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import gather
from mitool.variables.tablecolumns import reason_to_skip
from tests.make import labels, numbers, text_column


def titles(n_rows: int, n_alone: int) -> list[str]:
    """Names of rows, of which some are alone and all others have one in common."""
    return [f"t{i}" for i in range(n_alone)] + ["again"] * (n_rows - n_alone)


def table(path: Path, n_rows: int, n_alone: int) -> Path:
    rng = np.random.default_rng(7)
    y, p = rng.normal(size=(2, n_rows))
    columns = zip(titles(n_rows, n_alone), y, p, np.where(y > p, "a", "b"), strict=True)
    lines = [",".join(map(str, row)) for row in columns]
    path.write_text("title,y,p,sign\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("n_alone", "skipped"), [(1000, True), (951, True), (950, False), (0, False)]
)
def test_a_column_is_left_out_where_fewer_than_a_twentieth_share_a_label(n_alone, skipped):
    words = titles(1000, n_alone) if n_alone else ["a", "b"] * 500
    note = reason_to_skip(text_column(words))
    assert (note is not None) is skipped


def test_near_names_are_skipped_by_screen_and_matrix_with_a_note(mitool, tmp_path):
    path = table(tmp_path / "d.csv", 2000, 1960)
    for command in (["screen", path, "-t", "y"], ["matrix", path]):
        done = mitool(*command, "--format", "csv")
        assert done.code == 0
        assert "column 'title' names 1960 of 2000 rows as it names no other: left out" in done.err
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert rows
        assert not [row for row in rows if "title" in (row["x"], row["y"])]
    streamed = mitool("matrix", path, "--stream", "-e", "plugin", "--cols", "title,sign")
    assert streamed.code == 3
    assert "names 1960 of 2000 rows" in streamed.err


@pytest.mark.parametrize("stream", [(), ("--stream", "-e", "plugin")])
def test_near_names_are_refused_by_estimate(mitool, tmp_path, stream):
    path = table(tmp_path / "d.csv", 2000, 1960)
    done = mitool("estimate", path, "-x", "title", "-y", "sign", *stream)
    assert done.code == 3
    assert "column 'title' names 1960 of 2000 rows as it names no other" in done.err
    assert len(done.err.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        ("estimate", "-x", "title", "-x", "sign", "-y", "y"),
        ("estimate", "-x", "sign", "-y", "title", "-y", "y"),
        ("estimate", "-x", "title", "-x", "sign", "-y", "y", "--lag", "1"),
        ("estimate", "-x", "title", "-x", "sign", "-y", "y", "--stream", "-e", "bins"),
        ("diagnose", "-x", "title", "-x", "sign", "-y", "y"),
        ("entropy", "--cols", "title", "--cols", "sign"),
    ],
    ids=["x", "y", "lag", "stream", "diagnose", "entropy"],
)
def test_near_names_among_several_fail_alone(mitool, tmp_path, command):
    path = table(tmp_path / "d.csv", 2000, 1960)
    done = mitool(command[0], path, *command[1:], "--format", "json")
    assert done.code == 4
    rows = [r for r in json.loads(done.out)["results"] if r.get("check", "estimate") == "estimate"]
    failed = {"title" in (row["x"], row.get("y")): row for row in rows}
    assert len(rows) == 2
    assert [failed[named]["status"] for named in (True, False)] == ["failed", "ok"]
    assert failed[True]["message"].startswith("column 'title' names 1960 of 2000 rows")


def test_near_names_as_a_condition_end_the_run(mitool, tmp_path):
    path = table(tmp_path / "d.csv", 2000, 1960)
    done = mitool("estimate", path, "-x", "sign", "-x", "p", "-y", "y", "-z", "title")
    assert (done.code, done.out) == (3, "")
    assert "column 'title' names 1960 of 2000 rows" in done.err


def test_an_estimate_that_would_rest_on_few_rows_is_refused_in_one_line(mitool, tmp_path):
    path = table(tmp_path / "d.csv", 2000, 1960)
    done = mitool("estimate", path, "-x", "title", "-y", "y", "--discrete", "title")
    assert done.code == 3
    assert "ross can use 40 of 2000 rows" in done.err
    assert "'title'" in done.err
    assert len(done.err.splitlines()) == 1


def test_n_used_counts_the_rows_that_the_number_rests_on(mitool, tmp_path):
    path = table(tmp_path / "d.csv", 2000, 1800)
    done = mitool("estimate", path, "-x", "title", "-y", "y", "--format", "json")
    (row,) = json.loads(done.out)["results"]
    assert (row["n_used"], row["n_dropped"]) == (200, 0)


def test_n_used_counts_the_rows_in_levels_that_are_large_enough(rng):
    z = np.repeat([0.0, 1.0, 2.0], [100, 60, 2])
    x, y = rng.normal(size=162), rng.normal(size=162)
    given = labels(z, "z")
    found = measure(numbers(x, "x"), numbers(y, "y"), given, Settings("ksg"))
    assert found.n_used == 160


def test_few_rows_that_count_are_few_rows():
    rng = np.random.default_rng(1)
    column = text_column(titles(1000, 950))
    found = measure(gather([column]), numbers(rng.normal(size=1000), "y"))
    assert found.n_used == 50
    assert "only 50 rows" in next(n.message for n in found.notes if n.code == "small_n")


def test_an_interval_that_fails_on_a_part_of_the_rows_says_so():
    rng = np.random.default_rng(2)
    x = gather([text_column(titles(40, 38))], discrete=["title"])  # parts lack one of the pair
    y = numbers(rng.normal(size=40), "y")
    assert assess(x, y, None, Settings("ross")).n_used == 2
    said = (
        "an interval repeats the estimate on some of the rows, where ross needs a label that "
        r"several rows share, but each of \d+ rows has one of its own; join labels into fewer"
    )
    found = assess(x, y, None, Settings("ross"), Uncertainty(level=0.95))
    (reason,) = (note.message for note in found.notes if note.code == "no_interval")
    assert re.search(said, reason)
    assert (found.n_used, found.interval, found.reliability) == (2, None, "low")
