"""``matrix --prescreen``: all pairs looked through, the best partners of each column estimated."""

from __future__ import annotations

import csv
import json
from math import comb, fsum, log
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

import mitool as mi
from mitool.errors import MitoolWarning, UsageError
from mitool.inference.holdout import split
from mitool.inference.multiplicity import adjusted
from mitool.inference.sampling_units import single_rows
from mitool.kernels.counts import chance
from mitool.kernels.counts.chance import Chance
from mitool.kernels.counts.sketches import Sketches, Tables
from mitool.measure.settings import Settings
from mitool.seeds import stream
from mitool.tables import from_python
from mitool.tasks import PairBatch, planned
from mitool.tasks.prescreening import Prescreen, levels, prescreened
from mitool.uncertainty import Uncertainty

pytestmark = pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")


def plain(items, total, what):
    return items


def columns(n: int, seed: int = 5) -> dict[str, np.ndarray]:
    """Numbers, rounded numbers, labels few and many, atoms and missing values; 46 columns."""
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=n)
    table = {f"g{i}": shared * (i % 3 == 0) + rng.normal(size=n) for i in range(36)}
    table["g2"] = table["g1"] ** 2 + 0.3 * rng.normal(size=n)
    table |= {f"round{i}": np.round(shared + rng.normal(size=n), 1) for i in range(3)}
    table["atom"] = np.maximum(shared, 0.0)
    table["few"] = rng.integers(0, 3, size=n).astype(float)
    table["many"] = rng.integers(0, 15, size=n).astype(float)
    table["sign"] = (shared > 0).astype(float)
    for i in range(3):
        table[f"gap{i}"] = np.where(rng.random(n) < 0.2, np.nan, shared + rng.normal(size=n))
    return table


def numbers(n: int, seed: int = 5) -> dict[str, np.ndarray]:
    """The same without labels: 43 columns."""
    table = columns(n, seed)
    return {name: table[name] for name in table if name not in ("few", "many", "sign")}


def batch_of(table, against=None, settings=None, **uncertainty) -> PairBatch:
    source = from_python(table, "data")
    settings = settings or Settings("ksg")
    chosen = [name for name in source.names if against is None or name not in against]
    return planned(source, chosen, against, [settings], Uncertainty(**uncertainty))[0]


def coded(batch: PairBatch) -> list[np.ndarray]:
    return [levels(variable) for variable in batch.variables]


def score_of(x: np.ndarray, y: np.ndarray) -> float:
    """What two coded columns share beyond chance, by scikit-learn: a pair by itself."""
    there = (x >= 0) & (y >= 0)
    a, b, n = x[there], y[there], int(there.sum())
    if min(len(set(a)), len(set(b))) < 2:
        return -np.inf
    if there.all():
        mean = expected_mutual_information(contingency_matrix(a, b, sparse=True), n)
    else:
        mean = (len(set(a)) - 1) * (len(set(b)) - 1) / (2 * n)
    return (mutual_info_score(a, b) - mean) * n / len(x)


def all_scores(batch: PairBatch) -> np.ndarray:
    codes = coded(batch)
    scores = np.full((len(codes), len(codes)), -np.inf)
    for i, x in enumerate(codes):
        for j in range(i):
            scores[i, j] = scores[j, i] = score_of(x, codes[j])
    return scores


@pytest.mark.parametrize("n", [37, 200])
def test_every_pair_is_scored_as_by_itself(n: int) -> None:
    batch = batch_of(columns(n))
    sides = Sketches.of(coded(batch), n)
    tables, expected = Tables(sides, sides), all_scores(batch)
    for band in range(tables.n_bands):
        start, found = tables.start(band), tables.scores(band) / n
        for i in range(start, min(start + 32, len(expected))):
            there = found[i - start, : len(expected) - start]
            here = np.arange(len(expected)) >= start
            here &= np.arange(len(expected)) != i
            np.testing.assert_allclose(
                there[np.arange(len(there)) + start != i], expected[i, here], rtol=1e-9, atol=1e-12
            )


