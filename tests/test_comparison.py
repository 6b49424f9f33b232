"""The difference of two mutual informations, its interval and its test."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mitool.errors import MitoolError, UsageError
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.comparison import between_groups, between_targets
from mitool.variables import Variable, gather
from tests.make import numbers

GCMI = Settings("gcmi")
N = 400


def groups(first: float, second: float, seed: int) -> tuple[Variable, Variable, Variable]:
    """Two groups of rows with these correlations, of different scale and place."""
    rng = np.random.default_rng(seed)
    by = np.arange(N) % 2
    rho = np.where(by == 0, first, second)
    x = rng.standard_normal(N)
    y = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(N)
    return (
        numbers(x + 5 * by, "x"),
        numbers(y * (1 + 3 * by), "y"),
        gather([Column("by", by.astype(float))], discrete=["by"]),
    )


def targets(first: float, second: float, seed: int) -> list[Variable]:
    """One x and two targets with these correlations."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(N)
    made = [r * x + np.sqrt(1 - r**2) * rng.standard_normal(N) for r in (first, second)]
    return [numbers(x, "x"), numbers(made[0], "y"), numbers(made[1], "other")]


COMPARISONS = [(between_groups, groups), (between_targets, targets)]


@pytest.mark.parametrize(("compare", "draw"), COMPARISONS, ids=["groups", "targets"])
class TestBoth:
    def test_a_difference_is_found(self, compare, draw) -> None:
        found = compare(*draw(0.8, 0.2, 0), GCMI, Uncertainty(n_permutations=99))
        assert found.estimand == "mi_difference"
        assert found.mi == pytest.approx(found.extras["first"] - found.extras["second"])
        assert found.interval.low > 0.0
        assert found.test.p_value == 0.01

    def test_coverage_and_level(self, compare, draw) -> None:
        covered = rejected = 0
        for seed in range(40):
            found = compare(
                *draw(0.5, 0.5, seed), GCMI, Uncertainty(n_permutations=19, n_resamples=30)
            )
            covered += found.interval.low < 0.0 < found.interval.high
            rejected += found.test.p_value <= 0.05
        assert covered >= 34
        assert rejected <= 7

    def test_the_same_for_any_number_of_threads(self, compare, draw) -> None:
        asked = Uncertainty(n_permutations=19)
        assert compare(*draw(0.5, 0.3, 1), GCMI, asked, 1) == compare(
            *draw(0.5, 0.3, 1), GCMI, asked, 3
        )


def test_one_group_is_refused() -> None:
    x, y, _ = groups(0.5, 0.5, 0)
    by = gather([Column("by", np.zeros(N))], discrete=["by"])
    with pytest.raises(MitoolError, match="'by' must have 2 values to compare, it has 1"):
        between_groups(x, y, by, GCMI, Uncertainty())


def test_targets_of_labels_are_refused() -> None:
    x, y, _ = targets(0.5, 0.5, 0)
    label = gather([Column("label", np.arange(N) % 3.0)], discrete=["label"])
    with pytest.raises(UsageError, match="needs numeric columns"):
        between_targets(x, y, label, GCMI, Uncertainty())


