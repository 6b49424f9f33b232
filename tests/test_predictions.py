"""``mitool predictions``: its inputs, what it says, and what it refuses."""

from __future__ import annotations

import json
from math import log

import jsonschema
import numpy as np
import pandas as pd
import pytest
from models_reference import CASES, FOLDER, arrays

import mitool as package
from mitool.errors import MitoolError
from mitool.models.classes.calibration import Calibration
from mitool.models.classes.class_rows import ClassRows
from tests.reports import SCHEMA

PROBS, LABELS = FOLDER / "F01_probs.npy", FOLDER / "F01_labels.npy"
VALUES = CASES["F01"]["values"]


def rows(outcome) -> list[dict]:
    assert outcome.code == 0, outcome.err
    report = json.loads(outcome.out)
    jsonschema.validate(report, SCHEMA)
    return report["results"]


def by_name(outcome) -> dict[str, dict]:
    return {" ".join(filter(None, (r["estimator"], r["form"]))): r for r in rows(outcome)}


@pytest.fixture
def table(tmp_path):
    """The reference case as a table with classes that have names, and a column that splits."""
    probs, labels = arrays("F01")
    frame = pd.DataFrame(probs, columns=[f"p_{name}" for name in "edcba"])
    frame["label"] = [list("edcba")[label] for label in labels]
    frame["split"] = np.where(np.arange(len(frame)) < 100, "cal", "test")
    frame.to_csv(tmp_path / "p.csv", index=False)
    return tmp_path / "p.csv"


@pytest.fixture
def npz(tmp_path):
    probs, labels = arrays("F01")
    np.savez(tmp_path / "p.npz", smx=probs, labels=labels)
    return tmp_path / "p.npz"


@pytest.mark.parametrize("source", ["table", "npz", "two files"])
def test_every_input_gives_the_reference_values(mitool, request, source):
    files = (PROBS, LABELS) if source == "two files" else (request.getfixturevalue(source),)
    found = by_name(mitool("predictions", *files, "--json"))
    assert found["semantic"]["mi"] == pytest.approx(VALUES["semantic_mi"], abs=1e-9)
    assert found["log-loss"]["mi"] == pytest.approx(VALUES["log_loss_mi"], abs=1e-9)
    assert found["fano"]["mi"] == pytest.approx(VALUES["fano_mi"], abs=1e-9)
    assert found["log-loss"]["extras"]["accuracy"] == pytest.approx(VALUES["accuracy"])
    assert {found[name]["kind"] for name in ("semantic", "log-loss", "fano")} == {"lower"}
    assert found["conformal guaranteed"]["kind"] == "lower"
    assert found["conformal fano"]["kind"] == found["conformal simple"]["kind"] == "estimate"


@pytest.mark.parametrize("split", [("--calibration", "first:0.5"), ()])
def test_the_first_half_or_a_column_calibrates(mitool, table, npz, split):
    source = npz if split else table
    found = by_name(
        mitool("predictions", source, "--alpha", 0.05, "--score", "lac", *split, "--json")
    )
    values = CASES["F02_0.05"]["values"]
    fano, simple = found["conformal fano"], found["conformal simple"]
    given = "entropy_y_given_x"
    assert fano["extras"][given] == pytest.approx(values["entropy_bound_fano"], abs=1e-9)
    assert simple["extras"][given] == pytest.approx(values["entropy_bound_simple"], abs=1e-9)
    assert fano["extras"]["threshold"] == pytest.approx(values["threshold"], abs=1e-9)
    assert fano["params"] == {"score": "lac", "alpha": 0.05}
    assert fano["n_used"] == 100


def test_logits_and_log_probabilities_are_read_as_such(mitool, tmp_path):
    probs, _ = arrays("F01")
    np.save(tmp_path / "logits.npy", np.log(probs) + np.arange(len(probs))[:, None])
    np.save(tmp_path / "logs.npy", np.log(probs))
    for name, option in (("logits", "--logits"), ("logs", "--log-probs")):
        found = by_name(mitool("predictions", tmp_path / f"{name}.npy", LABELS, option, "--json"))
        assert found["log-loss"]["mi"] == pytest.approx(VALUES["log_loss_mi"], abs=1e-9)