def test_the_mean_by_chance_is_that_of_all_orders_of_rows() -> None:
    """The sum over the hypergeometric shares, in whole numbers."""
    rng = np.random.default_rng(2)
    n = 120
    x, y = rng.integers(0, 8, size=n), rng.integers(0, 5, size=n) ** 2 // 4
    sides = Sketches.of([x.astype(np.int8), y.astype(np.int8)], n)
    found = Chance.of(sides.counts[:2])
    place = found.places(sides.counts)
    mean = found.expected[np.ix_(place[0], place[1])].sum()
    shares = [
        comb(u, k) * comb(n - u, v - k) / comb(n, v) * k * log(k)
        for u in np.bincount(x).tolist()
        for v in np.bincount(y).tolist()
        for k in range(max(1, u + v - n), min(u, v) + 1)
    ]
    assert mean == pytest.approx(fsum(shares), rel=1e-13)


def test_beyond_so_many_sizes_the_mean_is_to_first_order(monkeypatch) -> None:
    monkeypatch.setattr(chance, "MOST_SIZES", 1)
    batch = batch_of(columns(300))
    codes = coded(batch)
    sides = Sketches.of(codes, 300)
    found = Tables(sides, sides).scores(0)[0, 1:8] / 300
    for value, y in zip(found, codes[1:8], strict=True):
        freedom = (len(set(codes[0])) - 1) * (len(set(y)) - 1)
        shared = mutual_info_score(codes[0], y) - freedom / 600
        assert value == pytest.approx(shared, rel=1e-11)


def test_bins_are_those_of_the_estimator_of_that_name() -> None:
    """A table of equally full bins: what ``-e bins`` counts, less the mean."""
    rng = np.random.default_rng(3)
    n = 400
    x = rng.normal(size=n)
    table = {"x": x, "y": x + rng.normal(size=n)}
    one = mi.matrix(
        table, prescreen=1, estimator="bins", params={"n_bins": 6, "correction": "none"}
    )
    codes = coded(batch_of(table))
    mean = expected_mutual_information(contingency_matrix(*codes, sparse=True), n)
    assert one[0].score == pytest.approx(one[0].mi - mean, rel=1e-12)


def test_labels_beyond_the_seventh_are_one_level() -> None:
    n = 200
    labels = np.repeat(np.arange(12), [60, 40, 30, 20, 15, 10, 8, 7, 4, 3, 2, 1])
    batch = batch_of({"l": labels.astype(float), "x": np.random.default_rng(0).normal(size=n)})
    assert batch.variables[0].kind == "discrete"
    np.testing.assert_array_equal(levels(batch.variables[0]), np.minimum(labels, 7))


def test_ties_fall_into_one_bin() -> None:
    values = np.round(np.random.default_rng(1).normal(size=300), 1)
    variable = batch_of({"a": values, "b": values[::-1].copy() ** 3}).variables[0]
    codes = levels(variable)
    for value in np.unique(values):
        assert len(set(codes[values == value])) == 1


@pytest.mark.parametrize("n_jobs", [1, 2, 3])
def test_the_best_partners_are_those_of_a_full_table(n_jobs: int) -> None:
    batch = batch_of(columns(150))
    scores = all_scores(batch)
    made = prescreened(batch, Prescreen(4), n_jobs, plain)
    best = np.argsort(-scores, axis=1, kind="stable")[:, :4]
    np.testing.assert_array_equal(np.sort(made.partners.places), np.sort(best))
    wanted = sorted({tuple(sorted((x, int(y)))) for x, row in enumerate(best) for y in row})
    assert list(made.inner.pairs.between(0, len(made.inner.pairs))) == wanted
    assert len(made.inner.pairs) == len(wanted)
    for number, (x, y) in enumerate(wanted):
        place_y, place_x = np.flatnonzero(best[x] == y) + 1, np.flatnonzero(best[y] == x) + 1
        np.testing.assert_array_equal(
            made.partners.ranks[:, number], [place_y.sum(), place_x.sum()]
        )
        assert made.partners.scores_of_pairs[number] == pytest.approx(scores[x, y], rel=1e-9)


