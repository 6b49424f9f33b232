"""``screen --method shapley`` and ``--method pursuit``: shares that add up, and a greedy order."""

from __future__ import annotations

import csv
import io
import re
from itertools import permutations
from math import log

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mitool as package
from mitool.errors import MitoolError
from mitool.inference.shapley import exact_shares, sampled_shares
from mitool.measure.estimation import measure
from mitool.measure.settings import Settings
from mitool.screening import Plan, Question, screen
from mitool.screening.attribution import attributed, together
from mitool.variables import Variable


def labels(name: str, values: np.ndarray) -> Variable:
    return Variable((name,), np.asarray(values, dtype=np.float64)[:, None], ("discrete",))


def game(seed: int):
    """A worth of its own for every set of players."""

    def worth(sets):
        return [float(np.random.default_rng([seed, *members]).normal()) for members in sets]

    return worth


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 5))
def test_shares_are_the_mean_over_all_orders_and_add_up(seed, n):
    found = exact_shares(game(seed), n)
    orders = np.array(list(permutations(range(n))))
    naive = sampled_shares(game(seed), orders)
    assert found.shares == pytest.approx(naive.shares, abs=1e-12)
    assert found.shares.sum() == pytest.approx(found.whole, abs=1e-12)


def test_sampled_shares_add_up_and_know_their_error():
    exact, errors = exact_shares(game(7), 6).shares, []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        found = sampled_shares(game(7), np.array([rng.permutation(6) for _ in range(60)]))
        assert found.shares.sum() == pytest.approx(found.whole, abs=1e-12)
        errors.append((found.shares - exact) / found.se)
    assert 0.8 < np.std(errors) < 1.2


def test_two_halves_of_a_parity_share_its_bit():
    """Alone neither tells anything, together they tell all: log 2, half to each."""
    a, b = np.repeat([0, 1], 20), np.tile([0, 1], 20)
    columns = [labels("a", a), labels("b", b), labels("c", np.tile([0, 0, 1, 1], 10))]
    found = screen(
        columns,
        Question(labels("t", a ^ b), settings=Settings("plugin")),
        Plan(method="shapley", adjust="none"),
    )
    shares = {place.estimate.x: place.score for place in found}
    assert shares["a"] == pytest.approx(shares["b"], abs=0.02)
    assert sum(shares.values()) == pytest.approx(log(2), abs=1e-12)


def test_shares_add_up_to_what_all_columns_tell(rng):
    x = rng.integers(3, size=(300, 4))
    y = (x[:, 0] + x[:, 1] + rng.integers(2, size=300)) % 3
    columns = [labels(f"x{j}", column) for j, column in enumerate(x.T)]
    asked = Question(labels("y", y), settings=Settings("plugin"))
    whole = measure(together(columns), asked.target, settings=Settings("plugin")).mi
    found = attributed(columns, asked)
    assert found.whole == pytest.approx(whole, abs=1e-12)
    assert found.shares.sum() == pytest.approx(whole, abs=1e-12)


def test_shares_of_many_columns_are_sampled_and_add_up(rng):
    x = rng.normal(size=(200, 13))
    y = x @ np.linspace(0.0, 1.0, 13) + rng.normal(size=200)
    columns = [
        Variable((f"x{j}",), column[:, None], ("continuous",)) for j, column in enumerate(x.T)
    ]
    target = Variable(("y",), y[:, None], ("continuous",))
    found = attributed(columns, Question(target, settings=Settings("gaussian")))
    whole = measure(together(columns), target, settings=Settings("gaussian")).mi
    assert found.whole == pytest.approx(whole, abs=1e-12)
    assert found.shares.sum() == pytest.approx(whole, abs=1e-9)
    assert (found.se > 0).all()
    assert found.shares.argmax() >= 10


def test_what_the_shares_add_up_to_is_said(mitool_file):
    outcome = mitool_file("--method", "shapley", "--format", "csv", "-e", "plugin", "-u", "bits")
    rows = list(csv.DictReader(io.StringIO(outcome.out)))
    whole = sum(float(row["score"]) for row in rows)
    said = re.search(r"all (\d+) columns add up to (\S+) bits, what they tell of", outcome.err)
    assert int(said[1]) == len(rows)
    assert float(said[2]) == pytest.approx(whole, rel=1e-3)
    quiet = mitool_file("--method", "shapley", "--format", "csv", "-e", "plugin", "-q")
    assert quiet.err == ""


