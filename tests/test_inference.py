"""Resampling, intervals, tests and multiplicity, checked against slow twins and simulation."""

from __future__ import annotations

from functools import partial
from itertools import pairwise, product
from math import comb, exp, log

import numpy as np
import pytest
from scipy import stats

from mitool.errors import MitoolError
from mitool.inference import (
    bounds,
    contingency,
    count_intervals,
    exact,
    intervals,
    multiplicity,
    permutation,
    remaining_bias,
    resampling,
    sampling_units,
)
from mitool.inference.sample import Sample
from mitool.seeds import stream, task_name, words


def sample_of(values, estimate=np.mean, kind=None, **rest) -> Sample:
    """An interval's input for a statistic of a vector."""
    return Sample(
        float(estimate(values)),
        lambda rows: float(estimate(values[rows])),
        kind or sampling_units.single_rows(len(values)),
        task_name("mean", "x"),
        **rest,
    )


class TestSeeds:
    @pytest.mark.parametrize("seed", [0, np.int64(8), 2**32 - 1, 2**32, 2**64 + 5, 2**130])
    @pytest.mark.parametrize("number", [0, np.int32(998), 2**32])
    def test_a_stream_is_that_of_a_spawned_sequence(self, seed: int, number: int) -> None:
        sequence = np.random.SeedSequence(seed, spawn_key=(*words("a"), number))
        expected = np.random.default_rng(sequence).bit_generator.state
        assert stream(seed, "a", number).bit_generator.state == expected

    def test_a_stream_depends_on_seed_name_and_number_only(self) -> None:
        first = stream(1, "a", 2).random(3)
        np.testing.assert_array_equal(first, stream(1, "a", 2).random(3))
        for other in (stream(2, "a", 2), stream(1, "b", 2), stream(1, "a", 3)):
            assert not np.array_equal(first, other.random(3))

    def test_names_do_not_run_together(self) -> None:
        assert task_name("ab", "c") != task_name("a", "bc")


class TestUnits:
    def test_every_row_is_in_one_unit(self) -> None:
        codes = np.array([2, 0, 2, 1, 0, 2])
        for kind in (
            sampling_units.single_rows(6),
            sampling_units.blocks(6, 2),
            sampling_units.groups(codes),
        ):
            rows = np.concatenate([kind.take(np.array([u])) for u in range(len(kind))])
            assert sorted(rows) == list(range(6))

    def test_a_group_stays_together(self) -> None:
        kind = sampling_units.groups(np.array([7, 3, 7, 3, 9]))
        assert [kind.take(np.array([u])).tolist() for u in range(3)] == [[1, 3], [0, 2], [4]]

    def test_no_block_is_shorter_than_asked(self) -> None:
        assert sampling_units.blocks(103, 10).sizes.min() >= 10

    @pytest.mark.parametrize("length", [0, 51, 1000])
    def test_a_block_that_does_not_fit_is_refused(self, length: int) -> None:
        with pytest.raises(MitoolError, match=f"a block of {length} rows does not fit: .* 1 to 50"):
            sampling_units.blocks(100, length)


