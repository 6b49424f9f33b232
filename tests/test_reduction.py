"""Variables of many columns projected to few before they are compared, in every command."""

from __future__ import annotations

import json
from math import log
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mitool as mi
from mitool.measure.reduction import Reduction
from tests.make import discrete, variable

pytestmark = pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")
RHO, N = 0.8, 1000
TRUTH = -log(1 - RHO**2)  # of two pairs of normal numbers


def pairs(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two correlated pairs, turned into 8 and 10 columns."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal((N, 2))
    w = RHO * z + np.sqrt(1 - RHO**2) * rng.standard_normal((N, 2))
    return z @ rng.standard_normal((2, 8)), w @ rng.standard_normal((2, 10))


@pytest.fixture
def table(tmp_path: Path) -> Path:
    x, y = pairs()
    frame = pd.concat(
        [pd.DataFrame(x).add_prefix("x_"), pd.DataFrame(y).add_prefix("y_")], axis=1
    ).assign(label=np.where(x[:, 0] > 0, "a", "b"))
    frame.to_csv(tmp_path / "t.csv", index=False)
    return tmp_path / "t.csv"


@pytest.mark.parametrize("how", ["pca", "cca"])
def test_what_lies_in_two_directions_is_found_in_two_columns(how: str) -> None:
    x, y = pairs()
    y = y + 0.01 * np.random.default_rng(1).standard_normal(y.shape)
    found = mi.estimate(x, y, "ksg", reduce=f"{how}:2", interval=0.9)
    assert found.value == pytest.approx(TRUTH, abs=0.15)
    assert found.interval.low < found.value < found.interval.high
    assert found.extras["k=1"] < found.value - 0.2  # no plateau below two
    assert found.n_used == (N if how == "pca" else N // 2)
    assert (found.dim_x, found.x) == (2, mi.estimate(x, y, "gaussian").x)


def test_the_plateau_is_seen_on_both_sides() -> None:
    x, y = pairs()
    noise = 0.05 * np.random.default_rng(1).standard_normal((2, N, 10))
    found = mi.estimate(x + noise[0, :, :8], y + noise[1], "gaussian", reduce="pca:2")
    assert sorted(found.extras) == ["k=1", "k=4"]
    assert found.extras["k=4"] == pytest.approx(found.value, abs=0.05)
    assert found.facts["explained_x"] > 0.98
    assert found.facts["n_fitted"] == N


def test_canonical_directions_do_not_find_what_is_not_there() -> None:
    """30 columns a side of 400 rows: fitted and measured on the same rows they would find .5."""
    x, y = np.random.default_rng(0).standard_normal((2, 400, 30))
    assert abs(mi.estimate(x, y, "gaussian", reduce="cca:1").value) < 0.05


@pytest.mark.parametrize("kind", ["numbers", "labels"])
def test_canonical_directions_under_a_condition_are_of_what_it_leaves(kind: str) -> None:
    """One column a side is the condition and noise, the other half of a pair beside it.

    The raw directions would be the common cause, of which nothing is left once it is given.
    """
    rng = np.random.default_rng(0)
    z = rng.standard_normal(N) if kind == "numbers" else rng.integers(0, 3, N)
    u, noise = rng.standard_normal((2, N))
    v, (e, f) = RHO * u + np.sqrt(1 - RHO**2) * noise, 0.1 * rng.standard_normal((2, N))
    given = z if kind == "numbers" else np.array(["a", "b", "c"])[z]
    x, y = np.column_stack([z + e, u]), np.column_stack([z + f, v])
    found = mi.estimate(x, y, "ksg", given=given, reduce="cca:1")
    assert found.value == pytest.approx(TRUTH / 2, abs=0.1)


def test_rows_that_directions_are_fitted_on_are_needed_too() -> None:
    """An interval as wide as the one that is there takes about all the rows, not half."""
    x, y = pairs()
    noise = 0.5 * np.random.default_rng(1).standard_normal(y.shape)
    how = {"estimator": "gaussian", "reduce": "cca:1", "interval": 0.95}
    found = mi.estimate(x, y + noise, **how).interval
    again = mi.estimate(x, y + noise, **how, rows_for=(found.high - found.low) / 2)
    assert again.rows_needed.for_interval == pytest.approx(N, rel=0.1)


def test_the_report_of_the_command_is_that_of_python(mitool, table) -> None:
    words = ("-x", "x_*", "-y", "y_*", "-e", "ksg", "--reduce", "pca:2", "-q", "--json")
    (row,) = json.loads(mitool("estimate", table, *words).out)["results"]
    frame = pd.read_csv(table, engine="pyarrow")  # others are off by some last digits
    found = mi.estimate(frame.filter(like="x_"), frame.filter(like="y_"), "ksg", reduce="pca:2")
    assert row["mi"] == found.value
    assert row["extras"] == json.loads(json.dumps({**found.extras, **found.facts}))


def test_entropy_diagnose_and_screen_reduce_too(mitool, table) -> None:
    entropy = mitool(
        "entropy", table, "--cols", "x_*", "--joint", "--reduce", "pca:2", "-q", "--json"
    )
    (row,) = json.loads(entropy.out)["results"]
    assert (row["dim_x"], row["status"]) == (2, "ok")
    words = ("-x", "x_*", "-y", "label", "--reduce", "pca:2", "-q", "--json")
    first, *_ = json.loads(mitool("diagnose", table, *words).out)["results"]
    assert first["dim_x"] == 2
    words = ("-t", "y_*", "--cols", "x_0", "--reduce", "pca:2", "-e", "ksg", "-q", "--json")
    (row,) = json.loads(mitool("screen", table, *words).out)["results"]
    assert row["dim_y"] == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--reduce", "pca"), "--reduce takes pca:K or cca:K, such as pca:4, got 'pca'"),
        (("--reduce", "ica:2"), "--reduce takes pca:K or cca:K"),
        (("--reduce", "pca:0"), "--reduce takes pca:K or cca:K"),
        (("--reduce", "pca:20"), "is for variables of more than 20 columns of numbers; 'x_0,"),
        (("--reduce", "pca:2", "--stream"), "leave out"),
        (("--reduce", "pca:2", "--pointwise", "p.csv"), "columns as they are; leave out --reduce"),
    ],
)
def test_what_cannot_be_reduced_is_refused(mitool, table, words, said, monkeypatch) -> None:
    monkeypatch.chdir(table.parent)
    done = mitool("estimate", table, "-x", "x_*", "-y", "y_*", "-e", "ksg", *words)
    assert done.code == 2
    (line,) = done.err.splitlines()
    assert said in line


def test_layers_are_reduced_for_neighbours_alone(mitool, tmp_path) -> None:
    x, y = pairs()
    np.savez(tmp_path / "epoch1.npz", act_fc=x, inputs=y, y=np.arange(N) % 2)
    words = ("layers", tmp_path, "--no-spectra", "-q", "--json", "--reduce", "pca:2")
    rows = json.loads(mitool(*words, "-e", "ksg").out)["results"]
    kept = next(row for row in rows if row["quantity"] == "I(X;T)")
    assert kept["mi"] == pytest.approx(TRUTH, abs=0.2)
    refused = mitool(*words, "-e", "ebab")
    assert "-e ebab takes layers as they are; drop --reduce" in refused.err


def test_labels_stay_and_direct_canonical_directions() -> None:
    x, _ = pairs()
    codes = (x[:, 0] > 0).astype(float)
    fitted = Reduction.parsed("cca:1").fitted(variable(x), discrete(codes))
    first, labels = fitted.pair(1)
    assert labels.kind == "discrete"
    used = fitted.used
    assert abs(np.corrcoef(first.values[:, 0], codes[used])[0, 1]) > 0.7