def test_rows_missing_in_one_column_are_left_out_of_all(rng):
    x = rng.integers(2, size=60).astype(float)
    data = {"a": x.copy(), "b": rng.integers(2, size=60).astype(float), "t": x}
    data["b"][:10] = np.nan
    found = package.screen(data, "t", method="shapley", estimator="plugin")
    counts = np.bincount(x[10:].astype(int)) / 50
    assert sum(place.score for place in found) == pytest.approx(-float(counts @ np.log(counts)))


def classes(rng, n=150):
    """A target of two labels by a and b, a copy of a, and a column of noise."""
    a, b = rng.normal(size=(2, n))
    target = (2 * (a > 0) + (b > 0)).astype(int).astype(str)
    return {
        "noise": rng.normal(size=n),
        "a": a,
        "copy": a + 0.01 * rng.normal(size=n),
        "b": b,
    }, target


def test_pursuit_takes_what_is_new_and_stops(rng):
    data, target = classes(rng)
    found = package.screen(data, target, method="pursuit", holdout="none", adjust="none")
    names = [place.estimate.x for place in found]
    assert {"a", "copy"} & set(names[:2])
    assert "b" in names[:2]
    assert len(names) < 4
    assert sum(place.score for place in found) < log(4)
    [first] = package.screen(data, target, method="pursuit", top=1, holdout="none", adjust="none")
    assert (first.estimate.x, first.score) == (names[0], found[0].score)


def test_pursuit_of_noise_reports_one_column_that_gains_nothing(rng):
    data = {"a": rng.normal(size=60), "b": rng.normal(size=60)}
    target = rng.choice(["u", "v"], 60)
    found = package.screen(data, target, method="pursuit", holdout="none", adjust="none")
    assert len(found) == 1
    assert found[0].score <= 0.02


@pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")
@pytest.mark.parametrize("method", ["pursuit", "shapley"])
def test_steps_are_taken_before_anything_is_ranked(rng, method):
    """Where a walk turns shows in its steps alone; rows that are missing leave no longer steps."""
    steps = rng.standard_normal(400)
    walk = np.cumsum(steps) + 5.0 * np.arange(400)
    walk[rng.random(400) < 0.1] = np.nan
    frame = pd.DataFrame({"walk": walk, "up": np.where(steps > 0, "yes", "no")})
    how = {"method": method, "order": "time", "holdout": "none"}
    [by_steps] = package.screen(frame, "up", difference=True, **how)
    [by_hand] = package.screen(frame.assign(walk=frame["walk"].diff())[1:], "up", **how)
    assert by_steps.score == pytest.approx(by_hand.score)
    assert by_steps.score > 0.4  # of log 2
    [raw] = package.screen(frame, "up", **how)
    assert raw.score < 0.1


def test_groups_stay_together_and_scores_have_the_unit(rng):
    data, target = classes(rng)
    groups = np.repeat(np.arange(30), 5).astype(str)
    call = {"method": "pursuit", "groups": groups, "holdout": "none", "adjust": "none"}
    data = {name: data[name] for name in ("noise", "a")}
    nats, bits = (package.screen(data, target, unit=unit, **call) for unit in ("nats", "bits"))
    assert bits[0].score == pytest.approx(nats[0].score / log(2))


@pytest.mark.parametrize(
    ("method", "wrong", "said"),
    [
        ("pursuit", {"given": "b"}, "leave out given"),
        ("shapley", {"given": "b"}, "leave out given"),
        ("pursuit", {"target": "a"}, "pursuit classifies, and 'a' holds numbers"),
        ("pursuit", {"resolve_top": 2}, "use method='mi'"),
    ],
)
def test_what_cannot_be_meant_is_refused(rng, method, wrong, said):
    data, target = classes(rng)
    asked = {"target": target, **wrong}
    with pytest.raises(MitoolError, match=said):
        package.screen(data, method=method, **asked)


def test_the_report_has_errors_of_shares(mitool_file):
    outcome = mitool_file("--method", "shapley", "--format", "csv", "-e", "plugin")
    assert "score_se" in outcome.out.splitlines()[0]


@pytest.fixture
def mitool_file(mitool, tmp_path):
    file = tmp_path / "d.csv"
    file.write_text("a,b,t\n" + "u,v,w\nx,y,z\n" * 20)
    return lambda *options: mitool("screen", file, "-t", "t", *options)