def test_truths_have_the_semantic_bound_alone(mitool, tmp_path):
    probs, _ = arrays("F01")
    truths = tmp_path / "t.npy"
    np.save(truths, probs * np.array([1.0, 2.0, 3.0, 0.1, 7.0]))
    [found] = rows(mitool("predictions", truths, LABELS, "--truth", "--json"))
    assert found["estimator"] == "semantic"
    assert found["mi"] == pytest.approx(VALUES["semantic_mi"], abs=1e-9)


def test_bits_and_intervals(mitool, npz):
    nats, bits = (by_name(mitool("predictions", npz, "-u", u, "--json")) for u in ("nats", "bits"))
    for name in nats:
        assert bits[name]["mi"] == pytest.approx(nats[name]["mi"] / log(2))
        assert bits[name]["ceiling"] == pytest.approx(nats[name]["ceiling"] / log(2))
    assert nats["semantic"]["ci_low"] < nats["semantic"]["mi"] < nats["semantic"]["ci_high"]


def test_the_mean_of_the_rows_is_the_bound(mitool, npz, tmp_path):
    file = tmp_path / "rows.csv"
    found = by_name(mitool("predictions", npz, "--pointwise", file, "--json"))
    frame = pd.read_csv(file)
    assert frame["log_loss"].mean() == pytest.approx(found["log-loss"]["mi"])
    assert frame["semantic"].mean() == pytest.approx(found["semantic"]["mi"])


def test_members_and_their_items(mitool, tmp_path):
    file, [members] = tmp_path / "items.csv", arrays("F03")
    np.save(tmp_path / "turned.npy", members.transpose(1, 2, 0))
    command = ("predictions", tmp_path / "turned.npy", "--axes", "item,class,member", "--json")
    found = by_name(mitool(*command, "--pointwise", file))
    for name in ("total", "aleatoric", "gain"):
        assert found[name]["mi"] == pytest.approx(CASES["F03"]["values"][name], abs=1e-9)
    items = pd.read_csv(file)
    assert items["gain"][19] == pytest.approx(CASES["F03"]["values"]["gain_item19"], abs=1e-9)
    assert (items.sort_values("rank")["gain"].diff().dropna() <= 0).all()


def test_a_query_is_worth_what_it_tells_of_the_hypotheses(mitool, tmp_path):
    """Prior (1/4, 3/4), one query that tells them apart and one that does not."""
    answers = np.array([[[1.0, 0.0], [0.5, 0.5]], [[0.0, 1.0], [0.5, 0.5]]])
    np.save(tmp_path / "q.npy", answers)
    command = ("predictions", tmp_path / "q.npy", "--axes", "member,item,class")
    file = tmp_path / "items.csv"
    mitool(*command, "--prior", "0.25,0.75", "--pointwise", file)
    gains = pd.read_csv(file)["gain"]
    assert gains[0] == pytest.approx(-0.25 * log(0.25) - 0.75 * log(0.75))
    assert gains[1] == pytest.approx(0.0, abs=1e-12)


def test_the_mean_prediction_of_an_ensemble_has_its_bounds(mitool, tmp_path, rng):
    members = rng.dirichlet(np.ones(3), size=(4, 30))
    labels = rng.integers(3, size=30)
    np.savez(tmp_path / "e.npz", smx=members, labels=labels)
    np.savez(tmp_path / "m.npz", smx=members.mean(axis=0), labels=labels)
    found = by_name(
        mitool("predictions", tmp_path / "e.npz", "--axes", "member,item,class", "--json")
    )
    alone = by_name(mitool("predictions", tmp_path / "m.npz", "--json"))
    assert found["semantic"]["mi"] == pytest.approx(alone["semantic"]["mi"])


def completion(*tokens: dict[str, float]) -> str:
    """Write a completion whose tokens have these likeliest ones, the first of which was taken."""
    content = [
        {
            "token": next(iter(top)),
            "logprob": log(next(iter(top.values()))),
            "top_logprobs": [{"token": t, "logprob": log(p)} for t, p in top.items()],
        }
        for top in tokens
    ]
    return json.dumps({"choices": [{"logprobs": {"content": content}}]})


