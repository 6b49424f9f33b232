"""Groups of rows that look like a series, and intervals that disagree with tests."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from mitool.diagnostics.panel import Grouping, explaining
from mitool.result import Estimate, Interval, Test
from mitool.uncertainty.agreement import agreement_notes
from tests.make import numbers

N_GROUPS, YEARS = 60, 12


def countries(rng, trend: float = 0.0):
    """Codes of countries, and two variables that differ by country and grow from year to year."""
    country = np.repeat(np.arange(N_GROUPS), YEARS)
    year = np.tile(np.arange(YEARS), N_GROUPS)
    of_country = rng.normal(size=(2, N_GROUPS))[:, country]
    x, y = of_country + trend * year + 0.1 * rng.normal(size=(2, len(country)))
    return country.astype(float), x, y


def series(rng, n: int) -> np.ndarray:
    values = np.zeros(n)
    for i in range(1, n):
        values[i] = 0.9 * values[i - 1] + rng.normal()
    return values


def panel(path: Path, rng) -> Path:
    country, x, y = countries(rng, 0.05)
    lines = [f"c{int(c):02d},{a},{b}" for c, a, b in zip(country, x, y, strict=True)]
    path.write_text("country,x,y\n" + "\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("trend", [0.0, 0.1])
def test_a_column_whose_groups_explain_the_likeness_is_named(rng, trend):
    country, x, y = countries(rng, trend)
    continent = np.floor(country / 12)
    noise = rng.integers(0, 9, len(x)).astype(float)
    columns = [
        Grouping("noise", noise),
        Grouping("continent", continent),
        Grouping("country", country),
    ]
    assert explaining(numbers(x), numbers(y), columns) == "country"
    assert explaining(numbers(x), numbers(y), columns[:1]) is None


def test_labels_that_are_scattered_over_a_series_explain_nothing(rng):
    x, y = numbers(series(rng, 720)), numbers(series(rng, 720))
    scattered = Grouping("label", rng.integers(0, 60, 720).astype(float))
    assert explaining(x, y, [scattered]) is None


def test_groups_too_few_for_an_interval_over_them_are_not_named(rng):
    half = np.repeat([0.0, 1.0], 300)
    x, y = half + 0.1 * rng.normal(size=600), half + 0.1 * rng.normal(size=600)
    assert explaining(numbers(x), numbers(y), [Grouping("half", half)]) is None


@pytest.mark.parametrize(
    "command",
    [
        ["estimate", "-x", "x", "-y", "y", "--ci", "0.95"],
        ["estimate", "-x", "x", "-y", "y"],
        ["matrix", "--cols", "country,x,y"],
        ["screen", "-t", "y"],
        ["screen", "-t", "y", "--shard", "1/1", "-o"],
        ["diagnose", "-x", "x", "-y", "y"],
    ],
    ids=lambda words: " ".join(words[:1] + words[-1:]),
)
def test_groups_are_named_before_the_order_of_rows(command, mitool, tmp_path, rng):
    path = panel(tmp_path / "d.csv", rng)
    verb, *options = command
    options += [tmp_path / "one.part"] if options[-1] == "-o" else ["--format", "json"]
    done = mitool(verb, path, *options)
    assert done.code == 0
    assert "rows of one 'country' stand together" in done.err
    assert "--groups country" in done.err
    assert "--order none" not in done.err


def test_nothing_is_said_once_groups_are_given(mitool, tmp_path, rng):
    path = panel(tmp_path / "d.csv", rng)
    done = mitool(
        *("estimate", path, "-x", "x", "-y", "y", "--groups", "country", "--ci", "0.95"),
        *("--format", "json"),
    )
    codes = {note["code"] for note in json.loads(done.out)["warnings"]}
    assert not codes & {"panel", "autocorrelation"}


def test_a_series_is_asked_for_its_order_as_before(mitool, tmp_path, rng):
    x, y = series(rng, 400), series(rng, 400)
    path = tmp_path / "d.csv"
    lines = [f"{'ab'[i % 2]},{a},{b}" for i, (a, b) in enumerate(zip(x, y, strict=True))]
    path.write_text("label,x,y\n" + "\n".join(lines) + "\n")
    done = mitool("estimate", path, "-x", "x", "-y", "y", "--format", "json")
    assert "say --order time" in done.err
    assert "--groups" not in done.err


@pytest.mark.parametrize(
    ("low", "p_value", "words"),
    [
        (-0.01, 0.001, "holds 0, but p is 0.001"),
        (0.01, 0.3, "does not hold 0, but p is 0.3"),
        (-0.01, 0.3, None),
        (0.01, 0.001, None),
    ],
)
def test_an_interval_and_a_test_that_disagree_get_one_sentence(low, p_value, words):
    interval = Interval(low, 0.1, 0.95, "subsample", 0.02)
    estimate = Estimate("x", "y", "ksg", 0.05, interval=interval, test=Test(p_value, "permutation"))
    said = [note.message for note in agreement_notes(estimate)]
    assert len(said) == (words is not None)
    assert words is None or f"the interval of 'x' and 'y' {words}" in said[0]


def test_a_measure_that_is_not_0_of_independent_rows_is_not_compared_with_0():
    interval = Interval(0.5, 0.7, 0.95, "subsample", 0.02)
    test = Test(0.4, "permutation")
    estimate = Estimate("x", "y", "dsmi", 0.6, estimand="dsmi", interval=interval, test=test)
    assert not list(agreement_notes(estimate))