def test_against_others_each_of_the_first_keeps_its_best() -> None:
    table = columns(150)
    against = ["sign", "atom", "g3", "round0", "many"]
    batch = batch_of(table, against)
    made = prescreened(batch, Prescreen(2), 2, plain)
    codes = coded(batch)
    for row, x in enumerate(batch.pairs.columns):
        scores = [score_of(codes[x], codes[y]) for y in batch.pairs.against]
        best = np.argsort(-np.array(scores), kind="stable")[:2]
        expected = sorted(batch.pairs.against[place] for place in best)
        assert sorted(made.inner.pairs.partners(row)) == expected
        assert made.inner.pairs.row_of(2 * row) == row


def test_of_equal_scores_the_earlier_column_is_the_better() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=100)
    table = {f"c{i}": x * (i + 1) for i in range(70)}  # the same bins
    made = prescreened(batch_of(table), Prescreen(2), 2, plain)
    np.testing.assert_array_equal(made.partners.places[0], [1, 2])
    np.testing.assert_array_equal(made.partners.places[69], [0, 1])


def test_more_partners_than_columns_are_all_pairs() -> None:
    table = {name: values for name, values in columns(100).items() if name < "g2"}
    batch = batch_of(table)
    made = prescreened(batch, Prescreen(1000), 1, plain)
    n = len(batch.pairs)
    assert list(made.inner.pairs.between(0, n)) == list(batch.pairs.between(0, n))
    assert [note.code for note in made.notes] == ["prescreened"]


class TestHoldout:
    def test_pairs_are_reported_from_rows_that_did_not_choose(self) -> None:
        table = numbers(200)
        found = mi.matrix(table, prescreen=2, estimator="ksg", interval=0.9, seed=7)
        assert {row.n_used + row.n_dropped for row in found} == {100}
        _, rest = split(single_rows(200), 0.5, stream(7, "matrix holdout"))
        for row in list(found)[:3]:
            alone = mi.estimate(table[row.x][rest], table[row.y][rest], "ksg", interval=0.9, seed=7)
            assert row.mi == alone.mi

    def test_auto_splits_only_where_something_is_inferred(self) -> None:
        table = numbers(80)
        assert mi.matrix(table, prescreen=1, estimator="ksg")[0].n_used == 80
        split_anyway = mi.matrix(table, prescreen=1, estimator="ksg", holdout="split")
        assert split_anyway[0].n_used == 40
        share = mi.matrix(table, prescreen=1, estimator="ksg", holdout="split", holdout_share=0.25)
        assert share[0].n_used == 20
        never = mi.matrix(table, prescreen=1, estimator="gcmi", interval=0.9, holdout="none")
        assert never[0].n_used == 80
        assert "selected_pairs" in {note.code for note in never[0].notes}

    def test_later_rows_in_time_are_reported_from(self) -> None:
        table = {name: values for name, values in numbers(90).items() if "gap" not in name}
        found = mi.matrix(table, prescreen=1, estimator="gcmi", holdout="split", order="time")[0]
        alone = mi.estimate(table[found.x][45:], table[found.y][45:], "gcmi", order="time")
        assert found.mi == alone.mi

    def test_differences_are_taken_before_pairs_are_chosen(self) -> None:
        rng = np.random.default_rng(9)
        steps = rng.normal(size=(300, 40))
        steps[:, 1] = steps[:, 0] + 0.1 * rng.normal(size=300)
        table = {f"c{i}": np.cumsum(steps[:, i]) for i in range(40)}
        found = mi.matrix(table, "c0", "c1..c39", prescreen=1, order="time", difference=True)
        assert found[0].y == "c1"

    def test_p_values_of_noise_are_even_on_other_rows_and_small_on_the_same(self) -> None:
        rng = np.random.default_rng(4)
        table = {f"c{i}": rng.normal(size=120) for i in range(60)}
        how = {"prescreen": 1, "estimator": "gcmi", "permutations": 199}
        apart, same = (
            np.array([row.test.p_value for row in mi.matrix(table, **how, holdout=holdout)])
            for holdout in ("split", "none")
        )
        assert 0.35 < np.mean(apart) < 0.65
        assert np.mean(same) < 0.35

    def test_a_column_constant_where_it_is_looked_at_has_no_partner(self) -> None:
        table = numbers(100)
        choosing, _ = split(single_rows(100), 0.5, stream(0, "matrix holdout"))
        rare = np.arange(100.0)
        rare[choosing] = -5.0
        found = mi.matrix(table | {"rare": rare}, prescreen=2, holdout="split", estimator="ksg")
        assert not any("rare" in (row.x, row.y) for row in found)
        (note,) = [note for note in found.warnings if note.code == "one_value"]
        assert note.message.startswith("column 'rare' has one value on the rows that choose")
        assert not any("one_value" in row.row()["warning_codes"] for row in found if row.warnings)