class TestResampling:
    def test_halves_are_distinct_rows_in_order(self) -> None:
        rows = resampling.half(sampling_units.single_rows(101), stream(0, "t"))
        assert len(rows) == 50
        assert (np.diff(rows) > 0).all()

    def test_a_half_takes_whole_groups(self) -> None:
        codes = np.repeat(np.arange(10), 3)
        rows = resampling.half(sampling_units.groups(codes), stream(0, "t"))
        assert (np.bincount(codes[rows], minlength=10) % 3 == 0).all()

    @pytest.mark.parametrize("kind", [sampling_units.single_rows(53), sampling_units.blocks(53, 5)])
    def test_deletions_leave_out_every_row_once(self, kind: sampling_units.Units) -> None:
        kept = np.concatenate(list(resampling.deletions(kind, 7, stream(0, "t"))))
        assert (np.bincount(kept) == 6).all()

    def test_deleted_blocks_are_contiguous(self) -> None:
        for rows in resampling.deletions(sampling_units.blocks(100, 5), 10, stream(0, "t")):
            gone = np.setdiff1d(np.arange(100), rows)
            assert gone[-1] - gone[0] == len(gone) - 1

    def test_parts_are_disjoint_and_complete(self) -> None:
        found = list(resampling.parts(sampling_units.single_rows(20), 3, stream(0, "t")))
        assert sorted(np.concatenate(found)) == list(range(20))

    def test_moving_blocks_run_on_within_a_block(self) -> None:
        rows = resampling.moving_blocks(100, 10, stream(0, "t")).reshape(10, 10)
        assert (np.diff(rows, axis=1) == 1).all()

    def test_stationary_blocks_have_the_mean_length(self) -> None:
        rows = resampling.stationary_blocks(100_000, 20, stream(0, "t"))
        breaks = np.count_nonzero(np.diff(rows) % 100_000 != 1)
        assert len(rows) / breaks == pytest.approx(20, rel=0.05)

    def test_exchange_moves_whole_groups_of_one_size(self) -> None:
        codes = np.repeat(np.arange(8), 3)
        moved = resampling.exchange(sampling_units.groups(codes), stream(0, "t"))
        assert sorted(moved) == list(range(24))
        assert all(len(set(codes[moved[i : i + 3]])) == 1 for i in range(0, 24, 3))
        assert not np.array_equal(moved, np.arange(24))

    def test_exchange_of_groups_of_every_size_is_a_permutation(self) -> None:
        codes = np.repeat([0, 1, 2, 3, 4], [1, 2, 3, 3, 5])
        assert sorted(resampling.exchange(sampling_units.groups(codes), stream(0, "t"))) == list(
            range(14)
        )

    def test_within_levels_keeps_the_code_of_every_row(self) -> None:
        codes = stream(0, "codes").integers(0, 4, 200)
        moved = resampling.within_levels(codes, stream(0, "t"))
        assert sorted(moved) == list(range(200))
        np.testing.assert_array_equal(codes[moved], codes)
        assert np.count_nonzero(moved != np.arange(200)) > 150

    def test_a_block_outlasts_the_autocorrelation(self) -> None:
        noise = stream(0, "ar").standard_normal(1000)
        series = noise.copy()
        for t in range(1, 1000):
            series[t] += 0.9 * series[t - 1]
        assert resampling.block_length(noise) <= 10
        assert 40 <= resampling.block_length(series) <= 250
        assert resampling.block_length(np.ones(100)) == 1