def test_completions_give_lower_bounds_of_entropies(mitool, tmp_path):
    file, tokens = tmp_path / "c.jsonl", tmp_path / "tokens.csv"
    file.write_text(completion({"a": 0.5, "b": 0.25}, {"c": 1.0}) + "\n")
    command = ("predictions", file, "--tokens", "--window", 1, "--threshold", 0.5, "--json")
    [found] = rows(mitool(*command, "--pointwise", tokens))
    first = 0.5 * log(2) + 0.5 * log(4)
    assert found["mi"] == pytest.approx(first / 2)
    assert (found["kind"], found["extras"]["share_above"]) == ("lower", 0.5)
    assert pd.read_csv(tokens)["above"].tolist() == [1, 0]


def test_a_sequence_of_distributions(mitool, tmp_path):
    np.save(tmp_path / "u.npy", np.full((3, 32000), 1 / 32000))
    [found] = rows(mitool("predictions", tmp_path / "u.npy", "--tokens", "-u", "bits", "--json"))
    assert found["mi"] == pytest.approx(14.9658, abs=1e-4)
    assert found["kind"] == "estimate"


def test_a_label_that_was_ruled_out_is_skipped_with_a_reason(mitool, tmp_path):
    probs = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 0.0]])
    np.savez(tmp_path / "p.npz", smx=probs, labels=[0, 1, 0, 1])
    found = by_name(mitool("predictions", tmp_path / "p.npz", "--json"))
    assert found["log-loss"]["status"] == "skipped"
    assert "gives 0 to the label of 1 rows" in found["log-loss"]["message"]
    assert found["fano"]["mi"] is not None


def test_python_has_the_same(mitool, npz, table):
    probs, labels = arrays("F01")
    shell = rows(mitool("predictions", npz, "--json"))
    found = package.predictions(probs, labels)
    assert [each.value for each in found] == pytest.approx([row["mi"] for row in shell])
    frame = package.predictions(pd.read_csv(table), alpha=0.05, score="lac")
    values = CASES["F02_0.05"]["values"]
    assert frame[3].extras["entropy_y_given_x"] == pytest.approx(values["entropy_bound_fano"])
    halves = np.where(np.arange(200) < 100, "cal", "test")
    divided = package.predictions(probs, labels, split=halves, alpha=0.05, score="lac")
    assert divided[3].value == pytest.approx(frame[3].value)


