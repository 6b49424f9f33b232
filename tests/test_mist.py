"""``-e mist``: what it gives, what it refuses, and what must not change its numbers."""

from __future__ import annotations

import json
import subprocess
import sys
import zlib
from itertools import pairwise
from math import exp, log, sqrt
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

import mitool as library
from mitool.errors import MitoolError
from mitool.estimators import load
from mitool.estimators.base import Value
from mitool.estimators.learned.network import LEVELS
from mitool.estimators.mist import MOST_ROWS, QUANTILES, Mist

PACKAGE = Path(library.__file__).parent
TOLERANCE = 1e-9
NUMBERS = ("mi", "se", "ci_low", "ci_high")

pytestmark = pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")


def correlated(rng, n, dx, dy, rho):
    """Columns a, b, … of x and of y, the first of each correlated."""
    x, y = rng.normal(size=(n, dx)), rng.normal(size=(n, dy))
    y[:, 0] = rho * x[:, 0] + sqrt(1 - rho**2) * y[:, 0]
    names = "abcdefghij"
    columns = zip(names, np.hstack((x, y)).T, strict=False)
    return dict(columns), names[:dx], names[dx : dx + dy]


def write(path, table):
    lines = [",".join(table), *(",".join(map(repr, row)) for row in _rows(table))]
    path.write_text("\n".join(lines) + "\n")
    return path


def _rows(table):
    return np.column_stack(list(table.values())).tolist()


@pytest.fixture
def estimate(mitool, tmp_path):
    """Give ``run(table, x, y, *options)``, the row of ``mitool estimate -e mist`` on a file."""

    def run(table, x, y, *options):
        path = write(tmp_path / "table.csv", table)
        sides = ("-x", ",".join(x), "-y", ",".join(y))
        done = mitool("estimate", path, *sides, "-e", "mist", *options, "--json")
        assert done.code == 0, done.err
        report = json.loads(done.out)
        (row,) = report["results"]
        return row, report["warnings"]

    return run


# What it gives


def test_the_median_is_the_number_and_all_quantiles_stand_beside_it(estimate, rng):
    row, _ = estimate(*correlated(rng, 200, 1, 1, 0.8))
    quantiles = [row["extras"][name] for name in QUANTILES]
    assert QUANTILES == ("q05", "q10", "q25", "q40", "q50", "q60", "q75", "q90", "q95")
    assert row["mi"] == row["extras"]["q50"] >= 0.0
    assert quantiles == sorted(quantiles)
    assert 0.0 <= row["extras"]["p_negligible"] <= 1.0
    assert (row["estimand"], row["unit"]) == ("mi", "nats")


def test_bits_are_nats_times_a_number_and_a_probability_is_none(estimate, rng):
    table = correlated(rng, 100, 2, 1, 0.6)
    nats, bits = (estimate(*table, "-u", unit, "--ci", 0.9)[0] for unit in ("nats", "bits"))
    for name in NUMBERS:
        assert bits[name] == pytest.approx(nats[name] / log(2))
    for name in QUANTILES:
        assert bits["extras"][name] == pytest.approx(nats["extras"][name] / log(2))
    for name in ("p_negligible", "distance"):
        assert bits["extras"][name] == nats["extras"][name]


@pytest.mark.parametrize(("level", "ends"), [(0.9, "05 95"), (0.8, "10 90"), (0.5, "25 75")])
def test_an_interval_lies_between_two_quantiles(estimate, rng, level, ends):
    row, _ = estimate(*correlated(rng, 150, 1, 2, 0.5), "--ci", level)
    low, high = (row["extras"][f"q{end}"] for end in ends.split())
    assert (row["ci_method"], row["ci_level"], row["ci_n"]) == ("quantiles", level, None)
    assert (row["ci_low"], row["ci_high"]) == (pytest.approx(low), pytest.approx(high))


def test_between_quantiles_logarithms_follow_normal_scores():
    quantiles = dict(zip(QUANTILES, [exp(0.3 * j) - 0.05 for j in range(9)], strict=True))
    low, high = Mist().central(Value(0.0, extras=quantiles), 0.7)
    score = NormalDist().inv_cdf
    share = (score(0.15) - score(0.1)) / (score(0.25) - score(0.1))
    assert low == pytest.approx(exp(0.3 * (1 + share)) - 0.05)
    assert high == pytest.approx(exp(0.3 * (7 - share)) - 0.05)


def test_intervals_widen_with_their_level_and_hold_the_estimate(estimate, rng):
    table = correlated(rng, 120, 2, 2, 0.7)
    rows = [estimate(*table, "--ci", level)[0] for level in (0.01, 0.3, 0.6, 0.85, 0.9)]
    for narrow, wide in pairwise(rows):
        assert wide["ci_low"] < narrow["ci_low"] <= narrow["mi"]
        assert wide["ci_high"] > narrow["ci_high"] >= narrow["mi"]


