"""Couplings, bottlenecks, merged levels: reference values, naive twins, properties, bad input."""

from __future__ import annotations

from itertools import combinations
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mitool as mi
from mitool.kernels.counts.agglomeration import merged_levels
from mitool.models.couplings import entropy_of, greedy_coupling, meet
from mitool.models.entropy_bottleneck import entropy_bottleneck
from tests.bound_cases import CASES, inputs, values
from tests.reports import one_line, results

G = [case for case in CASES if case.startswith("G0")]


def information(joint):
    margins = entropy_of(joint.sum(axis=0)) + entropy_of(joint.sum(axis=1))
    return margins - entropy_of(joint.ravel())


def merged(joint, target):
    table = np.zeros_like(joint)
    np.add.at(table, target, joint)
    return table


@pytest.mark.parametrize("case", G)
def test_reference_values_of_couplings(case):
    lower, upper = mi.coupling(inputs(case))
    found = {
        "entropy_x": lower.extras["entropy_x"],
        "entropy_y": lower.extras["entropy_y"],
        "joint_entropy_greedy": lower.extras["joint_entropy"],
        "joint_entropy_lower": upper.extras["joint_entropy"],
        "mi_greedy": lower.value,
        "mi_upper": upper.value,
        "support": lower.facts["cells"],
    }
    assert found == pytest.approx(values(case), abs=1e-9)
    assert (lower.kind, upper.kind, lower.estimand) == ("lower", "upper", "max_mi")


@pytest.mark.parametrize("n_levels", range(2, 9))
def test_reference_values_of_merging(n_levels):
    (joint,) = inputs("G20")
    (found,) = mi.coupling(joint, levels=n_levels)
    expected = values("G20")
    assert found.value == pytest.approx(expected[f"mi_{n_levels}"], abs=1e-9)
    assert found.extras["entropy"] == pytest.approx(expected[f"entropy_{n_levels}"], abs=1e-9)


def test_public_values():
    (greedy, _) = mi.coupling([[0.4, 0.3, 0.2, 0.1], [0.5, 0.3, 0.2]])
    assert greedy.value == pytest.approx(1.0296530141, abs=1e-9)
    halves_thirds = mi.coupling([[1 / 2] * 2, [1 / 3] * 3], unit="bits")
    assert halves_thirds[0].extras["joint_entropy"] == pytest.approx(1.9183, abs=1e-4)
    assert halves_thirds[0].value == pytest.approx(0.6667, abs=1e-4)
    same = [0.5, 0.3, 0.2]
    assert mi.coupling([same, same])[1].value == pytest.approx(entropy_of(np.array(same)))


PMF = st.lists(st.floats(1e-6, 1.0), min_size=1, max_size=12).map(lambda v: np.array(v) / sum(v))


@settings(deadline=None)
@given(marginals=st.lists(PMF, min_size=2, max_size=4))
def test_a_coupling_has_its_marginals(marginals):
    coupling = greedy_coupling(marginals)
    for place, p in enumerate(marginals):
        weights = np.bincount(coupling.levels[:, place], coupling.masses, minlength=len(p))
        assert weights == pytest.approx(p, abs=1e-12)
    assert len(coupling.masses) <= sum(map(len, marginals)) - len(marginals) + 1
    least, most = entropy_of(meet(marginals)), sum(map(entropy_of, marginals))
    assert least - 1e-9 <= coupling.entropy <= most + 1e-9
    assert coupling.entropy <= least + 1.0 + 1e-9  # Compton (2022), arXiv:2203.05108: log₂ e bits


@settings(deadline=None)
@given(p=PMF, share=st.floats(0.0, 1.2))
def test_a_bottleneck_meets_its_rate(p, share):
    rate = share * entropy_of(p)
    found = entropy_bottleneck(p, rate)
    joint = np.zeros((len(p), len(p)))
    for level, place in enumerate(found.target):
        moved = found.share if level in found.split else 0.0
        joint[level, place] += p[level] * (1.0 - moved)
        joint[level, found.other] += p[level] * moved
    assert joint.sum(axis=1) == pytest.approx(p)
    assert entropy_of(joint.sum(axis=0)) == pytest.approx(min(rate, entropy_of(p)), abs=1e-9)
    assert found.information == pytest.approx(information(joint), abs=1e-9)
    assert found.information <= rate + 1e-9


