"""What is told of many pairs together is what would be told of each."""

from __future__ import annotations

import pickle
from collections import Counter

import numpy as np
import pytest

from mitool.estimators.plugin import Plugin
from mitool.kernels.counts.abreast import Abreast
from mitool.kernels.counts.coded import code
from mitool.kernels.counts.crossings import tables_with_each
from mitool.kernels.counts.manyprofiles import profiles
from mitool.kernels.counts.profiles import plugin as plugin_of
from mitool.kernels.counts.profiles import profile
from mitool.measure.settings import Settings
from mitool.report import Run, progress
from mitool.report.progress import followed
from mitool.report.run import MAX_MESSAGES
from mitool.result import Note
from mitool.tables import from_python
from mitool.tables.column import coded
from mitool.tables.tidy import mostly_numbers
from mitool.tasks import PairBatch, planned
from mitool.tasks.fans import Fans, one_by_one


@pytest.fixture
def batch(rng) -> PairBatch:
    """Labels, whole numbers that are labels, a column of too many levels, and one with gaps."""
    table = {f"s{i}": rng.choice(list("abcd")[: 2 + i % 3], 200) for i in range(5)}
    table |= {f"i{i}": rng.integers(0, 3, 200) for i in range(5)}
    table["many"] = rng.permutation(200) // 4
    table["gaps"] = [None if i % 7 == 0 else "xy"[i % 2] for i in range(200)]
    settings = (Settings("plugin"), Settings("nsb"))
    return planned(from_python(table, "data"), list(table), None, settings)[0]


def test_records_hold_the_rows_and_notes_of_each_estimate(batch) -> None:
    numbers = range(3, len(batch.pairs))
    told, estimates = batch.run(numbers), batch.estimates(numbers)
    assert isinstance(told, Fans)
    assert [record.number for record in told] == list(numbers)
    assert [dict(row) for record in told for row in record.rows] == [e.row() for e in estimates]
    notes = [note for record in told for note in record.notes]
    assert notes == [note for estimate in estimates for note in estimate.remarks]
    assert {len(record.rows) for record in told} == {2}


def test_records_travel_as_a_list(batch) -> None:
    told = batch.run(range(20))
    arrived = pickle.loads(pickle.dumps(told))
    assert type(arrived) is list
    assert arrived == list(told)


def test_a_block_gives_its_records_one_by_one(batch) -> None:
    told, run, other = batch.run(range(20)), Run("matrix"), Run("matrix")
    assert isinstance(told, Fans)
    records = list(one_by_one(fan.new_to(run) for fan in told.fans))
    expected = [record.new_to(other) for record in told]
    assert [(r.number, list(map(dict, r.rows))) for r in records] == [
        (r.number, list(map(dict, r.rows))) for r in expected
    ]
    assert [n for r in records for n in r.notes] == [n for r in expected for n in r.notes]
    assert run.warnings() == other.warnings()


def test_notes_are_kept_and_counted_as_one_by_one(rng) -> None:
    known = [Note("code", f"message {i}") for i in range(MAX_MESSAGES + 5)]
    known += [Note("other", "said by two"), Note("other", "said by two")]
    given = [known[i] for i in rng.integers(0, len(known), 600)]
    seen: dict[tuple[str, str], Note] = {}
    unsaid: Counter[str] = Counter()
    for note in given:  # the rule, note by note
        n_said = sum(code == note.code for code, _ in seen)
        if (note.code, note.message) not in seen and n_said >= MAX_MESSAGES:
            unsaid[note.code] += 1
        else:
            seen.setdefault((note.code, note.message), note)
    run = Run("matrix")
    assert run.note(given[:250]) + run.note(given[250:]) == list(seen.values())
    assert run.notes == tuple(seen.values())
    assert run.warnings()[-1]["message"] == f"and {unsaid['code']} more"


def test_progress_counts_what_is_in_an_item(capsys, monkeypatch) -> None:
    clock = iter([0.0, 30.0, 60.0, 120.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    assert list(followed(["ab", "c", "def"], 6, "pairs", len)) == ["ab", "c", "def"]
    assert capsys.readouterr().err.splitlines() == [
        "mitool: 3 of 6 pairs, about 60 s left",
        "mitool: 6 of 6 pairs, about 0 s left",
    ]


@pytest.mark.parametrize("n", [63, 64, 1000])
@pytest.mark.parametrize("levels", [[2, 5, 3, 7, 2, 4], [30, 2, 40]])
def test_a_stretch_of_labels_abreast_is_met_as_its_members_are(n, levels, rng) -> None:
    x, *ys = (code(rng.integers(0, most, n).astype(float)) for most in (4, *levels))
    whole = Abreast(ys)
    for start in range(len(ys)):
        for stop in range(start + 1, len(ys) + 1):
            together = np.concatenate(list(tables_with_each(x, whole[start:stop])))
            for y, table in zip(ys[start:stop], together, strict=True):
                met = np.unique([x.codes, y.codes], axis=1, return_counts=True)[1]
                assert sorted(table[table > 0]) == sorted(met)


def test_margins_abreast_are_those_of_each(rng) -> None:
    plugin = Plugin("miller-madow")
    x, *ys = (code(rng.integers(0, most, 300).astype(float)) for most in (4, 2, 9, 12, 3, 30, 7))
    whole = plugin.abreast(ys)
    for start in range(len(ys) - 1):
        own = whole[start:]
        assert list(plugin.join_each(x, own)) == [plugin.join(x, y) for y in ys[start:]]


@pytest.mark.parametrize("n_cells", [5, 32, 33, 200])
def test_sums_over_many_tables_are_those_of_each(n_cells, rng) -> None:
    tables = rng.multinomial(500, rng.dirichlet(np.full(n_cells, 0.4)), 40).astype(np.int32)
    many = profiles(tables, [n_cells] * 40, 500)
    entropies = np.log(500.0) - many.sums(lambda sizes: sizes * np.log(sizes)) / 500.0
    assert entropies == pytest.approx([plugin_of(profile(t, n_cells)) for t in tables], rel=1e-15)
    assert many.n_seen.tolist() == [np.count_nonzero(table) for table in tables]


@pytest.mark.parametrize(("n_numbers", "expected"), [(4, False), (5, False), (6, True)])
def test_labels_are_judged_by_how_often_they_occur(n_numbers, expected) -> None:
    codes = np.array([0.0] * n_numbers + [1.0, 2.0, 3.0, 4.0, 4.0] + [np.nan] * 9)
    column = coded("c", codes, ["1,5", "b", "c", "d", "e"], "text")
    assert mostly_numbers(column) is expected
