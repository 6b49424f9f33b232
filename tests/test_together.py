"""Pairs estimated together are what each would be alone: numbers, notes, rows and their text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from typing import Any

import numpy as np
import pytest

from mitool.diagnostics.panel import groupings_among, panel_named
from mitool.estimators import BUILTIN, classes, load
from mitool.estimators.base import NUMERIC, Estimator, Value
from mitool.estimators.bins import Bins
from mitool.estimators.parameters import create
from mitool.estimators.plugin import Plugin
from mitool.estimators.several import Values, joins_each
from mitool.kernels.counts.coded import Coded, code
from mitool.kernels.counts.crossings import tables_with_each
from mitool.measure.peers import Likenesses
from mitool.measure.settings import Settings
from mitool.measure.together import Together, measured_together
from mitool.report.run import Run
from mitool.report.writers import WRITERS, writer_of
from mitool.result.alike import AlikeRow
from mitool.result.blocks import RowBlock
from mitool.result.fields import ESTIMATE_FIELDS
from mitool.tables import from_python
from mitool.tasks import PairBatch, planned
from mitool.tasks.fans import Fans
from mitool.tasks.records import Record
from mitool.uncertainty import Uncertainty, assess_one_of_many

JOINING = sorted(name for name in BUILTIN if joins_each(load(name)()))


def columns(n: int, rng: np.random.Generator) -> dict[str, Any]:
    """Columns of every sort: the comments say what may go wrong with each."""
    shared = rng.standard_normal(n)
    table: dict[str, Any] = {
        "n0": shared + rng.standard_normal(n),
        "n1": 3.0 * shared + rng.standard_normal(n),
        "copy": shared,
        "copied": shared * 2.0 + 1.0,  # as near its ceiling as can be
        "tails": rng.standard_normal(n) ** 9,
        "drift": np.cumsum(rng.standard_normal(n)),  # two that persist are noted
        "drifting": np.cumsum(rng.standard_normal(n)),
        "rounded": np.round(shared, 1),  # ties
        "atoms": np.where(rng.random(n) < 0.3, 0.0, rng.standard_normal(n)),  # mixed
        "two": rng.integers(0, 2, n),
        "seven": rng.integers(0, 7, n),
        "other": (rng.integers(0, 7, n) + (shared > 0)) % 7,
        "text": np.array(list("abcdefghij"))[rng.integers(0, 10, n)],
        "many": np.array([f"w{i}" for i in rng.integers(0, max(n // 3, 2), n)]),
    }
    holes = rng.random(n) < 0.1
    for name in ("gap0", "gap1", "gap2"):  # of one mask
        table[name] = np.where(holes, np.nan, shared + rng.standard_normal(n))
    table["less"] = np.where(holes & (rng.random(n) < 0.5), np.nan, rng.standard_normal(n))
    table["other,gap"] = np.where(rng.random(n) < 0.2, np.nan, rng.standard_normal(n))
    table['const "there"'] = np.where(holes, rng.standard_normal(n), 1.0)  # where others have rows
    return table


def batch_of(table: dict[str, Any], *settings: Settings, **more: Any) -> PairBatch:
    found, _ = planned(from_python(table, "data"), list(table), None, settings)
    return PairBatch(found.variables, found.pairs, found.settings, found.uncertainty, **more)


def alone(batch: PairBatch, number: int) -> Record:
    """Each pair by the path of one estimate: the twin that knows of no other pair."""
    x, y = (batch.variables[i] for i in next(batch.pairs.between(number, number + 1)))
    x, y = (v.with_values(v.values, v.missing) for v in (x, y))  # nothing is kept
    estimates = (
        assess_one_of_many(x, y, None, settings, batch.uncertainty) for settings in batch.settings
    )
    named = [panel_named(one, x, y, lambda: groupings_among(batch.variables)) for one in estimates]
    return Record.of(number, [one.to(batch.unit) for one in named])


def same(found: Record, wanted: Record) -> bool:
    """Compare to the last bit: the lines of a checkpoint hold numbers as they repeat."""
    return found.line() == wanted.line()


def differing(batch: PairBatch, at_once: int = 1000) -> list[str]:
    """What differs from the twin, of pairs done so many at a time."""
    n, records = len(batch.pairs), []
    for start in range(0, n, at_once):
        records += batch.run(range(start, min(start + at_once, n)))
    wanted = [alone(batch, number) for number in range(n)]
    pairs = zip(records, wanted, strict=True)
    return [f"{a.line()}\n{b.line()}" for a, b in pairs if not same(a, b)]


def n_alike(batch: PairBatch) -> int:
    records = batch.run(range(len(batch.pairs)))
    return sum(isinstance(row, AlikeRow) for record in records for row in record.rows)


@pytest.mark.parametrize("name", ["auto", "gaussian", "ross", *JOINING])
def test_every_pair_is_what_it_is_alone(name: str, rng) -> None:
    batch = batch_of(columns(120, rng), Settings(name))
    assert differing(batch) == []


@pytest.mark.parametrize("n", [8, 30, 400, 3000])
@pytest.mark.parametrize("name", ["auto", "ksg", "plugin", "bins"])
def test_of_few_and_of_many_rows(name: str, n: int, rng) -> None:
    table = columns(n, rng)
    if n == 3000:
        table = {key: table[key] for key in list(table)[:12]}
    batch = batch_of(table, Settings(name))
    assert differing(batch) == []
    assert n < 400 or n_alike(batch) > 0


@pytest.mark.parametrize(
    ("name", "params"),
    [
        *(("plugin", {"correction": c}) for c in ("miller-madow", "shrink", "chao-shen")),
        *(("plugin", {"correction": c}) for c in ("grassberger", "jackknife")),
        ("bins", {"n_bins": 30}),
        ("bins", {"binning": "equal-width", "correction": "none"}),
        ("bins", {"width": 5.0}),
        ("ksg", {"algorithm": 2, "n_neighbors": 5}),
        ("ksg", {"ties": "keep"}),
    ],
)
def test_with_parameters(name: str, params: dict[str, Any], rng) -> None:
    assert differing(batch_of(columns(150, rng), Settings(name, params))) == []


@pytest.mark.parametrize("transform", ["none", "standard", "rank", "normal"])
@pytest.mark.parametrize("name", ["ksg", "two-scales"])
def test_with_transforms(name: str, transform: str, rng) -> None:
    assert differing(batch_of(columns(130, rng), Settings(name, transform=transform))) == []


@pytest.mark.parametrize("how", ["r", "max", "joint", "coupling"])
def test_normalised(how: str, rng) -> None:
    name = "ksg" if how == "r" else "plugin"
    assert differing(batch_of(columns(110, rng), Settings(name, normalize=how))) == []


def test_in_bits_by_several_estimators_in_any_stretches(rng) -> None:
    settings = Settings("auto"), Settings("bins"), Settings("plugin")
    for at_once in (1, 2, 7, 1000):
        batch = batch_of(columns(100, rng), *settings, unit="bits")
        assert differing(batch, at_once) == []


def test_where_missing_values_are_refused(rng) -> None:
    batch = batch_of(columns(60, rng), Settings("ksg", missing="error"))
    assert differing(batch) == []


def test_with_intervals_and_tests_and_rows_in_time(rng) -> None:
    table = {name: column for name, column in columns(110, rng).items() if "gap" not in name}
    table = {name: table[name] for name in list(table)[:5]}
    for uncertainty in (
        Uncertainty(level=0.9, n_resamples=20),
        Uncertainty(n_permutations=19),
        Uncertainty(order="time"),
        Uncertainty(order="none"),
    ):
        batch = batch_of(table, Settings("ksg"))
        batch = PairBatch(batch.variables, batch.pairs, batch.settings, uncertainty)
        tested = batch.run(range(len(batch.pairs)))
        shared = batch._nulls
        for record in tested:
            x, y = batch.variables_of(record.number)
            one = assess_one_of_many(x, y, None, Settings("ksg"), uncertainty, nulls=shared)
            named = panel_named(one, x, y, partial(groupings_among, batch.variables))
            assert same(record, Record.of(record.number, [named]))


def test_estimates_are_those_of_the_rows(rng) -> None:
    batch = batch_of(columns(100, rng), Settings("auto"))
    numbers = range(len(batch.pairs))
    for estimate, record in zip(batch.estimates(numbers), batch.run(numbers), strict=True):
        assert (estimate.row(), estimate.remarks) == (dict(record.rows[0]), (*record.notes,))


def test_most_plain_pairs_are_described_once(rng) -> None:
    numbers = {f"c{i}": rng.standard_normal(300) for i in range(12)}
    labels = {f"c{i}": rng.integers(0, 5, 300) for i in range(12)}
    assert n_alike(batch_of(numbers, Settings("auto"))) >= 60
    assert n_alike(batch_of(labels, Settings("plugin"))) == 65  # the last x has one y


def test_one_column_that_cannot_be_counted_fails_alone(rng) -> None:
    table = {f"c{i}": rng.integers(0, 3, 50) for i in range(5)}
    table["id"] = np.arange(50.0)
    found, _ = planned(
        from_python(table, "data"), list(table), None, [Settings("plugin")], None, (["id"], [])
    )
    records = found.run(range(len(found.pairs)))
    failed = [record.rows[0]["y"] for record in records if record.rows[0]["status"] == "failed"]
    assert failed == ["id"] * 5
    assert n_alike(found) == 10


class TestTables:
    @pytest.mark.parametrize("n_levels", [[2, 2, 2], [3, 7, 12, 2], [2, 13, 40], [300, 2]])
    @pytest.mark.parametrize("n", [5, 64, 65, 1000])
    @pytest.mark.parametrize("compiled", [False, True])
    def test_hold_how_often_codes_meet(self, n_levels, n, compiled, rng, monkeypatch) -> None:
        monkeypatch.setattr(
            "mitool.kernels.counts.crossings.UNCOMPILED.allows", lambda work: not compiled
        )
        coded = [code(rng.integers(0, levels, n)) for levels in n_levels]
        for x in coded:
            tables = np.concatenate(list(tables_with_each(x, coded)))
            for y, table in zip(coded, tables, strict=True):
                met = np.unique([x.codes, y.codes], axis=1, return_counts=True)[1]
                assert sorted(table[table > 0]) == sorted(met)

    def test_of_levels_that_do_not_occur(self, rng) -> None:
        whole = [code(rng.integers(0, 6, 400)) for _ in range(3)]
        some = np.flatnonzero(whole[0].codes != 2)[:100]
        x, *ys = (coded.take(some) for coded in whole)
        plugin = Plugin()
        assert list(plugin.join_each(x, ys)) == [plugin.join(x, y) for y in ys]


class TestJoiningEach:
    def test_is_not_inherited_below_a_join_of_its_own(self) -> None:
        class Halved(Plugin):
            def join(self, x: Coded, y: Coded) -> Value:
                return Value(super().join(x, y).mi / 2)

        assert joins_each(Plugin()) and joins_each(Bins())
        assert not joins_each(Halved())
        assert not joins_each(Estimator())

    def test_every_estimator_that_can_gives_what_it_gives_of_one(self, rng) -> None:
        table = columns(200, rng)
        found, _ = planned(from_python(table, "d"), list(table), None, [Settings("auto")])
        whole = [v for v in found.variables if v.missing is None]
        for name, kind in classes().items():
            estimator = create(name, {})
            if not joins_each(estimator):
                continue
            wanted = "continuous" if ("continuous",) * 2 in NUMERIC & kind.accepts else "discrete"
            ready = [estimator.prepare(v) for v in whole if v.kind == wanted and v.n_levels < 200]
            if wanted == "continuous":
                ready = [estimator.prepare(v) for v in whole[:6]]
            values = list(estimator.join_each(ready[0], ready[1:]))
            assert values == [estimator.join(ready[0], y) for y in ready[1:]], name

    def test_values_of_other_names_are_not_put_side_by_side(self) -> None:
        assert Values.of([Value(1.0), Value(2.0, {"a": 1.0})]) is None
        assert Values.of([Value(1.0), Value(2.0, n_left=1)]) is None
        assert Values.of([]) is None
        found = Values.of([Value(1.0, {"a": 3.0}), Value(2.0, {"a": 4.0})])
        assert found is not None
        assert list(found.only([False, True])) == [Value(2.0, {"a": 4.0})]


NAMES = ["plain", "comma,ed", 'quo"ted', "per%cent %s", " lead", "Ünï\u2028", "=1+1", "-x", "{}"]


class TestText:
    def block(self, rng: np.random.Generator) -> RowBlock:
        """Estimate pairs by two estimators: two kinds that are alike, and a copied column."""
        table = {name: rng.standard_normal(120) for name in NAMES}
        table["copied"] = table[NAMES[0]]
        batch = batch_of(table, Settings("auto"), Settings("ksg"), unit="bits")
        fans = batch.run(range(len(batch.pairs)))
        assert isinstance(fans, Fans)
        block = fans.fans[0].rows
        assert len(block.alike) == 2
        return block

    def rows(self, rng: np.random.Generator) -> Sequence[AlikeRow]:
        return [row for row in self.block(rng) if isinstance(row, AlikeRow)]

    @pytest.mark.parametrize(
        ("form", "safe"),
        [("csv", True), *((name, False) for name in WRITERS if name != "parquet")],
    )
    def test_is_that_of_rows_written_one_by_one(self, form, safe, rng) -> None:
        block = self.block(rng)
        rows = list(block)
        assert len(rows) == 2 * len(NAMES) > len(block.single) > 0
        for fields in (ESTIMATE_FIELDS, ESTIMATE_FIELDS[14::-7], ESTIMATE_FIELDS[:1]):
            if form == "value" or (form in ("md", "tex") and len(fields) == 1):
                fields = ESTIMATE_FIELDS
            texts = []
            for alike in (True, False):
                file = BytesIO()
                writer = writer_of(form, spreadsheet_safe=safe)(file, fields, Run("matrix"))
                if alike:
                    writer.write_together(block)
                else:
                    for row in rows:
                        writer.write(writer.cells(dict(row)))
                if form in ("table", "md", "tex"):
                    writer.close()
                texts.append(file.getvalue())
            assert texts[0] == texts[1] != b""

    def test_a_row_is_a_mapping_of_its_cells(self, rng) -> None:
        for row in self.rows(rng):
            cells = row.cells()
            assert dict(row) == cells == {**row}
            assert len(row) == len(cells)
            assert row.get("none") is None
            assert json.dumps(cells["extras"]) == json.dumps(row["extras"])


def test_what_is_left_is_asked_for_by_its_place() -> None:
    together = Together(3, left=[2, 0, 1])
    made = together.completed(lambda place: place)  # type: ignore[arg-type, return-value]
    assert made.in_order(lambda alikes: [], lambda estimate: estimate) == [0, 1, 2]


def test_measured_together_needs_two_partners(rng) -> None:
    batch = batch_of(columns(100, rng), Settings("ksg"))
    x, y = batch.variables[:2]
    assert measured_together(x, [y], Settings("ksg"), Likenesses()).left == [0]
