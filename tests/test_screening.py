"""Columns ranked against a target: order, honesty after selection, and settled ranks."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mitool.errors import MitoolError, UsageError
from mitool.measure.settings import Settings
from mitool.screening import Plan, Question, reusable, screen
from mitool.tables.column import Column
from mitool.uncertainty import Uncertainty
from mitool.variables import Variable, gather
from tests.make import gathered

SLOPES = (0.0, 0.9, 0.3, 0.0, 0.6, 0.0)
GCMI = Settings("gcmi")
KINDS = ("continuous", "discrete")


def data(n: int = 300, seed: int = 0) -> tuple[list[Variable], Variable]:
    """Columns c0 … c5 of which c1, c4 and c2 tell of the target, in this order."""
    rng = np.random.default_rng(seed)
    target = rng.standard_normal(n)
    columns = [
        gathered(slope * target + np.sqrt(1 - slope**2) * rng.standard_normal(n), f"c{i}")
        for i, slope in enumerate(SLOPES)
    ]
    return columns, gathered(target, "target")


def question(target: Variable, n_jobs: int = 1, settings: Settings = GCMI, **asked) -> Question:
    return Question(target, settings=settings, uncertainty=Uncertainty(**asked), n_jobs=n_jobs)


def names(found) -> list[str]:
    return [each.estimate.x for each in found]


def test_columns_come_in_the_order_of_their_mi() -> None:
    columns, target = data()
    found = screen(columns, question(target))
    assert names(found)[:3] == ["c1", "c4", "c2"]
    assert [each.rank for each in found] == [1, 2, 3, 4, 5, 6]
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)


def test_top_reports_from_rows_that_did_not_choose() -> None:
    columns, target = data()
    found = screen(columns, question(target), Plan(top=2))
    assert names(found) == ["c1", "c4"]
    assert all(each.estimate.n_used == 150 for each in found)
    assert all(each.estimate.mi != each.score for each in found)
    assert not any(note.code == "selected" for each in found for note in each.estimate.notes)


def test_reporting_from_the_rows_that_chose_says_so() -> None:
    columns, target = data()
    found = screen(columns, question(target), Plan(top=2, holdout="none"))
    assert found[0].estimate.n_used == 300
    assert any(note.code == "selected" for note in found[0].estimate.notes)


def test_a_split_leaves_no_optimism() -> None:
    """The five best of 30 columns of noise, 15 times: their MI is 0."""
    means = {"split": [], "none": []}
    for seed in range(15):
        rng = np.random.default_rng(seed)
        columns = [gathered(rng.standard_normal(200), f"c{i}") for i in range(30)]
        target = gathered(rng.standard_normal(200), "target")
        for holdout, found in means.items():
            best = screen(columns, question(target), Plan(top=5, holdout=holdout))
            found.append(np.mean([each.estimate.mi for each in best]))
    assert abs(np.mean(means["split"])) < 0.002
    assert np.mean(means["none"]) > 0.005


def test_the_same_for_any_number_of_threads() -> None:
    columns, target = data(200)
    asked = {"level": 0.9, "n_permutations": 99}
    plan = Plan(top=3, resolve_top=2)
    first, second = (screen(columns, question(target, n_jobs=j, **asked), plan) for j in (1, 3))
    assert first == second


class TestAdjustment:
    @pytest.mark.parametrize("how", ["bh", "by", "holm", "max"])
    def test_true_columns_pass_and_the_rest_does_not(self, how: str) -> None:
        columns, target = data()
        found = screen(columns, question(target, n_permutations=399), Plan(adjust=how))
        p = {each.estimate.x: each.p_adjusted for each in found}
        assert all(p[name] <= 0.05 for name in ("c1", "c4", "c2"))
        assert all(p[name] > 0.05 for name in ("c0", "c3", "c5"))

    @pytest.mark.parametrize("how", ["bh", "max"])
    def test_adjusted_p_is_at_least_p(self, how: str) -> None:
        columns, target = data()
        for each in screen(columns, question(target, n_permutations=199), Plan(adjust=how)):
            assert each.estimate.test is not None
            assert each.p_adjusted >= each.estimate.test.p_value

    @pytest.mark.parametrize("how", ["bh", "by", "holm", "max"])
    def test_one_column_needs_no_adjustment(self, how: str) -> None:
        columns, target = data()
        (only,) = screen(columns[:1], question(target, n_permutations=99), Plan(adjust=how))
        assert only.estimate.test is not None
        assert only.p_adjusted == only.estimate.test.p_value

    def test_none_leaves_p_alone(self) -> None:
        columns, target = data()
        found = screen(columns, question(target, n_permutations=19), Plan(adjust="none"))
        assert all(each.p_adjusted is None for each in found)

    def test_too_few_permutations_are_refused_where_an_adjustment_was_asked(self) -> None:
        columns, target = data()
        with pytest.raises(MitoolError, match="use --permutations 119 or more"):
            screen(columns, question(target, n_permutations=99), Plan(adjust="holm"))

    @pytest.mark.parametrize("how", ["bh", "by", "holm", "max"])
    def test_an_adjustment_of_no_test_is_refused(self, how: str) -> None:
        columns, target = data()
        with pytest.raises(UsageError, match=f"--adjust {how} .*--permutations 999"):
            screen(columns, question(target), Plan(adjust=how))

    def test_and_noted_where_it_is_the_default(self) -> None:
        columns, target = data()
        found = screen(columns, question(target, n_permutations=99))
        assert any(note.code == "perm_floor" for note in found[0].estimate.notes)

    def test_the_maximum_needs_the_same_rows(self) -> None:
        columns, target = data()
        values = columns[0].values[:, 0].copy()
        values[3] = np.nan
        columns[0] = gathered(values, "c0")
        with pytest.raises(MitoolError, match="'c0' or the target lacks a value"):
            screen(columns, question(target, n_permutations=199), Plan(adjust="max"))


class TestCriteria:
    """a and copy tell the same of the target, b something else."""

    def columns(self) -> tuple[list[Variable], Variable]:
        rng = np.random.default_rng(0)
        a, b = rng.standard_normal((2, 600))
        copy = a + 0.1 * rng.standard_normal(600)
        target = a + 0.8 * b + 0.3 * rng.standard_normal(600)
        made = {"a": a, "copy": copy, "b": b, "noise": rng.standard_normal(600)}
        return [gathered(values, name) for name, values in made.items()], gathered(target, "target")

    @pytest.mark.parametrize("method", ["mrmr", "jmi", "cmim"])
    def test_a_copy_is_passed_over(self, method: str) -> None:
        columns, target = self.columns()
        plan = Plan(method=method, top=2, holdout="none")
        assert names(screen(columns, question(target), plan)) == ["a", "b"]

    def test_mi_alone_takes_the_copy(self) -> None:
        columns, target = self.columns()
        assert names(screen(columns, question(target), Plan(top=2))) == ["a", "copy"]

    def test_a_criterion_that_conditions_takes_no_condition(self) -> None:
        columns, target = self.columns()
        asked = Question(target, given=columns[3], settings=GCMI)
        with pytest.raises(MitoolError, match="leave out -z"):
            screen(columns[:3], asked, Plan(method="jmi", top=2))


class TestResolving:
    def test_columns_far_apart_are_settled(self) -> None:
        columns, target = data(1000)
        found = screen(columns, question(target), Plan(resolve_top=3))
        ends = [(each.rank_low, each.rank_high) for each in found]
        assert ends[:2] == [(1, 1), (2, 2)]
        assert ends[3:] == [(None, None)] * 3

    def test_copies_are_not(self) -> None:
        columns, target = data(300)
        rng = np.random.default_rng(5)
        twin = columns[1].values[:, 0] + 0.02 * rng.standard_normal(300)
        found = screen([*columns, gathered(twin, "twin")], question(target), Plan(resolve_top=2))
        assert {(each.rank_low, each.rank_high) for each in found[:2]} == {(1, 2)}


class TestBadInput:
    def test_no_column(self) -> None:
        with pytest.raises(MitoolError, match="no column to rank"):
            screen([], question(data()[1]))

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"top": 0}, "^--top must be at least 1, got 0"),
            (
                {"method": "lasso"},
                "method must be one of mi, mrmr, jmi, cmim, pursuit, shapley, got 'lasso'",
            ),
            ({"adjust": "fdr"}, "adjust must be one of bh, by, holm, max, none, got 'fdr'"),
            ({"holdout_share": 1.0}, "^--holdout-share must lie between 0 and 1, got 1"),
            ({"resolve_top": 0}, "^--resolve-top must be at least 1, got 0"),
            ({"holdout_share": 0.2}, "no rows are kept aside; add --holdout split"),
            ({"holdout_share": 0.2, "top": 3, "holdout": "none"}, "no rows are kept aside"),
            ({"budget": 5}, "a budget is for a reusable holdout"),
            ({"resolve_top": 3, "method": "jmi"}, "use --method mi"),
        ],
    )
    def test_plans_that_cannot_be_meant(self, asked, message) -> None:
        with pytest.raises(UsageError, match=message):
            Plan(**asked)

    def test_a_column_that_fails_is_reported_last(self) -> None:
        columns, target = data()
        text = gather([Column("word", np.arange(300.0) % 7, tuple("abcdefg"), "text")])
        found = screen([text, *columns], question(target))
        assert names(found)[-1] == "word"
        assert found[-1].estimate.status == "failed"


class TestReusable:
    def plan(self, tmp_path, **more) -> Plan:
        path = tmp_path / "budget.json"
        return Plan(holdout="reusable", budget_file=path, **more)

    def test_answers_rank_the_columns_and_are_written_down(self, tmp_path) -> None:
        columns, target = data(2000)
        found = screen(columns, question(target, settings=Settings()), self.plan(tmp_path))
        assert names(found)[:3] == ["c1", "c4", "c2"]
        assert found[0].estimate.estimand == "held_out_binned_mi"
        assert 0.3 < found[0].estimate.mi < 0.83
        assert abs(found[-1].estimate.mi) < 0.05
        again = screen(columns, question(target, settings=Settings()), self.plan(tmp_path))
        assert [each.estimate.mi for each in again] == [each.estimate.mi for each in found]

    @pytest.mark.parametrize(("n", "most"), [(200, 0.06), (400, 0.05), (1000, 0.03)])
    def test_the_best_of_many_columns_of_noise_is_answered_with_little(
        self, tmp_path, n: int, most: float
    ) -> None:
        """Training rows that made their own table gave 0.134, 0.063 and 0.032 nats."""
        best = []
        for repeat in range(5):
            rng = np.random.default_rng([n, repeat])
            columns = [gathered(rng.normal(size=n), f"c{i}") for i in range(40)]
            asked = Question(gathered(rng.normal(size=n), "t"), settings=Settings())
            plan = Plan(holdout="reusable", budget_file=tmp_path / f"{repeat}.json")
            best.append(screen(columns, asked, plan)[0].estimate.mi)
        assert -0.03 < np.median(best) < most

    def test_an_answer_says_how_far_it_may_be_off(self, tmp_path) -> None:
        columns, target = data(2000)
        found = screen(columns, question(target, settings=Settings()), self.plan(tmp_path))
        for each in found:
            extras = each.estimate.extras
            assert 0.0 < extras["tolerance"] < 0.6
            assert abs(each.estimate.mi - extras["training"]) < 2 * extras["tolerance"]

    def test_a_training_row_has_its_term_from_the_table_of_the_others(self) -> None:
        rng = np.random.default_rng(1)
        x, y = rng.integers(0, 3, 60), rng.integers(0, 4, 60)
        found = reusable._without_one(reusable._counts(x, y, (3, 4)), 1.5)[x, y]
        for row in range(60):
            others = np.arange(60) != row
            table = np.full((3, 4), reusable.SMOOTHING)
            for a, b in zip(x[others], y[others], strict=True):
                table[a, b] += 1.0
            share = table / table.sum()
            expected = np.log(share / np.outer(share.sum(axis=1), share.sum(axis=0)))
            assert found[row] == pytest.approx(np.clip(expected, -1.5, 1.5)[x[row], y[row]])

    def test_rows_with_missing_values_are_left_out(self, tmp_path) -> None:
        columns, target = data(400)
        values = columns[1].values[:, 0].copy()
        values[:40] = np.nan
        columns[1] = gathered(values, "c1")
        found = screen(columns, question(target, settings=Settings()), self.plan(tmp_path))
        dropped = {each.estimate.x: each.estimate.n_dropped for each in found}
        assert (dropped["c1"], dropped["c2"]) == (40, 0)

    def test_labels_that_training_never_saw_tell_nothing(self, tmp_path) -> None:
        rng = np.random.default_rng(0)
        rare = np.where(np.arange(200) == 150, 9.0, rng.integers(0, 2, 200))
        label = gather([Column("rare", rare)], discrete=["rare"])
        _, target = data(200)
        for share in (0.3, 0.7):
            plan = Plan(
                holdout="reusable", budget_file=tmp_path / f"{share}.json", holdout_share=share
            )
            (found,) = screen([label], question(target, settings=Settings()), plan)
            assert abs(found.estimate.mi) < 0.1

    def test_a_budget_of_other_data_is_refused(self, tmp_path) -> None:
        columns, target = data()
        screen(columns, question(target, settings=Settings()), self.plan(tmp_path))
        others, target = data(seed=1)
        with pytest.raises(MitoolError, match="belongs to other data"):
            screen(others, question(target, settings=Settings()), self.plan(tmp_path))

    def test_a_budget_of_another_cut_in_time_is_refused(self, tmp_path) -> None:
        columns, target = data()
        asked = question(target, settings=Settings(), order="time")
        screen(columns, asked, self.plan(tmp_path, holdout_share=0.4))
        with pytest.raises(MitoolError, match="to another split of them"):
            screen(columns, asked, self.plan(tmp_path, holdout_share=0.5))

    def test_one_budget_serves_other_columns_and_targets_of_the_same_rows(self, tmp_path) -> None:
        columns, target = data()
        asked = question(target, settings=Settings())
        first = screen(columns[:2], asked, self.plan(tmp_path))
        again = screen(columns[1:], asked, self.plan(tmp_path))
        mi = {each.estimate.x: each.estimate.mi for each in first}
        assert mi["c1"] in [each.estimate.mi for each in again]
        screen([target], question(columns[0], settings=Settings()), self.plan(tmp_path))
        assert (
            len(json.loads((tmp_path / "budget.json").read_text())["answers"]) == len(columns) + 1
        )

    def test_a_column_taken_as_labels_is_another_query(self, tmp_path) -> None:
        columns, target = data()
        values = np.round(2.0 * columns[1].values[:, 0])
        found = [
            screen([column], question(target, settings=Settings()), self.plan(tmp_path))
            for column in (gather([Column("c", values)], **{kind: ["c"]}) for kind in KINDS)
        ]
        assert found[0][0].estimate.mi != found[1][0].estimate.mi

    def test_a_budget_file_that_cannot_be_written_is_refused(self, tmp_path) -> None:
        columns, target = data()
        plan = Plan(holdout="reusable", budget_file=tmp_path / "nowhere" / "b.json")
        with pytest.raises(MitoolError, match="there is no folder"):
            screen(columns, question(target, settings=Settings()), plan)

    def test_a_budget_that_is_used_up_is_refused(self, tmp_path) -> None:
        columns, target = data(60)
        with pytest.raises(MitoolError, match="the holdout budget of 1 is used up"):
            screen(
                [gathered(c.values[:, 0], f"n{i}") for i, c in enumerate(columns * 20)],
                question(target, settings=Settings()),
                self.plan(tmp_path, budget=1),
            )

    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"holdout": "reusable"}, "name --budget-file"),
            ({"budget_file": "b.json"}, "add --holdout reusable"),
            ({"holdout": "reusable", "budget_file": "b", "method": "jmi"}, "numbers alone"),
        ],
    )
    def test_plans_that_cannot_be_meant(self, asked, message) -> None:
        with pytest.raises(UsageError, match=message):
            Plan(**asked)

    def test_intervals_are_refused(self, tmp_path) -> None:
        columns, target = data()
        asked = question(target, settings=Settings(), level=0.9)
        with pytest.raises(UsageError, match="numbers alone"):
            screen(columns, asked, self.plan(tmp_path))

    @pytest.mark.parametrize("more", [{"normalize": "min"}, {"params": {"n_bins": 3}}])
    def test_what_would_be_ignored_is_refused(self, tmp_path, more) -> None:
        columns, target = data()
        asked = question(target, settings=Settings("bins", **more))
        with pytest.raises(UsageError, match="leave out --normalize and -p"):
            screen(columns, asked, self.plan(tmp_path))


PENGUINS = Path(__file__).parent.parent / "sample_data" / "penguins.csv"


class TestCommand:
    def test_rows_carry_rank_score_and_adjusted_p(self, mitool) -> None:
        done = mitool(
            *("screen", PENGUINS, "-t", "species", "-e", "bins", "--permutations", 159),
            *("--adjust", "holm", "--json", "-j", 1),
        )
        assert done.code == 0, done.err
        rows = json.loads(done.out)["results"]
        assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
        assert rows[0]["x"] == "flipper_length_mm"
        assert rows[0]["score"] == rows[0]["mi"]
        assert rows[0]["p_adjusted"] <= 0.05
        assert "species" not in {row["x"] for row in rows}

    def test_a_table_without_a_test_has_no_column_for_its_p(self, mitool) -> None:
        heads = []
        for more in ([], ["--permutations", 159]):
            done = mitool(
                *("screen", PENGUINS, "-t", "species", "-e", "bins", "--cols", "*_mm", "-q"),
                *("--format", "table", *more),
            )
            heads.append("p_adjusted" in done.out)
        assert heads == [False, True]

    def test_columns_show_their_share_of_an_entropy(self, mitool) -> None:
        words = ("--cols", "island,sex", "--normalize", "min", "--json")
        done = mitool("screen", PENGUINS, "-t", "species", *words)
        assert done.code == 0, done.err
        best = json.loads(done.out)["results"][0]
        assert best["x"] == "island"
        assert best["normalized"] == pytest.approx(0.512, abs=0.01)

    def test_a_target_that_names_every_row_is_refused(self, mitool, tmp_path) -> None:
        path = tmp_path / "named.csv"
        path.write_text("id,a\n" + "".join(f"n{i},{i % 7}.5\n" for i in range(60)))
        done = mitool("screen", path, "-t", "id")
        assert done.code == 3
        assert "column 'id' names every row differently" in done.err

    def test_two_estimators_are_refused(self, mitool) -> None:
        done = mitool("screen", PENGUINS, "-t", "species", "-e", "bins", "-e", "ross")
        assert done.code == 2
        assert "columns are ranked by one estimator" in done.err


class TestShares:
    """Columns in shares, or kept, become the ranking that one run gives."""

    words = ("screen", PENGUINS, "-e", "bins", "-q")

    def merged(self, mitool, folder, *more):
        parts = [folder / "1.part", folder / "2.part"]
        for index, part in enumerate(parts, 1):
            outcome = mitool(*self.words, *more, "--shard", f"{index}/2", "-o", part)
            assert outcome.code in (0, 3, 4), outcome.err
        return mitool("merge", *reversed(parts), "-q", "--format", "csv")

    @pytest.mark.parametrize(
        "more",
        [(), ("--top", 3), ("--permutations", 159, "--adjust", "holm"), ("-u", "bits")],
        ids=["all", "the best", "tested", "in bits"],
    )
    def test_merged_equal_the_whole(self, mitool, tmp_path, more, monkeypatch) -> None:
        monkeypatch.setenv("MITOOL_UNITS", "bits" if "bits" in more else "nats")
        asked = ("-t", "species", *more)
        direct = mitool(*self.words, *asked, "--format", "csv")
        assert direct.code == 0, direct.err
        assert direct == self.merged(mitool, tmp_path, *asked)
        kept = (*self.words, *asked, "--format", "csv", "--checkpoint", tmp_path / "kept")
        assert [mitool(*kept) for _ in "12"] == [direct, direct]

    def test_a_column_that_fails_counts_where_it_is_reported(self, mitool, tmp_path) -> None:
        words = ("screen", PENGUINS, "-q", "-t", "body_mass_g", "-e", "ksg", "--format", "csv")
        for top, code in ((1, 0), (2, 4)):
            asked = (*words, "--cols", "bill_length_mm,species", "--top", top)
            direct = mitool(*asked)
            assert direct.code == code
            assert mitool(*asked, "--checkpoint", tmp_path / f"{top}") == direct