WRONG = {
    "sums": ({"smx": np.full((4, 2), 0.6), "labels": [0, 1, 0, 1]}, (), "sums to 1.2, 0.2 from 1"),
    "negative": ({"smx": [[1.5, -0.5]] * 4, "labels": [0, 1, 0, 1]}, (), "some are below 0"),
    "hint": ({"smx": [[3.0, 2.0]] * 4, "labels": [0, 1, 0, 1]}, (), "use --logits"),
    "nan": ({"smx": [[np.nan, 1.0]] * 4, "labels": [0, 1, 0, 1]}, (), "a finite number at [0, 0]"),
    "infinite": (
        {"smx": [[np.inf, 1.0]] * 4, "labels": [0, 1, 0, 1]},
        ("--logits",),
        "a finite number at [0, 0], got inf",
    ),
    "log-probs": (
        {"smx": [[0.0, 0.0]] * 4, "labels": [0, 1, 0, 1]},
        ("--log-probs",),
        "sum to 1 but for 1",
    ),
    "labels": (
        {"smx": [[0.5, 0.5]] * 4, "labels": [0, 1, 2, 1]},
        (),
        "label of row 2 of WHERE is 2, which is none of its 2 classes (0, 1)",
    ),
    "fewer labels": (
        {"smx": [[0.5, 0.5]] * 4, "labels": [0, 1]},
        (),
        "one value for each of its 4 rows",
    ),
    "texts": ({"smx": [["a", "b"]] * 4, "labels": [0, 1, 0, 1]}, (), "needs real numbers, got"),
    "no labels": ({"smx": [[0.5, 0.5]] * 4}, (), "has no labels; name a second file"),
    "one row": ({"smx": [[0.5, 0.5]], "labels": [0]}, (), "has one row; bounds"),
    "few to calibrate": (
        {"smx": [[0.5, 0.5]] * 20, "labels": [0, 1] * 10},
        ("--alpha", "0.05"),
        "has 10 rows to calibrate conformal sets, and --alpha 0.05 needs 19",
    ),
    "axes": ({"smx": np.full((2, 3, 2), 0.5)}, (), "has 3 axes; name them with --axes"),
    "wrong axes": (
        {"smx": np.full((2, 3, 2), 0.5)},
        ("--axes", "member,class"),
        "has 3 axes, and --axes names 2",
    ),
    "unknown axes": (
        {"smx": np.full((2, 3, 2), 0.5)},
        ("--axes", "rows,class"),
        "--axes names the axes member, item, class",
    ),
    "prior": (
        {"smx": np.full((2, 3, 2), 0.5)},
        ("--axes", "member,item,class", "--prior", "0.5,0.6"),
        "prior of the members must sum to 1, it sums to 1.1",
    ),
    "forms": ({"smx": [[0.5, 0.5]] * 4}, ("--logits", "--truth"), "cannot both be meant"),
    "idle": ({"smx": [[0.5, 0.5]] * 4}, ("--window", "3"), "--window would be ignored"),
    "idle of tokens": (
        {"smx": [[0.5, 0.5]] * 4},
        ("--tokens", "--alpha", "0.1"),
        "--alpha would be ignored",
    ),
    "idle without labels": (
        {"smx": np.full((2, 3, 2), 0.5)},
        ("--axes", "member,item,class", "--alpha", "0.1"),
        "--alpha would be ignored",
    ),
    "column": ({"smx": [[0.5, 0.5]] * 4}, ("--split", "part"), "names a column of a table"),
    "share": ({"smx": [[0.5, 0.5]] * 4, "labels": [0, 1] * 2}, ("--split", "1.5"), "between 0 and"),
    "first": (
        {"smx": [[0.5, 0.5]] * 4, "labels": [0, 1] * 2},
        ("--calibration", "half"),
        "takes first:SHARE",
    ),
    "truths": (
        {"truth": [[0.5, -0.5]] * 4, "labels": [0, 1] * 2},
        ("--truth",),
        "a truth of at least 0 at [0, 1]",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_bad_input_is_one_clear_line(mitool, tmp_path, wrong):
    given, options, said = WRONG[wrong]
    file = tmp_path / "bad.npz"
    np.savez(file, **given)
    found = mitool("predictions", file, *options)
    assert found.code in (2, 3)
    assert found.out == ""
    assert said.replace("WHERE", str(file)) in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{}", "no 'choices'"),
        ('{"choices": [{"message": {}}]}', "no 'top_logprobs'; ask for them"),
        ('{"choices": [{"logprobs": {"content": [{"token": "a", "logprob": 0}]}}]}', "token 0: no"),
        ("not json", "line 1: no JSON"),
    ],
)
def test_completions_without_top_logprobs_are_refused(mitool, tmp_path, line, said):
    file = tmp_path / "c.jsonl"
    file.write_text(line + "\n")
    found = mitool("predictions", file, "--tokens")
    assert (found.code, found.out) == (3, "")
    assert said in found.err
    assert found.err.count("\n") == 1


def test_a_table_without_probabilities_is_refused(mitool, tmp_path):
    (tmp_path / "t.csv").write_text("a,label\n1,2\n")
    found = mitool("predictions", tmp_path / "t.csv")
    assert "needs the columns p_… of two classes or more, and label; it has a, label" in found.err


def test_halves_are_drawn_by_the_seed():
    probs = ClassRows("p", np.log(np.full((10, 2), 0.5)), np.zeros(10, dtype=np.int64))
    marks = [Calibration(seed=seed).marked(probs) for seed in (0, 0, 1)]
    assert np.array_equal(marks[0], marks[1])
    assert not np.array_equal(marks[0], marks[2])
    assert marks[0].sum() == 5


def test_what_the_user_says_goes_before_a_column_that_splits(mitool, table, npz):
    for option in (("--split", "0.3"), ("--calibration", "first:0.3")):
        said = by_name(mitool("predictions", table, *option, "--json"))
        plain = by_name(mitool("predictions", npz, *option, "--json"))
        assert said["conformal fano"]["mi"] == pytest.approx(plain["conformal fano"]["mi"])
        assert said["conformal fano"]["n_used"] == 140


def test_tokens_have_no_labels(mitool):
    found = mitool("predictions", PROBS, LABELS, "--tokens")
    assert "--tokens takes one file, got 2" in found.err


@pytest.mark.parametrize("asked", [package.predictions, package.epiplexity])
def test_ragged_lists_are_refused_by_a_line_of_ours(asked):
    with pytest.raises(MitoolError, match="is ragged: its rows are not all of one length"):
        asked([[0.5, 0.5], [0.4]])