class TestMultiplicity:
    def test_on_other_rows_the_chosen_pairs_are_the_family(self) -> None:
        found = mi.matrix(numbers(120), prescreen=1, permutations=99, estimator="gcmi")
        p = np.array([row.test.p_value for row in found])
        expected = adjusted(p, "bh")
        np.testing.assert_allclose([row.test.p_adjusted for row in found], expected)

    @pytest.mark.parametrize("how", ["bh", "by", "holm"])
    def test_on_the_same_rows_all_pairs_count(self, how: str) -> None:
        rng = np.random.default_rng(6)
        table = {f"c{i}": rng.integers(0, 3, size=120) for i in range(12)}
        call = {"test": "g-test", "estimator": "plugin", "adjust": how, "holdout": "none"}
        found = mi.matrix(table, prescreen=1, **call)
        n = len(table) * (len(table) - 1) // 2
        p = np.array([row.test.p_value for row in found])
        padded = adjusted(np.concatenate((p, np.ones(n - len(p)))), how)[: len(p)]
        np.testing.assert_allclose([row.test.p_adjusted for row in found], padded)

    def test_max_needs_other_rows(self, mitool, table) -> None:
        ask = ("matrix", table, "--prescreen", "1", "--permutations", "99", "--adjust", "max")
        refused = mitool(*ask, "--holdout", "none")
        assert refused.code == 2
        assert "use --holdout split, or --adjust holm" in refused.err
        some = mitool(*ask, "--cols", "g0..g9", "-e", "gcmi", "--format", "csv", "-q")
        rows = list(csv.DictReader(some.out.splitlines()))
        assert some.code == 0
        assert all(float(row["p_adjusted"]) >= float(row["p_value"]) for row in rows)
        assert all(row["score"] for row in rows)


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prescreen") / "table.csv"
    values = numbers(150)
    cells = [["" if np.isnan(v) else f"{v:.6g}" for v in column] for column in values.values()]
    lines = [",".join(values), *map(",".join, zip(*cells, strict=True))]
    path.write_text("\n".join(lines) + "\n")
    return path


ASK = ("--prescreen", "2", "-e", "ksg", "-q")


