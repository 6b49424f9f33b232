"""Many pairs: their order, what is left out, what fails, and that threads change nothing."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import mitool
from mitool.estimators.gaussian import GaussianCopula
from mitool.measure.settings import Settings
from mitool.result import Estimate
from mitool.tables.column import Column
from mitool.tasks import PairBatch, Pairs, Stretch, stretches
from mitool.tasks.keeping import Keeper, bytes_prepared
from mitool.variables import complete, gather
from mitool.variables.missing import MOST_MASKS
from mitool.variables.tablecolumns import variables_of


def table(n_rows: int = 120, n_columns: int = 6) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    shared = rng.normal(size=n_rows)
    numbers = {f"c{i}": shared + (i + 1) * rng.normal(size=n_rows) for i in range(n_columns)}
    return numbers | {"label": np.where(shared > 0, "up", "down")}


def batch(data: dict[str, np.ndarray], *names: str, **more) -> PairBatch:
    columns = [Column(name, np.asarray(data[name], float)) for name in data if name != "label"]
    variables, _ = variables_of(columns)
    pairs = Pairs(tuple(range(len(variables))))
    return PairBatch(tuple(variables), pairs, tuple(Settings(name) for name in names), **more)


def estimates(pairs: PairBatch) -> list[Estimate]:
    """Make all estimates of a batch, by stretches."""
    done = stretches(pairs.estimates, [range(len(pairs.pairs))])
    return [estimate for stretch in done for estimate in stretch.results]


class TestPairs:
    @pytest.mark.parametrize(
        ("pairs", "expected"),
        [
            (Pairs((0, 1, 2)), [(0, 1), (0, 2), (1, 2)]),
            (Pairs((0, 1), (1, 2)), [(0, 1), (0, 2), (1, 2)]),
            (Pairs((2, 0), (0, 1)), [(2, 0), (2, 1), (0, 1)]),
            (Pairs((0,)), []),
            (Pairs((0,), (0,)), []),
        ],
        ids=["all", "two sets", "in the order asked", "one column", "itself alone"],
    )
    def test_are_x_major(self, pairs: Pairs, expected: list[tuple[int, int]]) -> None:
        assert list(pairs.between(0, len(pairs))) == expected

    @pytest.mark.parametrize("pairs", [Pairs(tuple(range(7))), Pairs((0, 3, 5), (3, 4, 9))])
    def test_any_stretch_is_at_hand(self, pairs: Pairs) -> None:
        whole = list(pairs.between(0, len(pairs)))
        for start in range(len(pairs)):
            for stop in range(start, len(pairs) + 1):
                assert list(pairs.between(start, stop)) == whole[start:stop]


class TestMatrix:
    def test_pairs_equal_single_estimates(self) -> None:
        data = table()
        found = {(e.x, e.y): e for e in mitool.matrix(data)}
        assert len(found) == 21
        for (x, y), pair in found.items():
            columns = ({x: data[x]}, {y: data[y]})
            assert mitool.estimate(*columns).mi == pair.mi

    def test_threads_change_no_bit(self) -> None:
        one, three = (mitool.matrix(table(), n_jobs=n) for n in (1, 3))
        assert one == three

    def test_what_tells_nothing_is_left_out_with_a_warning(self) -> None:
        data = {"a": np.arange(30.0), "b": np.arange(30.0) ** 2, "same": np.ones(30)}
        data["id"] = np.array([f"row {i}" for i in range(30)])
        with pytest.warns(mitool.MitoolWarning) as caught:
            found = mitool.matrix(data)
        assert [(e.x, e.y) for e in found] == [("a", "b")]
        assert [str(warning.message) for warning in caught] == [
            "column 'same' has one value in all rows: left out",
            "column 'id' names every row differently: left out",
        ]

    def test_a_column_declared_discrete_is_no_identifier(self) -> None:
        data = {"a": np.arange(30.0), "id": np.array([f"row {i}" for i in range(30)])}
        assert len(mitool.matrix(data, discrete=["id"])) == 1

    def test_a_pair_that_fails_says_why_and_the_others_stand(self) -> None:
        found = mitool.matrix(table(), "c0,c1,label", estimator="ksg")
        assert [e.status for e in found] == ["ok", "failed", "failed"]
        assert "ksg does not take 'c0' (continuous) with 'label' (discrete)" in found[1].message

    def test_two_sets_of_columns(self) -> None:
        found = mitool.matrix(table(), "c0,c1", "label")
        assert [(e.x, e.y) for e in found] == [("c0", "label"), ("c1", "label")]

    def test_a_single_column_is_refused(self) -> None:
        with pytest.raises(mitool.MitoolError, match="no pair of columns to estimate"):
            mitool.matrix(table(), "c0")


def test_a_small_budget_changes_no_number() -> None:
    rich, poor = (estimates(batch(table(), "ksg", budget=b)) for b in (1e9, 3000.0))
    assert rich == poor


def test_the_keeper_stays_within_its_budget() -> None:
    columns = [Column(f"c{i}", np.random.default_rng(i).normal(size=100)) for i in range(5)]
    variables, _ = variables_of(columns)
    size = bytes_prepared(variables[0])
    keeper = Keeper(3 * size)
    for number, variable in enumerate(variables):
        keeper.settle(number, variable)
    assert [bool(variable.n_remembered) for variable in variables] == [True] * 3 + [False] * 2


@pytest.mark.parametrize("estimator", ["auto", "ksg", "bins", "gaussian"])
def test_a_prepared_column_takes_less_than_its_values_again(estimator) -> None:
    pairs = batch(table(2000, 40), estimator)
    for number in range(39):
        pairs.run(range(number, number + 1))
    seen: set[int] = set()
    values = sum(variable.values.nbytes for variable in pairs.variables)
    assert sum(bytes_prepared(variable, seen) for variable in pairs.variables) < 1.25 * values


def test_columns_with_the_same_rows_missing_are_prepared_once(monkeypatch) -> None:
    data = table()
    for name, first in (("c0", 0), ("c1", 0), ("c2", 0), ("c3", 40)):
        data[name][first : first + 20] = np.nan
    prepared = []
    prepare = GaussianCopula.prepare
    monkeypatch.setattr(
        GaussianCopula, "prepare", lambda self, x: prepared.append(len(x)) or prepare(self, x)
    )
    pairs = batch(data, "gcmi")
    together = pairs.estimates(range(len(pairs.pairs)))
    assert len(prepared) < len(pairs.pairs) + len(pairs.variables)  # else two for each pair
    fresh = [batch(data, "gcmi").estimates(range(i, i + 1))[0] for i in range(len(pairs.pairs))]
    assert together == fresh


def test_few_masks_are_kept() -> None:
    whole, *others = (gather([Column(n, np.arange(50.0))]) for n in "abcdef")
    for first, other in enumerate(others):
        values = other.values.copy()
        values[first] = np.nan
        (kept, _), _ = complete(
            whole, replace(other, values=values, missing=np.isnan(values[:, 0]))
        )
        assert kept.values[:, 0].tolist() == [i for i in range(50) if i != first]
    its_own = 3  # its order, how many of its values differ, and the masks
    assert whole.n_remembered <= its_own + MOST_MASKS


def test_a_single_column_is_not_copied() -> None:
    column = Column("c", np.random.default_rng(1).normal(size=50))
    assert np.shares_memory(gather([column]).values, column.values)
    column.values.setflags(write=False)
    assert gather([column]).values.flags.writeable


def test_columns_that_no_later_pair_needs_are_forgotten() -> None:
    pairs = batch(table(), "ksg")
    estimates(pairs)
    assert [bool(v.n_remembered) for v in pairs.variables] == [False] * 6


def test_no_stretch_is_begun_after_the_stop() -> None:
    pairs = batch(table(), "ksg")
    done: list[Stretch] = []
    whole = [range(len(pairs.pairs))]
    done.extend(stretches(pairs.run, whole, stops=lambda: len(done) >= 2))
    assert len(done) == 2
    assert done[-1].numbers.stop < len(pairs.pairs)