def test_an_interval_of_resamples_stays_possible(estimate, rng):
    table = correlated(rng, 200, 1, 1, 0.8)
    row, _ = estimate(*table, "--ci", 0.95, "--ci-method", "subsample", "-b", 20)
    assert (row["ci_method"], row["ci_level"], row["ci_n"]) == ("subsample", 0.95, 20)
    assert row["ci_low"] < row["mi"] < row["ci_high"]


def test_the_report_says_that_it_depends_on_a_prior(estimate, rng):
    _, said = estimate(*correlated(rng, 100, 1, 1, 0.8))
    (note,) = [note for note in said if note["code"] == "prior_dependent"]
    assert "prior-dependent" in note["message"]
    assert note["level"] == "note"


@pytest.mark.parametrize("dims", [(1, 1), (2, 3)])
def test_a_permutation_test_is_that_of_ksg_and_says_so(estimate, mitool, tmp_path, rng, dims):
    table, x, y = correlated(rng, 80, *dims, 0.2)
    row, said = estimate(table, x, y, "--permutations", 99)
    sides = ("-x", ",".join(x), "-y", ",".join(y))
    others = mitool(
        *("estimate", tmp_path / "table.csv", *sides, "-e", "ksg", "--permutations", 99, "--json")
    )
    (other,) = json.loads(others.out)["results"]
    assert (row["p_value"], row["p_n"]) == (other["p_value"], 99)
    assert row["p_method"] == f"ksg-{other['p_method']}" == "ksg-permutation-max+gcmi+squares"
    assert row["mi"] != other["mi"]
    assert "tested_by" in [note["code"] for note in said]


def test_a_matrix_and_a_ranking_hold_what_single_estimates_do(estimate, mitool, tmp_path, rng):
    table, *_ = correlated(rng, 150, 2, 1, 0.9)
    single = {x: estimate(table, x, "c")[0]["mi"] for x in "ab"}
    path = tmp_path / "table.csv"
    pairs = mitool("matrix", path, "-e", "mist", "--ci", 0.9, "--json")
    rows = {(row["x"], row["y"]): row for row in json.loads(pairs.out)["results"]}
    for x in "ab":
        assert rows[x, "c"]["mi"] == single[x]
        assert rows[x, "c"]["ci_method"] == "quantiles"
    ranked = mitool("screen", path, "-t", "c", "-e", "mist", "--holdout", "none", "--json")
    assert [(row["x"], row["mi"]) for row in json.loads(ranked.out)["results"]] == [
        ("a", single["a"]),
        ("b", single["b"]),
    ]


def test_python_gives_what_the_command_does(estimate, rng):
    table, x, y = correlated(rng, 100, 2, 2, 0.7)
    row, _ = estimate(table, x, y, "--ci", 0.9, "--permutations", 19)
    sides = ({name: table[name] for name in side} for side in (x, y))
    found = library.estimate(
        *(np.column_stack(list(side.values())) for side in sides),
        "mist",
        interval=0.9,
        permutations=19,
    )
    assert found.value == row["mi"]
    assert (found.interval.low, found.interval.high) == (row["ci_low"], row["ci_high"])
    assert found.extras == {name: row["extras"][name] for name in QUANTILES}
    assert found.test.p_value == row["p_value"]


def test_a_normalised_form_is_the_correlation_of_the_median(estimate, rng):
    row, _ = estimate(*correlated(rng, 100, 1, 1, 0.7), "--normalize", "r")
    assert row["normalized"] == pytest.approx(sqrt(1 - exp(-2 * row["mi"])))


def test_a_diagnosis_takes_its_own_interval(rng):
    table, x, y = correlated(rng, 200, 1, 1, 0.7)
    found = library.diagnose(table[x], table[y], estimator="mist").estimate
    assert (found.interval.method, found.interval.level) == ("quantiles", 0.9)


# What must not change its numbers

MAPS = {
    "units": lambda v: 1000.0 * v - 273.15,
    "exponential": np.exp,
    "cubes": lambda v: v**3,
    "turned around": lambda v: -v,
    "ranks": lambda v: np.unique(v, return_inverse=True)[1].astype(float),
}


def same(first, second):
    """Check that two rows hold the same numbers, to 1e-9."""
    for name in NUMBERS:
        assert second[name] == pytest.approx(first[name], rel=TOLERANCE, abs=TOLERANCE)
    for name in (*QUANTILES, "p_negligible", "distance"):
        wanted = pytest.approx(first["extras"][name], rel=TOLERANCE, abs=TOLERANCE)
        assert second["extras"][name] == wanted


