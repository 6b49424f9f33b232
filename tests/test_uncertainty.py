"""Intervals, tests and reliability of estimates, from variables to the finished row."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import mitool
from mitool.errors import MitoolError, UsageError
from mitool.estimators import load, names
from mitool.inference import evidence
from mitool.inference.local import local_permutation, nearest_rows
from mitool.measure.settings import Settings
from mitool.result.codes import CODES
from mitool.seeds import stream
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import Variable
from tests.make import labels, numbers, variable


def gaussian(rho, n, seed=0) -> tuple[Variable, Variable]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    y = rho * x + np.sqrt(1 - rho**2) * rng.standard_normal(n)
    return numbers(x, "x"), numbers(y, "y")


def counts(n, mix=0.5, seed=0, levels=4) -> tuple[Variable, Variable]:
    rng = np.random.default_rng(seed)
    x = rng.integers(0, levels, n)
    y = np.where(rng.random(n) < mix, x, rng.integers(0, levels, n))
    return labels(x, "x"), labels(y, "y")


def ar1(phi, n, seed) -> Variable:
    series = np.random.default_rng(seed).standard_normal(n)
    for t in range(1, n):
        series[t] += phi * series[t - 1]
    return numbers(series, f"s{seed}")


KSG, GCMI, PLUGIN = Settings("ksg"), Settings("gcmi"), Settings("plugin")


class TestChoice:
    """``auto`` takes what the estimator declares, and -b keeps its meaning for every one."""

    @pytest.mark.parametrize(
        ("pair", "settings", "asked", "method", "n"),
        [
            (gaussian(0.5, 200), KSG, {"level": 0.95}, "subsample", 50),
            (gaussian(0.5, 200), KSG, {"n_resamples": 20}, "subsample", 20),
            (gaussian(0.5, 200), GCMI, {"ci_method": "bootstrap"}, "bootstrap", 50),
            (counts(200), PLUGIN, {"level": 0.9}, "jackknife", None),
            (counts(200), PLUGIN, {"n_resamples": 99}, "studentised", 99),
            (counts(200), PLUGIN, {"n_resamples": 38}, "subsample", 38),
            (
                gaussian(0.5, 200),
                KSG,
                {"level": 0.9, "order": "time"},
                "group-jackknife-blocks",
                20,
            ),
            (counts(200), PLUGIN, {"level": 0.9, "order": "time"}, "group-jackknife-blocks", 20),
            (
                gaussian(0.5, 200),
                KSG,
                {"n_resamples": 20, "order": "time"},
                "subsample-blocks",
                20,
            ),
        ],
        ids=lambda value: value.estimator if isinstance(value, Settings) else None,
    )
    def test_method(self, pair, settings, asked, method, n) -> None:
        found = assess(*pair, settings=settings, uncertainty=Uncertainty(**asked))
        assert found.interval is not None
        assert (found.interval.method, found.interval.n_resamples) == (method, n)
        assert found.interval.low < found.interval.high

    @pytest.mark.parametrize("name", names())
    def test_no_estimator_of_neighbours_or_kernels_allows_replacement(self, name: str) -> None:
        estimator = load(name)
        assert not (estimator.replacement and estimator.family not in ("counts", "gaussian"))

    def test_rows_with_replacement_are_refused_with_the_reason(self) -> None:
        asked = Uncertainty(ci_method="bootstrap")
        with pytest.raises(UsageError, match=r"its own nearest neighbour.*--ci-method subsample"):
            assess(*gaussian(0.5, 100), settings=KSG, uncertainty=asked)

    def test_a_method_of_counts_is_refused_for_neighbours(self) -> None:
        with pytest.raises(UsageError, match="chi2 is not valid for ksg; use subsample, group-"):
            asked = Uncertainty(ci_method="chi2")
            assess(*gaussian(0.5, 100), settings=KSG, uncertainty=asked)

    def test_closed_forms_are_refused_for_rows_that_belong_together(self) -> None:
        asked = Uncertainty(ci_method="jackknife", order="time")
        with pytest.raises(UsageError, match="takes rows as independent"):
            assess(*counts(200), settings=PLUGIN, uncertainty=asked)

    def test_quantiles_of_few_resamples_are_refused(self) -> None:
        asked = Uncertainty(level=0.95, ci_method="studentised", n_resamples=38)
        with pytest.raises(UsageError, match="takes 39 or more, got 38; raise --bootstrap"):
            assess(*counts(200), settings=PLUGIN, uncertainty=asked)

    def test_a_number_of_resamples_without_use_is_refused(self) -> None:
        asked = Uncertainty(ci_method="jackknife", n_resamples=20)
        with pytest.raises(UsageError, match="has no number of resamples"):
            assess(*counts(200), settings=PLUGIN, uncertainty=asked)

    @pytest.mark.parametrize("name", ["plugin", "nsb"])
    @pytest.mark.parametrize("method", ["auto", "chi2", "studentised"])
    def test_an_interval_holds_its_estimate_however_biased(self, name: str, method: str) -> None:
        pair = counts(200, mix=0.0, levels=40)
        asked = Uncertainty(level=0.9, ci_method=method)
        found = assess(*pair, settings=Settings(name), uncertainty=asked)
        assert found.interval.low <= found.mi <= found.interval.high


class TestBadInput:
    @pytest.mark.parametrize(
        ("asked", "message"),
        [
            ({"level": 1.5}, "between 0 and 1, got 1.5"),
            ({"n_resamples": 1}, "at least 2 resamples, got 1"),
            ({"n_permutations": 0}, "at least 1 permutation, got 0"),
            ({"ci_method": "magic"}, "ci_method must be one of auto, .*, got 'magic'"),
            ({"block": 5}, "add --order time"),
            ({"sequential": True}, "--sequential is for a permutation test; add --permutations"),
            ({"tail": True}, "--tail is for a permutation test"),
            ({"tail": True, "n_permutations": 199}, "at least 999 permutations, got 199"),
            ({"statistic": "max"}, "--statistic max is for a permutation test"),
            ({"test": "permutation"}, "--test permutation is for a permutation test"),
            ({"test": "exact", "n_permutations": 99}, "--test exact takes no permutations"),
            ({"sequential": True, "statistic": "max"}, "needs one statistic"),
            ({"sequential": True, "tail": True}, "needs all permutations"),
        ],
    )
    def test_what_cannot_be_meant(self, asked, message) -> None:
        with pytest.raises(MitoolError, match=message):
            Uncertainty(**asked)

    def test_a_block_longer_than_the_series(self) -> None:
        asked = Uncertainty(level=0.9, order="time", block=80)
        with pytest.raises(MitoolError, match=r"a block of 80 rows does not fit: .* 1 to 50"):
            assess(*gaussian(0.5, 100), settings=GCMI, uncertainty=asked)

    def test_too_few_rows(self) -> None:
        found = assess(*gaussian(0.5, 9), settings=KSG, uncertainty=Uncertainty(level=0.9))
        (reason,) = (note.message for note in found.notes if note.code == "no_interval")
        assert "needs at least 16 rows, got 9; take more rows" in reason


class TestIntervals:
    def test_coverage_of_ksg(self) -> None:
        truth, covered = -0.5 * np.log(1 - 0.6**2), 0
        for seed in range(100):
            found = assess(
                *gaussian(0.6, 200, seed), settings=KSG, uncertainty=Uncertainty(n_resamples=20)
            )
            assert found.interval is not None
            covered += found.interval.low < truth < found.interval.high
        assert 90 <= covered <= 100

    def test_a_constant_column_has_no_interval(self) -> None:
        x, _ = gaussian(0.5, 100)
        asked = Uncertainty(level=0.9, n_permutations=99)
        found = assess(x, numbers(np.ones(100), "y"), settings=KSG, uncertainty=asked)
        assert (found.mi, found.interval) == (0.0, None)
        assert found.test is not None
        assert found.test.p_value == 1.0

    def test_the_jackknife_of_counts_has_its_own_centre(self) -> None:
        found = assess(*counts(100, mix=0.1), settings=PLUGIN, uncertainty=Uncertainty(level=0.9))
        assert found.interval is not None
        assert found.mi is not None
        assert found.interval.center is not None
        assert found.interval.center < found.mi

    def test_the_same_for_any_number_of_threads(self) -> None:
        asked = Uncertainty(level=0.95, n_permutations=49)
        first, second = (
            assess(*gaussian(0.3, 150), settings=KSG, uncertainty=asked, n_jobs=j) for j in (1, 3)
        )
        assert first == second


class TestReliability:
    def test_a_clean_pair_is_ok(self) -> None:
        found = assess(*gaussian(0.6, 500), settings=KSG, uncertainty=Uncertainty(level=0.95))
        assert found.reliability == "ok"

    def test_near_functional_dependence_drifts(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.random(300)
        y = np.sin(40 * x) + 0.01 * rng.standard_normal(300)
        found = assess(
            numbers(x), numbers(y, "y"), settings=KSG, uncertainty=Uncertainty(level=0.95)
        )
        assert found.reliability == "low"
        assert "n_drift" in {note.code for note in found.notes}

    def test_an_undersampled_table_is_low(self) -> None:
        found = assess(
            *counts(100, levels=12), settings=PLUGIN, uncertainty=Uncertainty(level=0.95)
        )
        assert found.reliability == "low"

    def test_series_are_low_until_the_order_is_said(self) -> None:
        x, y = ar1(0.9, 500, 1), ar1(0.9, 500, 2)
        codes = {}
        for order in ("auto", "time"):
            found = assess(x, y, settings=KSG, uncertainty=Uncertainty(level=0.95, order=order))
            codes[order] = {note.code for note in found.notes}
        assert "autocorrelation" in codes["auto"]
        assert "autocorrelation" not in codes["time"]

    @pytest.mark.parametrize(
        ("pair", "settings", "reliability"),
        [
            (gaussian(0.6, 99), KSG, "low"),
            (gaussian(0.6, 100), KSG, "ok"),
            (gaussian(0.6, 99), GCMI, "low"),
            (counts(90, levels=2), PLUGIN, "ok"),
        ],
        ids=["99", "100", "gcmi", "labels"],
    )
    def test_fewer_than_100_rows_are_low_but_of_labels(self, pair, settings, reliability) -> None:
        found = assess(*pair, settings=settings, uncertainty=Uncertainty(level=0.95))
        assert found.reliability == reliability
        few = [note for note in found.notes if note.code == "few_rows"]
        assert len(few) == (reliability == "low")

    def test_halves_take_the_place_of_quarters_of_few_rows(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.random(60)
        pair = numbers(x), numbers(x + 0.03 * rng.standard_normal(60), "y")
        found = assess(*pair, settings=KSG, uncertainty=Uncertainty(level=0.95))
        (drift,) = (note.message for note in found.notes if note.code == "n_drift")
        assert drift.startswith("half of the rows gives")

    def test_without_an_interval_the_estimate_stays_and_the_test_too(self) -> None:
        """Six columns of 50 rows: a part of 29 rows is too few for canonical correlations."""
        rng = stream(0, "six")
        pair = [variable(rng.normal(size=(50, 3)), name=name) for name in "xy"]
        asked = Uncertainty(level=0.95, n_permutations=19)
        found = assess(*pair, uncertainty=asked)
        assert found.mi == assess(*pair).mi
        assert (found.interval, found.reliability) == (None, "low")
        assert found.test is not None
        (note,) = (note for note in found.notes if note.code == "no_interval")
        assert "29 rows are too few for an estimate over 6 columns" in note.message
        assert found.row()["status"] == "ok"

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"quarter": 0.25}, "n_drift"),
            ({"half": 0.7}, "n_drift"),
            ({"coarser": 0.3}, "k_drift"),
            ({"copula": 0.71}, "below_gaussian_bound"),
        ],
    )
    def test_each_sign_has_its_note(self, change, code) -> None:
        fine = evidence.Evidence(0.5, 0.1, quarter=0.55, coarser=0.45, copula=0.4)
        assert not list(evidence.evidence_notes(fine))
        found = list(evidence.evidence_notes(replace(fine, **change)))
        assert [note.code for note in found] == [code]
        assert CODES[code].gravity != "plain"

    def test_a_plain_number_is_not_said_to_be_in_nats(self) -> None:
        fine = evidence.Evidence(0.5, 0.1, quarter=0.25, coarser=0.3)
        told = [note.message for note in evidence.evidence_notes(fine)]
        plain = [note.message for note in evidence.evidence_notes(replace(fine, has_unit=False))]
        assert [message.count(" nats") for message in told] == [2, 2]
        assert plain == [message.replace(" nats", "") for message in told]


class TestTests:
    def test_dependence_is_found(self) -> None:
        asked = Uncertainty(n_permutations=199)
        found = assess(*gaussian(0.6, 200), settings=KSG, uncertainty=asked)
        assert found.test is not None
        assert (found.test.p_value, found.test.method) == (0.005, "permutation-max+gcmi+squares")

    def test_one_scale_on_request(self) -> None:
        asked = Uncertainty(n_permutations=49, statistic="estimate")
        found = assess(*gaussian(0.6, 200), settings=KSG, uncertainty=asked)
        assert found.test is not None
        assert found.test.method == "permutation"

    def test_a_maximum_of_one_scale_is_refused(self) -> None:
        asked = Uncertainty(n_permutations=49, statistic="max")
        with pytest.raises(UsageError, match="gcmi has one scale"):
            assess(*gaussian(0.6, 200), settings=GCMI, uncertainty=asked)

    @pytest.mark.parametrize("pair", [gaussian(0.0, 100), counts(100, mix=0.0)], ids=["ksg", "mi"])
    def test_independence_is_not_found(self, pair) -> None:
        found = assess(*pair, uncertainty=Uncertainty(n_permutations=99))
        assert found.test is not None
        assert found.test.p_value > 0.05

    def test_sequential_draws_fewer(self) -> None:
        asked = Uncertainty(n_permutations=999, sequential=True)
        found = assess(*gaussian(0.0, 100), settings=GCMI, uncertainty=asked)
        assert found.test is not None
        assert found.test.n_permutations is not None
        assert found.test.n_permutations < 500
        assert found.test.method == "permutation-sequential"

    def test_tail_stands_beside_the_exact_p(self) -> None:
        asked = Uncertainty(n_permutations=999, tail=True)
        found = assess(*gaussian(0.6, 200), settings=GCMI, uncertainty=asked)
        assert found.test is not None
        assert found.test.p_value == 0.001
        assert found.test.approximate is not None
        assert 0.0 < found.test.approximate < 1e-6

    @pytest.mark.parametrize("test", ["g-test", "exact"])
    def test_tables_have_tests_without_permutations(self, test: str) -> None:
        pair = counts(30, mix=0.8, levels=2)
        found = assess(*pair, settings=PLUGIN, uncertainty=Uncertainty(test=test))
        assert found.test is not None
        assert found.test.method == test
        assert found.test.p_value < 0.01
        assert found.test.n_permutations is None

    def test_an_exactly_independent_table_has_a_p_of_one(self) -> None:
        pair = labels(np.tile([0, 0, 1, 1], 5)), labels(np.tile([0, 1, 0, 1], 5), "y")
        found = assess(*pair, settings=PLUGIN, uncertainty=Uncertainty(test="g-test"))
        assert found.test is not None
        assert found.test.p_value == 1.0
        assert "sparse_g_test" not in {note.code for note in found.notes}  # 5 in each cell

    def test_a_g_test_of_a_sparse_table_points_to_others(self) -> None:
        """12 × 12 levels by Zipf's law, 60 rows: it never rejects at all."""
        shares = 1 / np.arange(1, 13) / np.sum(1 / np.arange(1, 13))
        x, y = np.random.default_rng(5).choice(12, (2, 60), p=shares)
        asked = Uncertainty(test="g-test")
        found = assess(labels(x), labels(y, "y"), settings=PLUGIN, uncertainty=asked)
        (note,) = (note for note in found.notes if note.code == "sparse_g_test")
        assert note.level == "warning"
        assert note.message.endswith("use --permutations 999 or, for a small table, --test exact")
        other = Uncertainty(n_permutations=19)
        found = assess(labels(x), labels(y, "y"), settings=PLUGIN, uncertainty=other)
        assert "sparse_g_test" not in {note.code for note in found.notes}

    def test_tests_of_tables_are_refused_for_numbers(self) -> None:
        with pytest.raises(UsageError, match="exact is for estimators of counts, not for ksg"):
            assess(*gaussian(0.5, 100), settings=KSG, uncertainty=Uncertainty(test="exact"))

    def test_all_shifts_are_the_most_there_are(self) -> None:
        asked = Uncertainty(n_permutations=999, order="time")
        found = assess(ar1(0.9, 150, 1), ar1(0.9, 150, 2), settings=GCMI, uncertainty=asked)
        assert found.test is not None
        assert (found.test.method, found.test.n_permutations) == ("circular-shift", 149)

    @pytest.mark.parametrize("kind", ["numbers", "labels"])
    def test_a_common_cause_is_not_dependence_given_it(self, kind: str) -> None:
        rng = np.random.default_rng(3)
        z = rng.integers(0, 4, 300) if kind == "labels" else rng.standard_normal(300)
        x, y = z + 0.5 * rng.standard_normal(300), z + 0.5 * rng.standard_normal(300)
        given = (labels if kind == "labels" else numbers)(z, "z")
        settings = Settings("ksg") if kind == "numbers" else Settings("bins")
        asked = Uncertainty(n_permutations=99)
        alone = assess(numbers(x), numbers(y, "y"), settings=settings, uncertainty=asked)
        found = assess(numbers(x), numbers(y, "y"), given, settings=settings, uncertainty=asked)
        assert alone.test is not None
        assert found.test is not None
        assert alone.test.p_value <= 0.02
        assert found.test.p_value > 0.05
        assert found.test.method.startswith("local-permutation")