class TestCommand:
    def test_groups(self, mitool, tmp_path) -> None:
        path = tmp_path / "d.csv"
        x, y, by = (v.values[:, 0] for v in groups(0.9, 0.1, 0))
        rows = (f"{a},{b},{'ab'[int(c)]}" for a, b, c in zip(x, y, by, strict=True))
        path.write_text("\n".join(["x,y,by", *rows]) + "\n")
        done = mitool(
            *("estimate", path, "-x", "x", "-y", "y", "-e", "gcmi", "--compare", "--by", "by"),
            "--json",
        )
        assert done.code == 0, done.err
        (row,) = json.loads(done.out)["results"]
        assert row["mi"] > 0.3
        assert row["ci_low"] > 0
        assert row["p_method"] == "exchange"

    def test_two_files_are_two_groups_in_the_order_given(self, mitool, tmp_path) -> None:
        x, y, by = (v.values[:, 0] for v in groups(0.9, 0.1, 0))
        for name, level in (("strong", 0), ("a_weak", 1)):
            rows = (f"{a},{b}" for a, b, c in zip(x, y, by, strict=True) if c == level)
            (tmp_path / f"{name}.csv").write_text("\n".join(["x,y", *rows]) + "\n")
        files = [tmp_path / "strong.csv", tmp_path / "a_weak.csv"]
        done = mitool(
            "estimate", *files, *["-x", "x", "-y", "y", "-e", "gcmi", "--compare", "--json"]
        )
        assert done.code == 0, done.err
        report = json.loads(done.out)
        (row,) = report["results"]
        assert row["ci_low"] > 0
        (note,) = (w["message"] for w in report["warnings"] if w["code"] == "compared")
        assert note.endswith(f"mi of '{files[0]}' minus that of '{files[1]}'")

    @pytest.mark.parametrize("targets", ["a", "ab", "abc"])
    def test_two_files_are_compared_for_each_of_any_number_of_y(
        self, mitool, tmp_path, rng, targets
    ) -> None:
        files = [tmp_path / "1.csv", tmp_path / "2.csv"]
        for file in files:
            values = rng.standard_normal((60, 4))
            np.savetxt(file, values, delimiter=",", header="x,a,b,c", comments="")
        ys = [argument for target in targets for argument in ("-y", target)]
        done = mitool("estimate", *files, "-x", "x", *ys, "-e", "gcmi", "--compare", "--json")
        assert done.code == 0, done.err
        rows = json.loads(done.out)["results"]
        assert [row["y"] for row in rows] == list(targets)
        assert all((row["extras"]["n_first"], row["n_used"]) == (60, 120) for row in rows)

    def test_groups_are_named_by_what_the_column_holds(self, mitool) -> None:
        done = mitool(
            *("estimate", "sample_data/penguins.csv", "-x", "bill_length_mm", "-e", "gcmi", "-v"),
            *("-y", "body_mass_g", "--compare", "--by", "sex"),
        )
        assert "mi of 'female' minus that of 'male'" in done.err

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--by", "sex"], "--by is for --compare"),
            (["--compare"], "got 1 -y"),
            (2 * ["sample_data/penguins.csv"] + ["--compare"], "got 1 -y and 3 files"),
            (["--compare", "--by", "sex", "--groups", "island"], "takes no -z"),
            (["--compare", "--by", "sex", "--normalize", "r"], "takes no --normalize"),
            (
                ["--compare", "--by", "sex", "--statistic", "max", "--permutations", "9"],
                "leave out --order time, --test, --statistic",
            ),
        ],
    )
    def test_what_cannot_be_meant(self, mitool, arguments, message) -> None:
        done = mitool(
            *("estimate", "sample_data/penguins.csv", "-x", "bill_length_mm"),
            *("-y", "body_mass_g", *arguments),
        )
        assert done.code == 2
        assert message in done.err

    def test_a_small_group_is_named_by_its_size(self, mitool) -> None:
        done = mitool(
            *("estimate", *2 * ["sample_data/gaussian.csv"], "-x", "x1", "-y", "y1"),
            *("--compare", "--rows", "990:"),
        )
        assert done.code == 3
        assert "comparing groups of 10 and 1000 rows: an interval by subsamples" in done.err
        assert "take more rows" in done.err

    def test_both_files_need_rows(self, mitool) -> None:
        done = mitool(
            *("estimate", *2 * ["sample_data/gaussian.csv"], "-x", "x1", "-y", "y1"),
            *("--compare", "--rows", "1000:"),
        )
        assert done.code == 3
        assert "none of the rows taken is in sample_data/gaussian.csv: --rows" in done.err

    def test_whole_groups_widen_the_interval(self, mitool) -> None:
        widths = []
        for more in ([], ["--groups", "island,year,species"]):
            done = mitool(
                *("estimate", "sample_data/penguins.csv", "-x", "bill_length_mm", "-e", "gcmi"),
                *("-y", "body_mass_g", "--ci", 0.9, "--json", *more),
            )
            assert done.code == 0, done.err
            (row,) = json.loads(done.out)["results"]
            widths.append((row["ci_high"] - row["ci_low"], row["ci_method"]))
        assert widths[1][0] > widths[0][0]
        assert widths[1][1].endswith("groups")