class TestCommand:
    def test_threads_shards_and_checkpoints_change_no_byte(self, mitool, table, tmp_path) -> None:
        one, two = tmp_path / "one.csv", tmp_path / "two.csv"
        assert mitool("matrix", table, *ASK, "-j", "1", "-o", one).code == 0
        assert mitool("matrix", table, *ASK, "-j", "2", "-o", two).code == 0
        assert one.read_bytes() == two.read_bytes()
        parts = [tmp_path / f"{i}.part" for i in (1, 2, 3)]
        for i, part in enumerate(parts, 1):
            assert mitool("matrix", table, *ASK, "--shard", f"{i}/3", "-o", part).code == 0
        merged = tmp_path / "merged.csv"
        assert mitool("merge", *parts, "-q", "-o", merged).code == 0
        assert merged.read_bytes() == one.read_bytes()
        kept, again = tmp_path / "kept.jsonl", tmp_path / "again.csv"
        assert mitool("matrix", table, *ASK, "--checkpoint", kept, "-o", again).code == 0
        kept.write_bytes(b"".join(kept.read_bytes().splitlines(keepends=True)[:20]))
        assert mitool("matrix", table, *ASK, "--checkpoint", kept, "-o", again).code == 0
        assert again.read_bytes() == one.read_bytes()

    def test_python_gives_the_same(self, mitool, table) -> None:
        import pandas as pd

        outcome = mitool("matrix", table, *ASK, "-u", "bits", "--json", "--ci", "0.9", "-s", "3")
        rows = json.loads(outcome.out)["results"]
        how = {"estimator": "ksg", "unit": "bits", "interval": 0.9, "seed": 3}
        found = mi.matrix(pd.read_csv(table), prescreen=2, **how)
        assert found.rows() == rows
        square = found.square()
        assert square.loc[rows[0]["x"], rows[0]["y"]] == rows[0]["mi"]
        assert np.count_nonzero(~np.isnan(square.to_numpy())) == 2 * len(rows)

    def test_the_report_says_how_pairs_were_chosen(self, mitool, table) -> None:
        outcome = mitool("matrix", table, "--prescreen", "1", "-e", "ksg", "--json")
        report = json.loads(outcome.out)
        said = {note["code"]: note["message"] for note in report["warnings"]}
        n = len(report["results"])
        assert f"{n} of 903 pairs are reported" in said["prescreened"]
        assert f"{903 - n} pairs are left out" in said["prescreened"]
        assert "--holdout split reports from others" in said["selected_pairs"]
        assert "warning: the " in outcome.err
        assert all("selected_pairs" in row["warning_codes"] for row in report["results"])
        apart = mitool("matrix", table, "--prescreen", "1", "-e", "gcmi", "--ci", "0.9", "--json")
        [said] = [w for w in json.loads(apart.out)["warnings"] if w["code"] == "prescreened"]
        assert "chosen by 75 of 150 rows, and are reported from the other 75" in said["message"]

    def test_a_forecast_counts_at_most_so_many(self, mitool, table) -> None:
        outcome = mitool("matrix", table, *ASK, "--dry-run", "--json")
        predicted = json.loads(outcome.out)
        assert predicted["looked_at"] == 903
        assert predicted["pairs"] == 2 * 43 - 3
        shown = mitool("matrix", table, *ASK, "--dry-run", "--format", "table")
        assert "83 pairs at most, chosen among 903, of 43 columns" in shown.out

    @pytest.mark.parametrize(
        ("more", "said"),
        [
            (("--holdout", "split"), "add --prescreen 10"),
            (("--holdout-share", "0.3"), "add --prescreen 10"),
            (("--prescreen", "0"), "--prescreen must be at least 1, got 0"),
            (("--prescreen", "2", "--holdout-share", "0.3"), "add --holdout split"),
            (("--prescreen", "2", "--holdout", "split", "--holdout-share", "1"), "between 0 and 1"),
            (("--prescreen", "2", "--stream", "-e", "bins"), "leave out --stream"),
            (("--prescreen", "2", "--adjust", "bh"), "add --permutations 999"),
        ],
    )
    def test_what_cannot_be_meant_is_refused(self, mitool, table, more, said) -> None:
        outcome = mitool("matrix", table, *more)
        assert outcome.code == 2
        assert said in outcome.err
        assert outcome.err.count("\n") == 1


def test_a_reusable_holdout_is_of_screen() -> None:
    with pytest.raises(UsageError, match="of mitool screen"):
        mi.matrix(numbers(50), prescreen=1, holdout="reusable")


def test_columns_constant_where_they_are_looked_at_are_said() -> None:
    rng = np.random.default_rng(0)
    choosing, _ = split(single_rows(60), 0.5, stream(0, "matrix holdout"))
    table = {name: rng.normal(size=60) for name in "ab"}
    for values in table.values():
        values[choosing] = 1.0
    with pytest.raises(mi.MitoolError, match=r"there is but one value in 'a', 'b'; use"):
        mi.matrix(table, prescreen=1, holdout="split")


def test_a_warning_is_given_from_python() -> None:
    with pytest.warns(MitoolWarning, match="holdout='split' reports from others"):
        mi.matrix(numbers(60), prescreen=1, estimator="ksg")


def test_a_merge_says_how_pairs_were_chosen(mitool, table, tmp_path) -> None:
    parts = [tmp_path / f"{number}.part" for number in (1, 2)]
    asked = ("matrix", table, "--prescreen", 1, "-e", "gcmi")
    for number, part in enumerate(parts, 1):
        assert mitool(*asked, "--shard", f"{number}/2", "-o", part).code == 0
    whole, merged = (mitool(*words, "--json") for words in (asked, ("merge", *parts)))
    said, found = (json.loads(made.out)["warnings"] for made in (whole, merged))
    about = {"prescreened", "selected_pairs"}
    assert about <= {note["code"] for note in said}
    assert [n for n in said if n["code"] in about] == [n for n in found if n["code"] in about]