class TestIntervals:
    values = stream(0, "values").normal(3.0, 2.0, 400)
    se = 2.0 / 20.0

    @pytest.mark.parametrize(
        ("method", "n_resamples", "tolerance"),
        [
            (intervals.subsample, 400, 0.1),
            (intervals.bootstrap, 400, 0.1),
            (intervals.group_jackknife, 0, 0.35),
            (intervals.holmes_nemenman, 0, 0.35),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_standard_error_of_a_mean(self, method, n_resamples, tolerance) -> None:
        found = method(sample_of(self.values), 0.95, n_resamples)
        assert found.se == pytest.approx(self.se, rel=tolerance)
        assert found.low < self.values.mean() < found.high

    @pytest.mark.parametrize("method", [intervals.subsample, intervals.bootstrap])
    def test_the_same_for_any_number_of_threads(self, method) -> None:
        first, second = (method(sample_of(self.values, n_jobs=j), 0.9, 50) for j in (1, 3))
        assert first == second

    def test_the_group_jackknife_of_series_sees_their_autocorrelation(self) -> None:
        rng, covered = stream(1, "ar"), 0
        for _ in range(200):
            series = rng.standard_normal(600)
            for t in range(1, 600):
                series[t] += 0.8 * series[t - 1]
            kind = sampling_units.blocks(600, resampling.block_length(series))
            found = intervals.group_jackknife(sample_of(series, kind=kind), 0.95, 0)
            covered += found.low < 0.0 < found.high
        assert 0.90 <= covered / 200 <= 0.99

    def test_whole_groups_widen_the_interval_of_repeated_measures(self) -> None:
        subject = np.repeat(np.arange(50), 8)
        values = stream(0, "subjects").standard_normal(50)[subject]
        alone = intervals.subsample(sample_of(values), 0.95, 200)
        together = intervals.subsample(
            sample_of(values, kind=sampling_units.groups(subject)), 0.95, 200
        )
        assert together.method == "subsample-groups"
        assert together.se / alone.se == pytest.approx(np.sqrt(8), rel=0.2)

    @pytest.mark.parametrize(
        ("of", "counts"), [("mi", True), ("difference", True), ("measure", False)]
    )
    def test_of_a_bias_that_falls_slowly_one_end_holds_three_quarters(self, of, counts) -> None:
        biased = sample_of(
            self.values, lambda values: values.mean() + 20.0 / np.sqrt(len(values)), quantity=of
        )
        found = intervals.subsample(biased, 0.95, 400)
        assert found.drift == pytest.approx(-0.75 if counts else 0.0, abs=1e-9)
        assert found.sampling_se == pytest.approx(self.se, rel=0.1)
        assert (found.low < self.values.mean() + 0.25) == counts

    @pytest.mark.parametrize(("sign", "end"), [(-1, "high"), (1, "low")])
    def test_the_end_that_reaches_further_is_where_the_estimate_goes(self, sign, end) -> None:
        def value(values):
            return values.mean() + sign * 20.0 / np.sqrt(len(values))

        found = intervals.subsample(sample_of(self.values, value), 0.95, 400)
        plain = intervals.subsample(sample_of(self.values, value, quantity="measure"), 0.95, 400)
        other = {"high": "low", "low": "high"}[end]
        assert abs(getattr(found, end) - getattr(plain, end)) == pytest.approx(0.75, abs=0.05)
        assert getattr(found, other) == pytest.approx(getattr(plain, other), abs=0.05)

    @pytest.mark.parametrize(("n", "n_parts"), [(400, 8), (200, 8), (199, 4), (99, 2), (20, 2)])
    def test_rows_are_parted_in_eighths_or_in_what_has_25_of_them(self, n, n_parts) -> None:
        sizes = []

        def value(values):
            sizes.append(len(values))
            return float(len(values))

        found = remaining_bias.bias_left(sample_of(self.values[:n], value))
        assert set(np.array(sizes[1:]) // (n // n_parts)) == {1}
        assert found == pytest.approx(0.75 * (n - n / n_parts) / (np.sqrt(n_parts) - 1))

    def test_parts_too_small_for_an_estimate_are_larger_ones(self) -> None:
        def value(values):
            if len(values) < 120:
                raise MitoolError("too few")
            return float(len(values))

        left = remaining_bias.bias_left(sample_of(self.values, value))
        assert left == pytest.approx(0.75 * 200 / (np.sqrt(2) - 1))

        def alone(values):
            if len(values) < 400:
                raise MitoolError("too few")
            return 1.0

        assert remaining_bias.bias_left(sample_of(self.values, alone)) == 0.0

    def test_few_groups_of_many_rows_do_not_stretch_an_interval(self) -> None:
        groups = sampling_units.groups(np.arange(400) % 20)
        found = intervals.subsample(sample_of(0.01 * self.values, kind=groups), 0.95, 100)
        middle = (found.low + found.high) / 2.0
        assert middle == pytest.approx(0.01 * self.values.mean(), abs=1.125 * 1.985**2 / 400 + 1e-9)

    @pytest.mark.parametrize("n", [2, 20, 41, 50, 1000])
    @pytest.mark.parametrize("level", [0.5, 0.95, 0.99])
    def test_few_resamples_do_not_know_their_own_deviation(self, n, level) -> None:
        expected = stats.t.ppf(0.5 + level / 2, n - 1)
        assert bounds.resampled_quantile(level, n) == pytest.approx(expected, abs=2e-4)

    def test_the_ends_of_an_interval_of_mi_are_where_the_error_there_just_reaches(self) -> None:
        found = bounds.growing(0.2, 0.05, 1.96, 0.95, "subsample", 100)
        for end in (found.low, found.high):
            variance = 0.05**2 + 2.25 * exp(-0.1) * (end - 0.2) / 100
            assert (end - 0.2) ** 2 == pytest.approx(1.96**2 * variance)
        assert found.high - 0.2 > 0.2 - found.low > 0

    @pytest.mark.parametrize("level", [0.0, 1.0, 95.0, -0.5])
    def test_a_level_outside_0_1_is_refused(self, level: float) -> None:
        with pytest.raises(MitoolError, match="must lie between 0 and 1"):
            bounds.check_level(level)

    @pytest.mark.parametrize(
        ("method", "needed"),
        [(intervals.subsample, 16), (intervals.holmes_nemenman, 100)],
    )
    def test_too_few_rows_are_refused_with_the_number_needed(self, method, needed) -> None:
        with pytest.raises(MitoolError, match=f"needs at least {needed} rows, got 10"):
            method(sample_of(self.values[:10]), 0.95, 50)


def naive_mi(x, y) -> float:
    table = np.zeros((x.max() + 1, y.max() + 1))
    np.add.at(table, (x, y), 1.0)
    p = table / len(x)
    expected = p.sum(1, keepdims=True) * p.sum(0, keepdims=True)
    return float(sum(a * log(a / b) for a, b in zip(p.flat, expected.flat, strict=True) if a > 0))


def draw_table(rng, n, mix=0.5, levels=4):
    x = rng.integers(0, levels, n)
    return x, np.where(rng.random(n) < mix, x, rng.integers(0, levels, n))


class TestTables:
    x, y = draw_table(stream(0, "table"), 80)

    def test_plugin_mi(self) -> None:
        table = contingency.table_of(self.x, self.y)
        assert contingency.plugin_mi(table) == pytest.approx(naive_mi(self.x, self.y), abs=1e-12)

    def test_jackknife_leaves_out_every_row(self) -> None:
        n, full = len(self.x), naive_mi(self.x, self.y)
        without = np.array([naive_mi(np.delete(self.x, i), np.delete(self.y, i)) for i in range(n)])
        center, se = count_intervals.jackknifed(contingency.table_of(self.x, self.y))
        assert center == pytest.approx(n * full - (n - 1) * without.mean(), abs=1e-10)
        assert se == pytest.approx(np.sqrt((n - 1) * without.var()), abs=1e-10)

    def test_a_condition_adds_up_over_its_levels(self) -> None:
        z = stream(9, "z").integers(0, 3, 80)
        parts = [naive_mi(self.x[z == v], self.y[z == v]) * np.mean(z == v) for v in range(3)]
        table = contingency.table_of(self.x, self.y, z)
        assert contingency.plugin_mi(table) == pytest.approx(sum(parts), abs=1e-12)
        assert table.degrees == 27

    @pytest.mark.parametrize("method", ["jackknife", "chi2", "studentised"])
    def test_coverage(self, method: str) -> None:
        p = np.full((4, 4), 0.125 / 4) + np.diag(np.full(4, 0.125 / 1.0))
        p /= p.sum()
        truth = float(np.sum(p * np.log(p / (p.sum(1, keepdims=True) * p.sum(0)))))
        rng, covered = stream(2, "coverage"), 0
        for i in range(300):
            cells = rng.choice(16, 200, p=p.ravel())
            table = contingency.table_of(cells // 4, cells % 4)
            if method == "studentised":
                found = count_intervals.studentised(table, 0.95, 49, i, "t")
            else:
                found = getattr(count_intervals, method)(table, 0.95)
            covered += found.low <= truth <= found.high
        assert 0.91 <= covered / 300 <= 0.99

    def test_chi2_reaches_zero_for_independent_rows(self) -> None:
        rng = stream(0, "independent")
        found = count_intervals.chi2(
            contingency.table_of(rng.integers(0, 3, 500), rng.integers(0, 3, 500)), 0.95
        )
        assert found.low == 0.0
        assert found.high > 0.0

    def test_a_table_of_one_row_is_refused(self) -> None:
        table = contingency.table_of(np.zeros(9, int), np.arange(9) % 2)
        with pytest.raises(MitoolError, match="at least 2 × 2 levels, got 1 × 2"):
            count_intervals.jackknife(table, 0.95)


class TestExact:
    def test_g_test_is_scipys(self) -> None:
        x, y = draw_table(stream(3, "table"), 60, mix=0.2)
        counts = np.zeros((4, 4))
        np.add.at(counts, (x, y), 1)
        expected = stats.chi2_contingency(counts, correction=False, lambda_="log-likelihood")
        assert exact.g_test(contingency.table_of(x, y)).p_value == pytest.approx(expected.pvalue)

    def test_g_is_never_below_zero_by_rounding(self) -> None:
        """Counts r_i c_j are exactly independent: G = 0 and p = 1, whatever the sum's last bit."""
        rng = stream(8, "independent")
        for _ in range(300):
            rows, columns = rng.integers(1, 9, rng.integers(2, 6)), rng.integers(1, 9, 3)
            counts = np.outer(rows, columns)
            x, y = (np.repeat(side.ravel(), counts.ravel()) for side in np.indices(counts.shape))
            assert exact.g_test(contingency.table_of(x, y)).p_value == pytest.approx(1.0)

    @pytest.mark.parametrize("conditional", [False, True])
    def test_cells_that_expect_few_rows_are_counted(self, conditional: bool) -> None:
        x, y, z = stream(4, "few").integers(0, [5, 4, 3], (60, 3)).T
        z = z if conditional else np.zeros(60, int)
        for n_rows in (1, 5):
            expected = np.concatenate(
                [
                    np.outer(
                        np.unique(x[z == level], return_counts=True)[1],
                        np.unique(y[z == level], return_counts=True)[1],
                    ).ravel()
                    / np.sum(z == level)
                    for level in np.unique(z)
                ]
            )
            found = contingency.table_of(x, y, z).n_expecting_fewer(n_rows)
            assert found == (np.sum(expected < n_rows), len(expected))

    def test_two_by_two_is_the_sum_over_hypergeometric_tables(self) -> None:
        x, y = np.repeat([0, 0, 1, 1], [7, 2, 3, 8]), np.repeat([0, 1, 0, 1], [7, 2, 3, 8])
        n, first, second = 20, 9, 10

        def mi(a: int) -> float:
            cells = np.repeat([0, 1, 2, 3], [a, first - a, second - a, n - first - second + a])
            return naive_mi(cells // 2, cells % 2)

        weights = {a: comb(first, a) * comb(n - first, second - a) for a in range(first + 1)}
        reached = sum(w for a, w in weights.items() if mi(a) >= mi(7) - 1e-12)
        found = exact.exact_test(contingency.table_of(x, y))
        assert found.p_value == pytest.approx(reached / comb(n, second))

    def test_larger_tables_agree_with_permutations(self) -> None:
        x, y = draw_table(stream(5, "table"), 24, mix=0.3, levels=3)
        table = contingency.table_of(x, y)
        rng = stream(0, "permute")
        values = np.array([naive_mi(x, rng.permutation(y)) for _ in range(4000)])
        share = np.mean(values >= naive_mi(x, y) - 1e-12)
        assert exact.exact_test(table).p_value == pytest.approx(share, abs=0.025)

    def test_too_many_tables_are_refused(self) -> None:
        x, y = draw_table(stream(5, "table"), 400, levels=5)
        with pytest.raises(MitoolError, match="use --permutations 999"):
            exact.exact_test(contingency.table_of(x, y))


def correlation(x, y):
    def each(i):
        return (float(np.corrcoef(x, stream(0, "test", i).permutation(y))[0, 1]),)

    return partial(map, each)


class TestPermutation:
    def test_p_counts_the_observed_one_and_is_never_zero(self) -> None:
        assert permutation.p_value(9.0, np.zeros(99)) == 0.01
        assert permutation.p_value(0.0, np.array([0.0, -1.0, 1.0])) == 0.75

    def test_sums_that_differ_in_rounding_are_ties(self) -> None:
        assert permutation.p_value(0.1 + 0.2, np.array([0.3, 0.0, 0.0])) == 0.5

    def test_the_same_for_any_number_of_threads(self) -> None:
        rng = stream(0, "data")
        x, y = rng.random(50), rng.random(50)
        null = [list(permutation.null(correlation(x, y), 100, n_jobs)) for n_jobs in (1, 3)]
        assert null[0] == null[1]

    def test_type_i_error(self) -> None:
        rng, rejected = stream(0, "null"), 0
        for _ in range(1000):
            values = rng.standard_normal(100)
            rejected += permutation.p_value(values[0], values[1:]) <= 0.05
        assert 0.035 <= rejected / 1000 <= 0.065

    def test_sequential_stops_early_and_counts_what_it_drew(self) -> None:
        values = iter([1.0, 0.0] * 500)
        found = permutation.sequential_test(0.5, lambda _: zip(values), 999, stop_at=10)
        assert (found.p_value, found.n_permutations) == (10 / 19, 19)
        assert found.method == "permutation-sequential"

    def test_sequential_without_a_stop_is_the_plain_test(self) -> None:
        found = permutation.sequential_test(5.0, lambda some: ((float(i == 3),) for i in some), 99)
        assert (found.p_value, found.n_permutations) == (0.01, 99)

    def test_sequential_keeps_the_level(self) -> None:
        rng = stream(1, "sequential")
        p = [
            permutation.sequential_test(
                rng.standard_normal(), lambda some: zip(rng.standard_normal(len(some))), 199
            ).p_value
            for _ in range(1000)
        ]
        assert 0.035 <= np.mean(np.array(p) <= 0.05) <= 0.065

    def test_the_maximum_takes_the_scale_that_sees_it(self) -> None:
        rng = stream(0, "scales")
        noise = rng.standard_normal((199, 2)) * [1.0, 100.0]
        found = permutation.permutation_test((6.0, 0.0), lambda some: map(tuple, noise[some]), 199)
        assert found.method == "permutation-max"
        assert found.p_value == 1 / 200

    def test_pearson_tail_of_a_skewed_null(self) -> None:
        gamma = stats.gamma(9.0)
        values = gamma.rvs(2000, random_state=0)
        approximate = permutation.pearson3_tail(float(gamma.isf(1e-4)), values)
        assert 1e-4 / 3 < approximate < 3e-4

    def test_a_tail_from_few_permutations_is_refused(self) -> None:
        with pytest.raises(MitoolError, match="at least 999 permutations, got 99"):
            permutation.permutation_test((1.0,), lambda some: [(0.0,)] * len(some), 99, tail=True)


class TestMultiplicity:
    p = np.array([0.01, 0.04, 0.03, 0.5, 0.005])

    @pytest.mark.parametrize("how", ["bh", "by"])
    def test_false_discovery_rates_are_scipys(self, how: str) -> None:
        expected = stats.false_discovery_control(self.p, method=how)
        np.testing.assert_allclose(multiplicity.adjusted(self.p, how), expected)

    def test_holm(self) -> None:
        np.testing.assert_allclose(
            multiplicity.adjusted(self.p, "holm"), [0.04, 0.09, 0.09, 0.5, 0.025]
        )

    def test_failed_tests_stay_out(self) -> None:
        found = multiplicity.adjusted(np.append(self.p, np.nan), "bh")
        np.testing.assert_array_equal(found[:5], multiplicity.adjusted(self.p, "bh"))
        assert np.isnan(found[5])

    def test_the_maximum_is_at_least_the_single_p(self) -> None:
        rng = stream(0, "max")
        statistics = rng.standard_normal((200, 6))
        statistics[0, 5] += 4.0
        scores = permutation.standardised(statistics)
        joint = multiplicity.by_largest(scores[0], scores[1:].max(axis=1))
        single = np.array([permutation.p_value(each[0], each[1:]) for each in scores.T])
        assert (joint >= single).all()
        assert joint[5] <= 0.02

    def test_adjusted_p_values_grow_with_p(self) -> None:
        p = stream(0, "p").random(50)
        for how in multiplicity.ADJUSTMENTS:
            found = multiplicity.adjusted(p, how)[np.argsort(p)]
            assert all(a <= b for a, b in pairwise(found))

    @pytest.mark.parametrize(("how", "n"), [("bh", 1999), ("holm", 1999), ("max", 19)])
    def test_too_few_permutations_are_refused_with_the_number_needed(self, how, n) -> None:
        multiplicity.check_resolution(n, 100, how)
        with pytest.raises(MitoolError, match=f"use --permutations {n} or more"):
            multiplicity.check_resolution(n - 1, 100, how)


def test_exact_enumeration_meets_every_table() -> None:
    rows, columns = np.array([3, 2]), np.array([2, 2, 1])
    found, weights = exact._all_tables(rows, columns, np.log([1, 1, 2, 6, 24, 120]))
    expected = [t for t in product(range(3), range(3), range(2)) if sum(t) == 3]
    assert len(found) == len(weights) == len(expected)
