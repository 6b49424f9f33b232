"""p-values of a matrix, adjusted for the number of its pairs."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from mitool.api import matrix
from mitool.inference.multiplicity import adjusted
from mitool.measure.settings import Settings
from mitool.tables import Column
from mitool.tasks import PairBatch, Pairs
from mitool.tasks.maximum import family_of
from mitool.uncertainty import Uncertainty
from mitool.variables import gather


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
    assert "--adjust bh is for p-values" in done.err


def test_merged_parts_are_adjusted_as_the_whole(mitool, table, tmp_path) -> None:
    command = ("matrix", table, "-e", "gcmi", "--permutations", 199)
    for part in (1, 2):
        assert mitool(*command, "--shard", f"{part}/2", "-o", tmp_path / f"{part}.part").code == 0
    whole = mitool(*command, "--format", "csv")
    merged = mitool("merge", tmp_path / "1.part", tmp_path / "2.part", "--format", "csv")
    assert "p_adjusted" in whole.out
    assert merged.out == whole.out


class TestMaximum:
    command = ("--permutations", 99, "--adjust", "max", "--format", "csv")

    def test_only_the_true_pair_passes_whatever_the_threads(self, mitool, table) -> None:
        written = []
        for jobs in (1, 2):
            done = mitool("matrix", table, "-e", "gcmi", "-e", "ksg", *self.command, "-j", jobs)
            assert done.code == 0, done.err
            written.append(done.out)
        assert written[0] == written[1]
        rows = list(csv.DictReader(io.StringIO(written[0])))
        passed = {(r["x"], r["y"], r["estimator"]) for r in rows if float(r["p_adjusted"]) <= 0.05}
        assert passed == {("a", "b", "gcmi"), ("a", "b", "ksg")}
        assert all(float(row["p_adjusted"]) >= float(row["p_value"]) for row in rows)
        assert {row["p_method"] for row in rows} == {"permutation", "permutation-max+gcmi+squares"}

    @pytest.mark.parametrize("estimator", ["gcmi", "two-scales"])
    def test_one_pair_needs_no_adjustment(self, mitool, table, estimator) -> None:
        done = mitool("matrix", table, "--cols", "c,d", "-e", estimator, *self.command)
        (row,) = csv.DictReader(io.StringIO(done.out))
        assert row["p_adjusted"] == row["p_value"]

    def test_a_sequential_test_is_refused(self, mitool, table) -> None:
        done = mitool("matrix", table, "-e", "gcmi", *self.command, "--sequential")
        assert done.code == 2
        assert "--adjust max needs all permutations" in done.err

    def test_the_level_holds_over_all_pairs(self) -> None:
        rejected = 0
        for seed in range(60):
            values = np.random.default_rng(seed).standard_normal((60, 5))
            columns = [gather([Column(f"c{j}", values[:, j])]) for j in range(5)]
            batch = PairBatch(
                tuple(columns),
                Pairs(tuple(range(5))),
                (Settings("gcmi"),),
                Uncertainty(n_permutations=19, statistic="estimate"),
            )
            rejected += family_of(batch).adjusted.min() <= 0.05
        assert rejected <= 8  # 3 expected; ten tests at 0.05 each would reject in 24

    @pytest.mark.parametrize(
        "more", [["--shard", "1/2", "-o", "x.part"], ["--checkpoint", "c"], ["--dry-run"]]
    )
    def test_what_holds_no_permutations_is_refused(self, mitool, table, more) -> None:
        done = mitool("matrix", table, "--permutations", 99, "--adjust", "max", *more)
        assert done.code == 2
        assert "in one run on one machine" in done.err

    def test_a_test_without_permutations_is_refused(self, mitool, table) -> None:
        done = mitool("matrix", table, "-e", "plugin", "--test", "g-test", "--adjust", "max")
        assert done.code == 2
        assert "--adjust max compares permutations" in done.err

    def test_missing_values_are_refused(self, mitool, table) -> None:
        table.write_text(table.read_text() + "1,2,3,\n")
        done = mitool("matrix", table, "-e", "gcmi", *self.command)
        assert done.code == 3
        assert "but 1 of 151 rows lack a value in 'd': drop these rows or columns first" in done.err

    def test_a_pair_that_fails_has_none(self, mitool, table) -> None:
        lines = table.read_text().splitlines()
        labelled = [f"{lines[0]},e", *(f"{line},{'uv'[i % 2]}" for i, line in enumerate(lines[1:]))]
        table.write_text("\n".join(labelled))
        done = mitool("matrix", table, "-e", "gcmi", "--cols", "a,b,e", *self.command)
        assert done.code == 4
        rows = list(csv.DictReader(io.StringIO(done.out)))
        assert [bool(row["p_adjusted"]) for row in rows] == [True, False, False]


def test_scores_of_a_family_are_no_estimates_that_chance_could_reach(rng):
    """Whether the p is of the largest score or of one's own, what is compared has no unit."""
    table = dict(zip("abc", rng.normal(size=(3, 150)), strict=True))
    for row in matrix(table, estimator="gcmi", permutations=99, adjust="max"):
        assert "null_95" not in row.row()["extras"]