class TestGroups:
    subject = np.repeat(np.arange(30), 10)

    def pair(self, seed: int) -> tuple[Variable, Variable]:
        """Two traits of 30 subjects, unrelated, each measured ten times."""
        rng = np.random.default_rng(seed)
        x, y = (
            rng.standard_normal(30)[self.subject] + 0.1 * rng.standard_normal(300) for _ in "xy"
        )
        return numbers(x, "x"), numbers(y, "y")

    def test_repeated_measures_are_not_dependence(self) -> None:
        p = {"alone": [], "together": []}
        for seed in range(20):
            for name, groups in (("alone", None), ("together", labels(self.subject, "id"))):
                asked = Uncertainty(n_permutations=19)
                found = assess(
                    *self.pair(seed), settings=Settings("gcmi"), uncertainty=asked, groups=groups
                )
                assert found.test is not None
                p[name].append(found.test.p_value)
        assert np.mean(np.array(p["alone"]) <= 0.05) > 0.3
        assert np.mean(np.array(p["together"]) <= 0.05) <= 0.15

    def test_groups_widen_the_interval(self) -> None:
        widths = []
        for groups in (None, labels(self.subject, "id")):
            found = assess(
                *self.pair(0),
                settings=GCMI,
                uncertainty=Uncertainty(n_resamples=100),
                groups=groups,
            )
            assert found.interval is not None
            widths.append(found.interval.se)
        assert widths[1] > 1.5 * widths[0]

    def test_too_few_groups_are_told_what_to_do(self) -> None:
        asked, few = Uncertainty(level=0.9), labels(self.subject % 4, "id")
        found = assess(*self.pair(0), settings=GCMI, uncertainty=asked, groups=few)
        (reason,) = (note.message for note in found.notes if note.code == "no_interval")
        assert "needs at least 5 groups, got 4; leave out --groups" in reason

    def test_groups_and_time_exclude_each_other(self) -> None:
        with pytest.raises(UsageError, match="exclude each other"):
            assess(
                *self.pair(0),
                settings=GCMI,
                uncertainty=Uncertainty(level=0.9, order="time"),
                groups=labels(self.subject, "id"),
            )


