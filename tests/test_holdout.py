"""Rows kept aside, the reusable holdout, and columns chosen one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mitool
from mitool.errors import MitoolError
from mitool.inference import forward_selection, sampling_units
from mitool.inference.holdout import Budget, digest_of, split
from mitool.seeds import stream


class TestSplit:
    def test_parts_are_disjoint_and_complete(self) -> None:
        chosen_on, reported = split(sampling_units.single_rows(101), 0.3, stream(0, "t"))
        assert len(reported) == 30
        assert sorted([*chosen_on, *reported]) == list(range(101))

    def test_groups_are_not_torn(self) -> None:
        codes = np.repeat(np.arange(10), 7)
        chosen_on, reported = split(sampling_units.groups(codes), 0.5, stream(0, "t"))
        assert not set(codes[chosen_on]) & set(codes[reported])

    def test_time_is_cut_once(self) -> None:
        chosen_on, reported = split(sampling_units.blocks(100, 5), 0.5, stream(0, "t"))
        assert chosen_on.max() < reported.min()

    def test_an_empty_part_is_refused(self) -> None:
        with pytest.raises(MitoolError, match=r"a holdout of 0\.01 of 20 rows leaves one part"):
            split(sampling_units.single_rows(20), 0.01, stream(0, "t"))


class TestReusable:
    def test_means_that_agree_cost_nothing(self) -> None:
        budget = Budget.fresh("d", 5, seed=1)
        assert budget.answer("q", np.full(10, 0.5), np.full(10, 0.5)) == 0.5
        assert budget.left == 5

    def test_means_that_differ_are_answered_from_the_holdout(self) -> None:
        budget = Budget.fresh("d", 5, seed=1)
        assert budget.answer("q", np.full(10, 0.9), np.full(10, 0.5)) == pytest.approx(0.5, abs=0.1)
        assert budget.left == 4

    def test_a_repeated_query_has_the_same_answer_for_nothing(self) -> None:
        budget = Budget.fresh("d", 1, seed=1)
        first = budget.answer("q", np.full(10, 0.9), np.full(10, 0.5))
        assert budget.answer("q", np.full(10, 0.9), np.full(10, 0.5)) == first

    def test_noise_is_new_for_every_query(self) -> None:
        budget = Budget.fresh("d", 9, seed=1)
        found = {budget.answer(f"q{i}", np.full(3, 0.9), np.full(3, 0.1)) for i in range(9)}
        assert len(found) == 9

    def test_the_threshold_follows_the_spread_of_the_terms(self) -> None:
        budget, rng = Budget.fresh("d", 5, seed=1), np.random.default_rng(0)
        terms = 0.5 + 0.05 * rng.standard_normal(1000)
        expected = 4.0 * terms.std() * np.sqrt(2.0 / 1000)
        assert budget.tolerance(terms, 1000) == pytest.approx(expected * (1 + 0.25 * 10.3))
        coins = (rng.random(100) < 0.5).astype(float)
        assert budget.tolerance(coins, 100) == pytest.approx(0.04 * (1 + 0.25 * 10.3))

    def test_answers_are_as_near_to_the_holdout_mean_as_is_said(self) -> None:
        rng, n_off = np.random.default_rng(0), 0
        for repeat in range(400):
            budget = Budget.fresh(str(repeat), 5, seed=1)
            terms = 0.5 + 0.1 * rng.standard_normal(200)
            tolerance = budget.tolerance(terms, 200)
            held = np.full(200, terms.mean() + rng.uniform(-2, 2) * tolerance)
            n_off += abs(budget.answer("q", terms, held) - held.mean()) > tolerance
        assert n_off <= 0.05 * 400

    def test_an_exhausted_budget_is_refused(self, tmp_path: Path) -> None:
        budget = Budget.fresh("d", 1, seed=1)
        budget.answer("a", np.full(3, 0.9), np.full(3, 0.1))
        path = tmp_path / "budget.json"
        path.write_text(budget.to_json())
        with pytest.raises(MitoolError, match="the holdout budget of 1 is used up"):
            Budget.load(path, "d").answer("b", np.full(3, 0.9), np.full(3, 0.1))

    def test_a_budget_survives_its_file(self, tmp_path: Path) -> None:
        budget = Budget.fresh("d", 7, seed=1)
        budget.answer("a", np.full(3, 0.9), np.full(3, 0.1))
        path = tmp_path / "budget.json"
        path.write_text(budget.to_json())
        assert Budget.load(path, "d") == budget

    def test_a_budget_of_other_data_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "budget.json"
        path.write_text(Budget.fresh("d", 7, seed=1).to_json())
        with pytest.raises(MitoolError, match="belongs to other data"):
            Budget.load(path, "e")

    @pytest.mark.parametrize(
        "content", ["", "[]", "{}", "1", '{"schema": "mitool.budget/1"}', "\0"]
    )
    def test_another_file_is_refused(self, tmp_path: Path, content: str) -> None:
        path = tmp_path / "budget.json"
        path.write_text(content)
        with pytest.raises(MitoolError, match="is not a budget file"):
            Budget.load(path, "d")

    def test_a_digest_changes_with_any_value(self) -> None:
        values = np.arange(6.0)
        assert digest_of(values) == digest_of(values.copy())
        assert digest_of(values) != digest_of(np.append(values[:5], 5.5))

    def test_no_false_claim_from_noise(self) -> None:
        """Classifiers built from columns that agree on both parts: the known demonstration.

        The naive holdout is read while columns are chosen, and then believes itself.
        """
        rng, n, d = np.random.default_rng(0), 1000, 1000
        x = rng.integers(0, 2, (2, n, d)) * 2 - 1
        y = rng.integers(0, 2, (2, n)) * 2 - 1
        agree = [(x[part] * y[part][:, None] + 1) / 2 for part in range(2)]
        budget = replace(Budget.fresh("noise", 10_000, seed=1))
        trained = agree[0].mean(axis=0)
        answers = {
            "naive": agree[1].mean(axis=0),
            "reusable": np.array(
                [budget.answer(str(j), *(a[:, j] for a in agree)) for j in range(d)]
            ),
        }
        claims = {}
        for name, held in answers.items():
            both = np.sign(trained - 0.5) * np.sign(held - 0.5) > 0
            strong = both & (np.minimum(abs(trained - 0.5), abs(held - 0.5)) > 0.5 / np.sqrt(n))
            votes = np.where(strong, np.sign(trained - 0.5), 0.0)
            correct = [(np.sign(x[p] @ votes) == y[p]).astype(float) for p in range(2)]
            claims[name] = (
                correct[1].mean() if name == "naive" else budget.answer("classifier", *correct)
            )
        assert claims["naive"] > 0.6
        assert abs(claims["reusable"] - 0.5) < 0.06


class TestSelection:
    """Columns 0 and 1 are copies; 2 is weaker and new."""

    relevance = (0.5, 0.5, 0.3)
    mutual = np.array([[9.0, 0.5, 0.0], [0.5, 9.0, 0.0], [0.0, 0.0, 9.0]])
    conditional = np.array([[0.0, 0.0, 0.5], [0.0, 0.0, 0.5], [0.3, 0.3, 0.0]])

    @pytest.mark.parametrize("name", forward_selection.CRITERIA)
    def test_a_copy_is_not_chosen_second(self, name: str) -> None:
        gains = self.mutual if name == "mrmr" else self.conditional
        found = forward_selection.greedy(
            self.relevance, lambda i, j: gains[i, j], 2, forward_selection.CRITERIA[name]
        )
        assert [index for index, _ in found] == [0, 2]
        assert found[0][1] == 0.5

    def test_more_than_there_are_gives_all(self) -> None:
        found = forward_selection.greedy((0.1, 0.2), lambda i, j: 0.0, 9, forward_selection.mrmr)
        assert [index for index, _ in found] == [1, 0]

    def test_the_same_for_any_number_of_threads(self) -> None:
        gains = np.random.default_rng(0).random((12, 12))
        found = [
            forward_selection.greedy(
                gains[0], lambda i, j: gains[i, j], 6, forward_selection.cmim, n_jobs
            )
            for n_jobs in (1, 3)
        ]
        assert found[0] == found[1]


def test_an_answer_below_its_tolerance_is_said_to_be_coarse(tmp_path: Path) -> None:
    """A table shows the number alone, which may be what the training rows made of noise."""
    rng = np.random.default_rng(3)
    target = rng.integers(0, 2, 4000)
    data = {"copy": np.where(target, "u", "v"), "noise": rng.normal(size=4000)}
    asked = {"holdout": "reusable", "budget_file": tmp_path / "budget.json"}
    found = mitool.screen(data, np.where(target, "a", "b"), **asked)
    codes = {row.estimate.x: {note.code for note in row.estimate.notes} for row in found}
    assert "coarse_answer" not in codes["copy"]
    assert "coarse_answer" in codes["noise"]
