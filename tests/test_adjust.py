"""p-values of a matrix, adjusted for the number of its pairs."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from mitool.inference.multiplicity import adjusted


@pytest.fixture
def table(tmp_path):
    """Four columns of which the first two depend on each other."""
    rng = np.random.default_rng(0)
    values = rng.standard_normal((150, 4))
    values[:, 1] += 2.0 * values[:, 0]
    path = tmp_path / "d.csv"
    np.savetxt(path, values, delimiter=",", header="a,b,c,d", comments="")
    return path


def test_pairs_of_an_estimator_are_a_family(mitool, table) -> None:
    done = mitool(
        *("matrix", table, "-e", "gcmi", "--permutations", 199, "--adjust", "holm", "--json")
    )
    assert done.code == 0, done.err
    rows = json.loads(done.out)["results"]
    expected = adjusted(np.array([row["p_value"] for row in rows]), "holm")
    assert [row["p_adjusted"] for row in rows] == pytest.approx(expected)
    assert rows[0]["p_adjusted"] <= 0.05


def test_none_adds_no_column(mitool, table) -> None:
    done = mitool(
        *("matrix", table, "-e", "gcmi", "--permutations", 19, "--adjust", "none"),
        *("--format", "csv"),
    )
    assert "p_adjusted" not in next(csv.reader(io.StringIO(done.out)))


def test_too_few_permutations_are_refused_where_asked_and_noted_where_not(mitool, table) -> None:
    command = ("matrix", table, "-e", "gcmi", "--permutations", 19, "--format", "csv")
    refused = mitool(*command, "--adjust", "bh")
    assert refused.code == 3
    assert "use --permutations 119 or more" in refused.err
    assert "use --permutations 119 or more" in mitool(*command).err


def test_without_p_values_there_is_nothing_to_adjust(mitool, table) -> None:
    done = mitool("matrix", table, "--adjust", "bh")
    assert done.code == 2
    assert "--adjust is for p-values" in done.err


def test_merged_parts_are_adjusted_as_the_whole(mitool, table, tmp_path) -> None:
    command = ("matrix", table, "-e", "gcmi", "--permutations", 199)
    for part in (1, 2):
        assert mitool(*command, "--shard", f"{part}/2", "-o", tmp_path / f"{part}.part").code == 0
    whole = mitool(*command, "--format", "csv")
    merged = mitool("merge", tmp_path / "1.part", tmp_path / "2.part", "--format", "csv")
    assert "p_adjusted" in whole.out
    assert merged.out == whole.out