@pytest.fixture(params=["smooth", "tied"])
def table(request, rng):
    """A table of 3 columns and 2, whose first pair is correlated; some of it tied, or none."""
    made, x, y = correlated(rng, 140, 3, 2, 0.75)
    if request.param == "tied":
        made["a"] = np.round(made["a"], 1)
        made["d"] = np.maximum(made["d"], -0.5)
    return made, x, y


@pytest.mark.parametrize("how", MAPS)
@pytest.mark.parametrize("column", ["a", "e"])
def test_monotone_maps_of_a_column_change_nothing(estimate, table, how, column):
    made, x, y = table
    before, _ = estimate(made, x, y, "--ci", 0.9)
    after, _ = estimate({**made, column: MAPS[how](made[column])}, x, y, "--ci", 0.9)
    same(before, after)


def test_the_order_of_rows_changes_nothing(estimate, table, rng):
    made, x, y = table
    before, _ = estimate(made, x, y, "--ci", 0.9)
    rows = rng.permutation(140)
    after, _ = estimate({n: column[rows] for n, column in made.items()}, x, y, "--ci", 0.9)
    same(before, after)


def test_swapping_x_and_y_changes_nothing(estimate, table):
    made, x, y = table
    same(estimate(made, x, y, "--ci", 0.9)[0], estimate(made, y, x, "--ci", 0.9)[0])


@pytest.mark.parametrize("turned", ["bca", "cba"])
def test_the_order_of_columns_within_a_side_changes_nothing(estimate, table, turned):
    made, x, y = table
    before, _ = estimate(made, x, y, "--ci", 0.9)
    same(before, estimate(made, turned, y[::-1], "--ci", 0.9)[0])


def test_names_and_the_seed_change_nothing(estimate, table):
    made, x, y = table
    before, _ = estimate(made, x, y, "--ci", 0.9)
    renamed = dict(zip("zyxwv", made.values(), strict=True))
    same(before, estimate(renamed, "zyx", "wv", "--ci", 0.9, "--seed", 5)[0])


@pytest.mark.parametrize("options", [("--ci-method", "subsample"), ("--order", "time")])
def test_an_interval_of_resamples_holds_the_one_between_quantiles(estimate, rng, options):
    """Near 0 all resamples give nearly the same, and prove nothing by it."""
    table = {name: rng.normal(size=120) for name in "ab"}
    own, _ = estimate(table, "a", "b", "--ci", 0.9)
    row, _ = estimate(table, "a", "b", "--ci", 0.9, *options)
    assert row["ci_method"] != own["ci_method"] == "quantiles"
    assert 0.0 <= row["ci_low"] <= own["ci_low"] < own["ci_high"] <= row["ci_high"]


# What it refuses


@pytest.fixture
def refused(mitool, tmp_path):
    """Give ``run(table, *options)``, the one line by which ``estimate -e mist`` refuses."""

    def run(table, *options, code=3):
        path = write(tmp_path / "table.csv", table)
        done = mitool("estimate", path, "-e", "mist", *options, "-q")
        assert (done.code, done.out) == (code, "")
        (line,) = done.err.splitlines()
        return line.removeprefix("mitool: error: ")

    return run


def test_few_rows_are_refused(refused, estimate, rng):
    table, *_ = correlated(rng, 29, 1, 1, 0.5)
    assert refused(table, "-x", "a", "-y", "b") == (
        "mist has learned from tables of at least 30 rows, and 'a' with 'b' has 29; use -e ksg"
    )
    more = {name: np.append(column, 0.5) for name, column in table.items()}
    assert estimate(more, "a", "b")[0]["n_used"] == 30


def test_many_rows_are_refused(refused, estimate, rng):
    table, *_ = correlated(rng, MOST_ROWS + 1, 1, 1, 0.5)
    assert refused(table, "-x", "a", "-y", "b") == (
        "mist has learned from tables of at most 3000 rows, and 'a' with 'b' has 3001; use "
        "--sample 3000, or -e auto"
    )
    assert estimate(table, "a", "b", "--sample", 3000)[0]["n_used"] == 3000


def test_many_columns_are_refused(refused, estimate, rng):
    table, *_ = correlated(rng, 60, 6, 1, 0.5)
    assert refused(table, "-x", "a..f", "-y", "g") == (
        "mist has learned from tables of at most 5 columns a side, and 'a,b,c,d,e,f' has 6; use "
        "fewer, --reduce pca:5, or -e knn-or-copula"
    )
    assert estimate(table, "abcdef", "g", "--reduce", "pca:5")[0]["dim_x"] == 5
    assert estimate(table, "abcde", "g")[0]["dim_x"] == 5


def test_labels_are_refused(refused, rng):
    table, *_ = correlated(rng, 60, 2, 1, 0.5)
    table["a"] = np.arange(60) % 3
    message = "mist does not take 'a' (discrete) with 'c' (continuous); -e ross does"
    assert refused(table, "-x", "a", "-y", "c").startswith(message)
    message = "mist does not take labels beside numbers in 'a,b'; -e mesner does"
    assert refused(table, "-x", "a,b", "-y", "c") == message