def naive_merging(joint, n_levels):
    """Try every pair at every step, by the information that is left."""
    target = np.arange(len(joint))
    while len(np.unique(target)) > n_levels:
        pairs = list(combinations(np.unique(target).tolist(), 2))
        left = [information(merged(joint, np.where(target == b, a, target))) for a, b in pairs]
        a, b = pairs[int(np.argmax(np.round(left, 12)))]
        target = np.where(target == b, a, target)
    return target


@pytest.mark.parametrize(("n", "k"), [(8, 2), (12, 3), (15, 5)])
def test_merging_takes_the_cheapest_pair_each_time(rng, n, k):
    joint = rng.dirichlet(np.ones(n * k)).reshape(n, k)
    for n_levels in (n - 1, n // 2, 2, 1):
        found = merged_levels(joint, n_levels, np.inf)
        assert found.target.tolist() == naive_merging(joint, n_levels).tolist()
        lost = information(joint) - information(merged(joint, found.target))
        assert found.lost == pytest.approx(lost, abs=1e-12)


def test_equal_conditionals_merge_for_nothing(rng):
    joint = np.repeat(rng.dirichlet(np.ones(6)).reshape(3, 2), 4, axis=0) * rng.random((12, 1))
    joint /= joint.sum()
    found = merged_levels(joint, 1, 1e-12)
    assert found.target.tolist() == np.repeat([0, 4, 8], 4).tolist()
    assert found.lost == 0.0


def test_a_loss_that_is_tolerated_is_not_exceeded(rng):
    joint = rng.dirichlet(np.ones(60)).reshape(20, 3)
    (found,) = mi.coupling(joint, loss=0.05, unit="bits")
    assert 0.0 < found.loss_in_sample <= 0.05
    more = merged_levels(joint, found.facts["levels"] - 1, np.inf)
    assert more.lost / log(2) > 0.05


def test_what_merging_invents_stays_in_the_half_that_merged(rng):
    n = 2000
    frame = pd.DataFrame({"x": rng.integers(0, 300, n).astype(str), "y": rng.integers(0, 2, n)})
    (found,) = mi.coupling(frame, "x", target="y", levels=2)
    assert found.extras["mi_in_sample"] > 0.05
    assert found.value < 0.01
    assert (found.n_used, found.form) == (1000, "held-out half")
    assert found.facts["unseen_levels"] == 300 - len(set(halves(frame, "x", "y")))


def halves(frame, x, y):
    from mitool.seeds import stream, task_name

    order = stream(0, task_name("coupling", x, y, "halves")).permutation(len(frame))
    return frame[x].to_numpy()[order[: len(frame) // 2]]


def test_a_level_that_was_not_seen_goes_where_the_prior_is():
    joint = np.array([[4, 0], [0, 4], [0, 0], [2, 2]], dtype=float)
    (found,) = mi.coupling(joint, levels=3)
    assert found.table["merged_into"] == ["0", "1", "3", "3"]


def test_columns_are_counted_and_shares_are_of_what_margins_allow(rng):
    x = rng.integers(0, 3, 500)
    frame = pd.DataFrame({"x": x, "y": np.where(rng.random(500) < 0.5, x, rng.integers(0, 5, 500))})
    lower, upper, seen = mi.coupling(frame)
    joint = pd.crosstab(frame["x"], frame["y"], normalize=True).to_numpy()
    assert seen.value == pytest.approx(information(joint))
    assert seen.normalized == pytest.approx(seen.value / upper.value)
    assert seen.facts["share_of_greedy"] == pytest.approx(seen.value / lower.value)
    again = mi.coupling(joint)
    assert [each.value for each in again] == pytest.approx([lower.value, upper.value, seen.value])


def test_rows_with_a_missing_value_are_left_out_and_counted():
    frame = pd.DataFrame({"x": ["a", "b", None, "a"], "y": ["u", "v", "u", "u"]})
    lower, *_ = mi.coupling(frame)
    assert (lower.n_used, lower.n_dropped) == (3, 1)
    assert lower.value == pytest.approx(entropy_of(np.array([2 / 3, 1 / 3])))


def test_files_give_what_python_gives(mitool, tmp_path):
    p, q = np.array([0.4, 0.3, 0.2, 0.1]), np.array([0.5, 0.3, 0.2])
    expected = [each.value for each in mi.coupling([p, q])]
    for name, values_ in (("p", p), ("q", q)):
        np.save(tmp_path / f"{name}.npy", values_)
        frame = pd.DataFrame({"level": [f"l{k}" for k in range(len(values_))], "mass": values_})
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    arrays = results(mitool("coupling", tmp_path / "p.npy", tmp_path / "q.npy", "--json"))
    texts = results(mitool("coupling", "--pmf", tmp_path / "p.csv", tmp_path / "q.csv", "--json"))
    for rows in (arrays, texts):
        assert [row["mi"] for row in rows] == pytest.approx(expected)
        assert [row["kind"] for row in rows] == ["lower", "upper"]


def test_row_numbers_of_a_contingency_table_are_no_counts(mitool, tmp_path):
    counts = pd.DataFrame([[10, 2], [3, 9]])
    counts.to_csv(tmp_path / "numbered.csv")
    counts.to_csv(tmp_path / "plain.csv", index=False)
    joint = counts.to_numpy() / 24
    for name in ("numbered", "plain"):
        path = str(tmp_path / f"{name}.csv")
        seen = results(mitool("coupling", "--contingency", path, "--json"))[-1]
        assert seen["mi"] == pytest.approx(information(joint), abs=1e-12)


def test_a_named_column_of_row_numbers_is_told_and_names_the_rows(mitool, tmp_path):
    counts = np.array([[10, 3], [20, 9], [5, 14]])
    frame = pd.DataFrame(counts, columns=["a", "b"])
    for first in (0, 1, 1998):
        path, out = tmp_path / f"from{first}.csv", tmp_path / f"cells{first}.csv"
        numbered = frame.assign(id=np.arange(first, first + 3))[["id", "a", "b"]]
        numbered.to_csv(path, index=False)
        done = mitool("coupling", "--contingency", path, "--json", "--table", out)
        assert results(done)[-1]["mi"] == pytest.approx(information(counts / counts.sum()))
        assert f"column 'id' of a contingency table goes from {first} to {first + 2}" in done.err
        rows = pd.read_csv(out).iloc[:, 0]
        assert set(rows) == {first, first + 1, first + 2}
    last = tmp_path / "last.csv"
    numbered[["a", "b", "id"]].to_csv(last, index=False)
    done = mitool("coupling", "--contingency", last, "--json")
    assert "contingency table goes" not in done.err
    whole = numbered.to_numpy()
    assert results(done)[-1]["mi"] == pytest.approx(information(whole / whole.sum()))


def test_a_marginal_needs_no_header(mitool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bare.txt").write_text(".4\n.3\n.2\n.1\n")
    (tmp_path / "headed.csv").write_text("p\n.5\n.3\n.2\n")
    greedy = results(mitool("coupling", "--pmf", "bare.txt", "headed.csv", "--json"))[0]
    assert greedy["mi"] == pytest.approx(1.0296530141, abs=1e-9)


def test_the_coupling_is_written_as_a_table(mitool, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n" + "a,u\n" * 3 + "b,v\nb,u\n")
    out = tmp_path / "cells.csv"
    done = mitool("coupling", tmp_path / "t.csv", "--cols", "x,y", "--table", out, "--json")
    cells = pd.read_csv(out)
    assert results(done)[0]["extras"]["joint_entropy"] == pytest.approx(
        entropy_of(cells["mass"].to_numpy())
    )
    assert cells.groupby("x")["mass"].sum().to_dict() == pytest.approx({"a": 0.6, "b": 0.4})


def test_the_map_of_merged_levels_is_written(mitool, tmp_path):
    (tmp_path / "c.csv").write_text("name,u,v\na,5,0\nb,4,0\nc,0,3\n")
    out = tmp_path / "map.jsonl"
    words = ["--contingency", "--levels", "2", "--table", out]
    (row,) = results(mitool("coupling", tmp_path / "c.csv", *words, "--json"))
    assert row["loss_in_sample"] == pytest.approx(0.0, abs=1e-12)
    assert pd.read_json(out, lines=True, dtype=str)["merged_into"].tolist() == ["a", "a", "c"]


def test_the_share_of_what_margins_allow_normalises_an_estimate(rng):
    x, y = rng.integers(0, 3, 400), rng.integers(0, 6, 400)
    y = np.where(rng.random(400) < 0.6, 2 * x, y)
    how = {"normalize": "coupling", "discrete": ["x", "y"]}
    found = mi.estimate(x, y, "plugin", **how)
    seen = mi.coupling(pd.DataFrame({"x": x, "y": y}))[2]
    assert found.normalized == pytest.approx(seen.normalized)
    assert mi.estimate(x, x, "plugin", **how).normalized == pytest.approx(1.0)
    table = mi.matrix({"x": x, "y": y}, estimator="plugin", normalize="coupling", discrete="x,y")
    assert table[0].normalized == pytest.approx(found.normalized)


def test_only_labels_have_a_share_of_a_coupling(rng):
    with pytest.raises(mi.MitoolError, match="normalize='coupling' is of labels"):
        mi.estimate(rng.normal(size=50), rng.normal(size=50), "bins", normalize="coupling")
    with pytest.raises(mi.MitoolError, match="do not both vary"):
        mi.estimate(["a"] * 9, list("ab" * 4 + "a"), "plugin", normalize="coupling")


BAD = [
    (([[0.5, 0.4], [1.0]],), {}, "marginal 1 sums to 0.9 and not to 1"),
    (([[0.5, 0.5]],), {}, "two or more marginals, got 1"),
    (([[1.5, -0.5], [1.0]],), {}, "holds -0.5 in place 2; probabilities are finite"),
    (([[np.nan, 1.0], [1.0]],), {}, "holds nan in place 1"),
    ((np.zeros((2, 2)),), {}, "counts nothing"),
    ((np.array([[1.0, -1.0]]),), {}, "holds -1 in place 2; counts"),
    ((np.eye(2),), {"levels": 2, "loss": 0.1}, "either by levels or by loss"),
    ((np.eye(2),), {"levels": 1, "bottleneck": 0.1}, "exclude each other"),
    ((np.eye(2),), {"bottleneck": -1.0}, "an entropy of 0 or more"),
    ((np.eye(2),), {"loss": -1.0}, "loss must be 0 or more"),
    (([[0.5, 0.5], [1.0]],), {"levels": 1}, "levels are merged by a target"),
    ((np.eye(2), "x"), {}, "columns and target are of a data frame"),
    ((pd.DataFrame({"x": list("ab")}), "x"), {"target": "x"}, "say how far"),
    ((pd.DataFrame({"x": list("abc"), "y": list("aab")}),), {}, "different value in each of"),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "how", "said"), BAD, ids=[said for _, _, said in BAD])
def test_bad_input_is_one_clear_line(given_, how, said):
    with pytest.raises(mi.MitoolError) as raised:
        mi.coupling(*given_, **how)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("t.csv", "name the columns by --cols"),
        ("--pmf t.csv t.csv", "has no numbers"),
        ("--cols x,y --bottleneck 0.1 --table m.csv t.csv", "one map, but there are 2"),
        ("--cols x --table m.txt t.csv", "named .csv, .jsonl, .parquet"),
        ("--cols x,y --missing error n.csv", "1 of 4 rows have a missing value in 'x', 'y'"),
        ("--cols x,y --continuous x t.csv", "are counted as labels; leave out --continuous"),
        ("zero.npy zero.npy", "zero.npy holds a single value"),
        ("--rows 0:2 p.npy p.npy", "--rows is of tables"),
        ("--pmf --cols x t.csv", "exclude each other"),
        ("--cols x --target y t.csv", "say how far, by --levels L or --loss X"),
    ],
)
def test_bad_files_are_one_clear_line(mitool, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "t.csv").write_text("x,y\na,u\nb,v\na,v\n")
    (tmp_path / "n.csv").write_text("x,y\na,u\nb,v\na,v\n,v\n")
    np.save(tmp_path / "p.npy", np.array([0.5, 0.5]))
    np.save(tmp_path / "zero.npy", np.float64(1.0))
    outcome = mitool("coupling", *words.split())
    assert outcome.code in (2, 3)
    assert said in one_line(outcome.err)
    assert not (tmp_path / "m.csv").exists()
