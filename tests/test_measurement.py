"""The path from variables to an estimate, with an estimator simple enough to check by eye."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import numpy as np
import pytest

from mitool.errors import MitoolError, UsageError
from mitool.estimators.base import NUMERIC, Estimator, Value
from mitool.estimators.parameters import create
from mitool.measure.estimation import measure, measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.parallel import for_slices, ordered_map, threads_inside
from mitool.tables.column import Column
from mitool.variables import Kind, Variable, complete, gather, is_identifier
from mitool.variables.lags import lagged, transferred
from mitool.variables.transforms import transform
from tests.make import text_column


def number_column(name: str, values: object) -> Column:
    return Column(name, np.asarray(values, dtype=float))


def kind_of(column: Column) -> tuple[Kind, list[str]]:
    variable = gather([column])
    return variable.kind, [note.code for note in variable.notes]


class TestKinds:
    def test_text_is_discrete(self) -> None:
        assert kind_of(text_column(["m", "f"] * 5, "sex")) == ("discrete", [])

    def test_whole_numbers_with_few_levels_are_discrete_with_a_note(self) -> None:
        found = kind_of(number_column("count", [0, 1, 2, np.nan] * 10))
        assert found == ("discrete", ["integer_as_discrete"])

    def test_whole_numbers_with_few_rows_a_level_are_continuous(self) -> None:
        assert kind_of(number_column("rank", np.arange(15)))[0] == "continuous"

    @pytest.mark.parametrize("values", [[0, 1, 0, 1], [0, 0, 1], [5, 7, 7, np.nan]])
    def test_two_whole_numbers_are_labels_in_the_smallest_table(self, values: list) -> None:
        assert kind_of(number_column("bit", values)) == ("discrete", ["integer_as_discrete"])

    @pytest.mark.parametrize("values", [[0, 1], [0, 1, 2], [0.5, 1, 1, 0.5]])
    def test_other_numbers_of_a_small_table_are_numbers(self, values: list) -> None:
        assert kind_of(number_column("few", values))[0] == "continuous"

    def test_a_share_of_zeros_makes_a_column_mixed(self) -> None:
        rain = np.where(np.arange(200) % 3 == 0, 0.0, np.linspace(0.1, 9, 200))
        assert kind_of(number_column("rain", rain))[0] == "mixed"

    def test_names_of_every_row_are_an_identifier(self) -> None:
        assert is_identifier(text_column(["a", "b", "c"], "id"))
        assert not is_identifier(text_column(["a", "b", "a"], "sex"))

    def test_the_user_decides(self) -> None:
        column = number_column("count", [0, 1, 2, 3] * 10)
        assert gather([column], continuous=["count"]).kind == "mixed"
        assert gather([number_column("x", [0.5, 1.5, 2.5])], discrete=["x"]).kind == "discrete"

    def test_text_cannot_be_continuous(self) -> None:
        with pytest.raises(MitoolError, match=r"'sex' holds text \('f' …\), which cannot"):
            gather([text_column(["m", "f"], "sex")], continuous=["sex"])


def test_infinite_values_are_refused_with_their_count() -> None:
    with pytest.raises(MitoolError, match="'a' has 2 infinite of 3 values"):
        gather([number_column("a", [1.0, np.inf, -np.inf])])


class TestToyTables:
    """What anyone counts by hand comes out as anyone counts it."""

    @staticmethod
    def bits(name: str, values: list[int]) -> Variable:
        return gather([number_column(name, values)])

    @pytest.mark.parametrize(
        ("x", "y", "truth"),
        [
            ([0, 0, 1, 1], [0, 0, 1, 1], np.log(2)),
            ([0, 0, 1, 1], [1, 1, 0, 0], np.log(2)),
            ([0, 0, 1, 1], [0, 1, 0, 1], 0.0),
            ([0, 1, 1], [0, 1, 1], np.log(3) - 2 / 3 * np.log(2)),
        ],
    )
    def test_auto_counts_few_bits_as_by_hand(self, x: list, y: list, truth: float) -> None:
        found = measure(self.bits("x", x), self.bits("y", y))
        assert (found.estimator, found.kind_x) == ("plugin", "discrete")
        assert found.mi == pytest.approx(truth, abs=1e-12)

    def test_two_bits_tell_the_truth_table_of_their_xor(self) -> None:
        x, y, z = ([0, 0, 1, 1], [0, 1, 0, 1], [0, 1, 1, 0])
        both = gather([number_column("x", x), number_column("y", y)])
        assert measure(both, self.bits("z", z)).mi == pytest.approx(np.log(2), abs=1e-12)
        given = measure(self.bits("x", x), self.bits("z", z), self.bits("y", y))
        assert given.mi == pytest.approx(np.log(2), abs=1e-12)

    def test_ten_rows_are_no_toy(self) -> None:
        x = self.bits("x", [0, 1] * 5)
        assert measure(x, x).estimator == "nsb"


class TestMissing:
    x = gather([number_column("x", [1.0, np.nan, 3.0, 4.0])])
    y = gather([number_column("y", [1.0, 2.0, np.nan, 5.0])])

    def test_rows_missing_in_either_go(self) -> None:
        (x, y), n_dropped = complete(self.x, self.y)
        assert n_dropped == 2
        np.testing.assert_array_equal(x.values, [[1.0], [4.0]])
        np.testing.assert_array_equal(y.values, [[1.0], [5.0]])

    def test_or_are_refused(self) -> None:
        with pytest.raises(MitoolError, match="2 of 4 rows have a missing value in 'x', 'y'"):
            complete(self.x, self.y, missing="error")

    def test_different_lengths_are_refused(self) -> None:
        with pytest.raises(MitoolError, match="'x' has 4, 'y' has 2"):
            complete(self.x, gather([number_column("y", [1.0, 2.0])]))


class TestTransforms:
    def test_normal_scores_are_quantiles_of_average_ranks(self) -> None:
        from scipy.stats import norm, rankdata

        for n_samples in (4, 7, 30_001):
            values = np.random.default_rng(n_samples).integers(0, 50, n_samples)
            found = transform(gather([number_column("a", values)], continuous=["a"]), "normal")
            expected = norm.ppf(rankdata(values) / (n_samples + 1))
            np.testing.assert_allclose(found.values[:, 0], expected, atol=1e-13)

    def test_normal_scores_do_not_change_under_monotone_maps(self) -> None:
        values = np.random.default_rng(0).normal(size=100)
        raw, cubed = (gather([number_column("a", v)]) for v in (values, np.exp(3 * values)))
        np.testing.assert_array_equal(
            transform(raw, "normal").values, transform(cubed, "normal").values
        )

    def test_discrete_columns_stay_as_they_are(self) -> None:
        joint = gather(
            [text_column(["a", "b"] * 10, "s"), number_column("x", np.linspace(0, 1, 20))]
        )
        assert set(transform(joint, "normal").values[:, 0]) == {0.0, 1.0}


class TestReplicates:
    """Where ranks alone count, the orders of some rows are taken from those of all."""

    @staticmethod
    def pair(n: int, *, tied: bool) -> list[Variable]:
        values = np.random.default_rng(n).normal(size=(2, n))
        values[1] = np.round(values[0] + values[1], 1) if tied else values[0] + values[1]
        return [
            gather([number_column(name, v)], continuous=[name])
            for name, v in zip("xy", values, strict=True)
        ]

    @pytest.mark.parametrize("tied", [False, True])
    @pytest.mark.parametrize("how", ["none", "standard", "rank", "normal"])
    @pytest.mark.parametrize("estimator", ["ksg", "two-scales", "mesner", "mixed-ksg", "gcmi"])
    @pytest.mark.parametrize("n", [20, 300, 3000])
    def test_they_are_estimates_on_those_rows_alone(self, n, estimator, how, tied) -> None:
        x, y = self.pair(n, tied=tied)
        whole, _ = measurement_of(x, y, None, Settings(estimator, transform=how))
        for rows in (np.arange(0, n, 2), np.random.default_rng(0).permutation(n)[: n // 3 + 4]):
            alone = Measurement(whole.method, x.take(rows), y.take(rows))
            assert whole.replicate(rows) == alone.value.mi

    def test_they_have_nothing_compiled_for_them_alone(self) -> None:
        from mitool.kernels.neighbors.strips_orders_loops import tally_neighbors

        whole, _ = measurement_of(*self.pair(3000, tied=False), None, Settings("ksg"))
        alone = Measurement(whole.method, *(v.take(np.arange(2000)) for v in (whole.x, whole.y)))
        assert alone.value.mi
        compiled = len(tally_neighbors.signatures)
        assert whole.replicate(np.arange(2000)) == alone.value.mi
        assert len(tally_neighbors.signatures) == compiled > 0


class TestTime:
    x = gather([number_column("x", np.arange(6.0))])
    y = gather([number_column("y", np.arange(10.0, 16.0))])

    @pytest.mark.parametrize(("lag", "first"), [(0, (0, 10)), (2, (0, 12)), (-2, (2, 10))])
    def test_a_lag_pairs_x_with_later_y(self, lag: int, first: tuple[float, float]) -> None:
        x, y, _ = lagged(self.x, self.y, None, lag)
        assert len(x) == len(y) == 6 - abs(lag)
        assert (x.values[0, 0], y.values[0, 0]) == first

    @pytest.mark.parametrize("n_values", [5, 10**6])
    def test_all_lags_share_the_order_of_all_rows(self, rng, monkeypatch, n_values) -> None:
        sizes = []

        def counted(values):
            sizes.append(len(values))
            return np.argsort(values)

        monkeypatch.setattr("mitool.variables.variable.ascending", counted)
        series = [
            gather([number_column(name, rng.integers(0, n_values, 60).astype(float))])
            for name in ("x", "y")
        ]
        for one in series:
            one.forget()
        sizes.clear()
        for lag in (-7, 0, 3):
            for part in lagged(*series, None, lag)[:2]:
                order = part.order()
                assert sorted(order) == list(range(60 - abs(lag)))
                assert (np.diff(part.values[order, 0]) >= 0).all()
        assert sizes == [60, 60]

    def test_a_part_of_a_series_is_sorted_anew_where_its_rows_were_taken(self) -> None:
        x, _, _ = lagged(self.x, self.y, None, 2)
        assert x.take(np.array([3, 0])).order().tolist() == [1, 0]
        x.forget()
        assert x.order().tolist() == [0, 1, 2, 3]

    def test_a_lag_as_long_as_the_series_is_refused(self) -> None:
        with pytest.raises(MitoolError, match="lag 6 is longer than the series of 6 rows"):
            lagged(self.x, self.y, None, 6)

    def test_transfer_pairs_the_past_of_both_with_the_future_of_y(self) -> None:
        source, future, past = transferred(self.x, self.y, history_x=1, history_y=2)
        np.testing.assert_array_equal(source.values[:, 0], [1, 2, 3, 4])
        np.testing.assert_array_equal(future.values[:, 0], [12, 13, 14, 15])
        np.testing.assert_array_equal(past.values, [[11, 10], [12, 11], [13, 12], [14, 13]])
        assert past.names == ("y[t-0]", "y[t-1]")


class TestParallel:
    def test_order_is_kept_for_any_number_of_threads(self) -> None:
        expected = [i * i for i in range(50)]
        assert list(ordered_map(lambda i: i * i, range(50), 1)) == expected
        assert list(ordered_map(lambda i: i * i, range(50), 4)) == expected

    def test_the_first_error_comes_out(self) -> None:
        with pytest.raises(ZeroDivisionError):
            list(ordered_map(lambda i: 1 // i, [1, 0, 2], 2))

    @pytest.mark.parametrize("n_jobs", [1, 3])
    def test_slices_cover_all_rows_once(self, n_jobs: int) -> None:
        counts = np.zeros(100_000, int)

        def visit(start: int, stop: int) -> None:
            counts[start:stop] += 1

        with threads_inside(n_jobs):
            for_slices(visit, len(counts))
        assert (counts == 1).all()


class TestParameters:
    def test_an_unknown_estimator_names_the_near_one(self) -> None:
        with pytest.raises(UsageError, match="no estimator 'ksgg'; did you mean 'ksg'"):
            create("ksgg")

    @pytest.mark.parametrize("seed", [-1, 1.5, "1"])
    def test_a_seed_is_a_whole_number(self, seed: object) -> None:
        with pytest.raises(UsageError, match="the seed must be a whole number of at least 0, got"):
            Settings(seed=seed)


@dataclass(frozen=True)
class Product(Estimator):
    scale: float = field(default=1.0)
    accepts = NUMERIC

    def join(self, x, y) -> Value:
        return Value(self.scale * float(x.values[:, 0] @ y.values[:, 0]))


def test_calling_an_estimator_is_join_of_two_prepares() -> None:
    x, y = gather([number_column("x", [1.0, 2.0])]), gather([number_column("y", [3.0, 4.0])])
    assert Product(scale=2.0)(x, y).mi == 22.0


class TestConstants:
    constant, other = (
        gather([number_column("c", np.full(50, 0.5))]),
        gather([number_column("x", np.arange(50.0))]),
    )

    @pytest.mark.parametrize("name", ["ksg", "gaussian", "csqmi", "mesner"])
    def test_a_constant_tells_nothing(self, name: str) -> None:
        assert measure(self.constant, self.other, settings=Settings(name)).mi == 0.0

    def test_a_constant_diverges_all_the_same_from_what_is_elsewhere(self) -> None:
        settings = Settings("cs-divergence", {"bandwidth": 2.0})
        assert measure(self.constant, self.other, settings=settings).mi > 1.0


LEVEL_ROWS = [
    *((4, 20, 0, "discrete"), (4, 19, 0, "continuous"), (4, 20, 1, "continuous")),
    *((3, 15, 0, "discrete"), (3, 14, 0, "continuous"), (3, 21, 6, "discrete")),
    *((20, 100, 0, "discrete"), (20, 99, 0, "continuous"), (21, 105, 0, "continuous")),
    (3, 10, 0, "continuous"),
]


@pytest.mark.parametrize("way", [(), ("--stream",)], ids=["in memory", "streamed"])
@pytest.mark.parametrize(("n_levels", "n_rows", "n_missing", "kind"), LEVEL_ROWS)
def test_whole_numbers_are_labels_from_five_rows_a_level(
    mitool, tmp_path, n_levels, n_rows, n_missing, kind, way
) -> None:
    """At most 20 levels, and 5 rows with a value for each of them."""
    levels = [str(i % n_levels) for i in range(n_rows - n_missing)] + [""] * n_missing
    lines = [f"{level},{row + 0.5}" for row, level in enumerate(levels)]
    (tmp_path / "d.csv").write_text("\n".join(["level,y", *lines]))
    words = ("-x", "level", "-y", "y", "-e", "bins", *way, "--format", "json")
    outcome = mitool("estimate", tmp_path / "d.csv", *words)
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    assert report["results"][0]["kind_x"] == kind
    noted = "integer_as_discrete" in outcome.out
    assert noted == (kind == "discrete")