def test_a_condition_is_refused(refused, rng):
    table, *_ = correlated(rng, 60, 2, 1, 0.5)
    message = refused(table, "-x", "a", "-y", "c", "-z", "b")
    assert message.startswith("mist has no conditional form; these have: ")


def test_wide_intervals_are_refused(refused, rng):
    table, *_ = correlated(rng, 60, 1, 1, 0.5)
    assert refused(table, "-x", "a", "-y", "b", "--ci", 0.95, code=2) == (
        "the widest interval of mist by its quantiles has the level 0.9, got 0.95; use --ci 0.9, "
        "or --ci-method subsample for one by resamples"
    )


@pytest.mark.parametrize("option", ["--stream", "--pointwise"])
def test_what_it_cannot_do_is_refused(refused, tmp_path, rng, option):
    table, *_ = correlated(rng, 60, 1, 1, 0.5)
    options = [option] if option == "--stream" else [option, tmp_path / "terms.csv"]
    assert refused(table, "-x", "a", "-y", "b", *options).startswith("mist ")


def test_a_constant_side_is_0_and_is_named(estimate, rng):
    table, *_ = correlated(rng, 60, 1, 1, 0.5)
    row, said = estimate(
        {**table, "a": np.full(60, 2.5)}, "a", "b", "--ci", 0.9, "--continuous", "a"
    )
    assert (row["mi"], row["ci_low"]) == (0.0, None)
    assert "column 'a' has one value in all rows used" in [note["message"] for note in said]


def test_a_constant_beside_others_is_left_out_and_is_named(estimate, rng):
    table, x, y = correlated(rng, 60, 2, 1, 0.5)
    before, _ = estimate(table, x, y, "--ci", 0.9)
    with_constant = {**table, "z": np.full(60, 2.5)}
    after, said = estimate(with_constant, x + "z", y, "--ci", 0.9, "--continuous", "z")
    same(before, after)
    assert "column 'z' has one value in all rows used" in [note["message"] for note in said]


def test_an_interval_that_has_too_few_rows_says_so(rng):
    table, x, y = correlated(rng, 40, 1, 1, 0.5)
    found = library.estimate(table[x], table[y], "mist", interval=0.9, interval_method="subsample")
    assert found.interval is None
    (note,) = [note for note in found.notes if note.code == "no_interval"]
    assert "at least 30 rows" in note.message


# What it costs those who do not ask for it


SEEN = """
import sys, mitool.cli.app as app
code = app.main({arguments!r})
from mitool.estimators import load
learned = [name for name in sys.modules if name.startswith("mitool.estimators.learned")]
print("LEARNED", code, learned)
"""


def test_other_estimates_load_nothing_of_it(tmp_path, rng):
    table, *_ = correlated(rng, 60, 1, 1, 0.5)
    path = write(tmp_path / "table.csv", table)
    arguments = ["estimate", str(path), "-x", "a", "-y", "b", "-o", str(tmp_path / "r.json")]
    code = SEEN.format(arguments=arguments)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LEARNED 0 []" in done.stdout


def test_listing_estimators_reads_no_weights(mitool):
    from mitool.estimators.learned import network

    network.load.cache_clear()
    assert mitool("estimators", "mist").code == 0
    assert network.load.cache_info().misses == 0


def test_the_weights_and_the_whole_package_are_small():
    """Compressed about as a wheel is."""
    assert (PACKAGE / "estimators" / "mist.npz").stat().st_size < 1_000_000
    shipped = [p for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    assert sum(len(zlib.compress(p.read_bytes())) for p in shipped) < 2_000_000


def test_broken_weights_are_one_line_that_names_them(refused, monkeypatch, tmp_path, rng):
    from mitool.estimators.learned import network

    whole = (PACKAGE / "estimators" / network.FILE).read_bytes()
    (tmp_path / network.FILE).write_bytes(whole[: len(whole) // 2])
    monkeypatch.setattr(network, "files", lambda package: tmp_path)
    network.load.cache_clear()
    table, *_ = correlated(rng, 60, 1, 1, 0.5)
    line = refused(table, "-x", "a", "-y", "b")
    network.load.cache_clear()
    assert line.startswith(f"the weights of mist ({tmp_path / network.FILE}) cannot be used: ")
    assert line.endswith("; install mitool again")


def test_it_is_registered_with_what_it_can_do():
    assert load("mist") is Mist
    assert Mist().widest_level == pytest.approx(LEVELS[-1] - LEVELS[0])
    with pytest.raises(MitoolError, match="mist has no parameter 'k'; it has none"):
        library.estimate([1.0], [2.0], "mist", params={"k": 3})