class TestLocalPermutation:
    @pytest.mark.parametrize("n_dims", [1, 3])
    def test_every_row_moves_to_a_neighbour(self, n_dims: int) -> None:
        points = stream(0, "points").standard_normal((200, n_dims))
        neighbors = nearest_rows(points, np.zeros(n_dims, bool), 5)
        moved = local_permutation(neighbors, stream(0, "local"))
        assert sorted(moved) == list(range(200))
        assert (neighbors == moved[:, None]).any(axis=1).all()
        assert np.count_nonzero(moved != np.arange(200)) > 120

    def test_equal_rows_still_find_a_place(self) -> None:
        points = np.repeat([[0.0], [1.0]], 50, axis=0)
        neighbors = nearest_rows(points, np.zeros(1, bool), 5)
        moved = local_permutation(neighbors, stream(0, "local"))
        assert sorted(moved) == list(range(100))
        np.testing.assert_array_equal(points[moved], points)

    def test_other_labels_are_never_near(self) -> None:
        rng = stream(0, "points")
        points = np.column_stack((rng.integers(0, 2, 100), rng.standard_normal(100)))
        neighbors = nearest_rows(points, np.array([True, False]), 5)
        assert (points[neighbors, 0] == points[:, :1]).all()


def test_a_test_says_what_chance_reaches_in_19_of_20_permutations(rng):
    """The number it compares is the estimate: its percentile stands beside it, in its unit."""
    x, y = rng.normal(size=(2, 200))
    nats, bits = (
        mitool.estimate(x, y, "gcmi", permutations=99, statistic="estimate", unit=unit)
        for unit in ("nats", "bits")
    )
    reached = nats.row()["extras"]["null_95"]
    assert bits.row()["extras"]["null_95"] == pytest.approx(reached / math.log(2))
    # Of a Gaussian pair, 2 n I is about chi-square with one degree of freedom: 3.84 at .95
    assert reached == pytest.approx(3.84 / 400 - 1 / 400, abs=0.004)
    assert "null_95" not in mitool.estimate(x, y, "ksg", permutations=99).row()["extras"]
