"""How many rows would do: against exact power, and by growing a sample to them."""

from __future__ import annotations

import json
from math import isinf, log, sqrt

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import chi2, ncx2

import mitool
from mitool.errors import UsageError
from mitool.inference.bounds import growth
from mitool.inference.needed_rows import Null, rows_for_width
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from tests.make import labels, numbers

KSG = Settings("ksg")


def exact_rows(mi: float, degrees: int) -> float:
    """Give the rows with which 2 n I, noncentral χ², exceeds its 95 % point in 0.8 of samples."""
    critical = chi2.ppf(0.95, degrees)
    return brentq(lambda n: ncx2.sf(critical, degrees, 2 * n * mi) - 0.8, 2, 1e7)


def pair(n: int, rho: float = 0.6, seed: int = 0):
    rng = np.random.default_rng(seed)
    x = rng.standard_normal(n)
    y = rho * x + sqrt(1 - rho**2) * rng.standard_normal(n)
    return numbers(x, "x"), numbers(y, "y")


def test_half_the_width_takes_four_times_the_rows():
    assert rows_for_width(200, 0.1, 0.05) == 800
    assert rows_for_width(300, 0.05, 0.1) == 75


def test_of_a_drift_half_the_width_falls_as_n():
    """Of ± 0.1 by sampling and ± 0.05 by a drift, 4 times the rows leave .05 + .0125."""
    assert rows_for_width(200, 0.15, 0.0625, drift=-0.1) == 800
    assert rows_for_width(200, 0.15, 0.15, drift=0.1) == 200


@pytest.mark.parametrize("degrees", [1, 4, 9])
@pytest.mark.parametrize("mi", [0.002, 0.02, 0.1])
def test_power_of_a_chi_squared_statistic_is_nearly_exact(degrees, mi):
    pilot = 500
    null = Null(
        pilot,
        spread=sqrt(2 * degrees) / (2 * pilot),
        critical=(chi2.ppf(0.95, degrees) - degrees) / (2 * pilot),
        exponent=1.0,
    )
    assert null.rows_to_find(mi) == pytest.approx(exact_rows(mi, degrees), rel=0.1)


def test_the_rows_given_are_the_fewest_that_find_it():
    null = Null(200, spread=0.04, critical=0.07, exponent=0.5)

    def is_found(n: float, mi: float) -> bool:
        shrunk = sqrt(200 / n)
        se = sqrt((0.04 * shrunk) ** 2 + growth(mi, n) * mi)
        return mi >= 0.07 * shrunk + 0.8416212 * se

    for mi in (0.01, 0.1):
        n = null.rows_to_find(mi)
        assert is_found(n, mi)
        assert not is_found(n - 1, mi)
    assert isinf(null.rows_to_find(1e-12))


def test_labels_take_the_rows_of_a_g_test():
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 2, (2, 300))
    asked = Uncertainty(level=0.95, rows_for=0.02)
    found = assess(labels(x), labels(y, "y"), settings=Settings("plugin"), uncertainty=asked)
    assert found.rows_needed.for_power == pytest.approx(exact_rows(0.02, 1), rel=0.2)


def test_fewer_rows_than_an_interval_is_honest_with_are_not_planned_unwarned():
    def warned(sides, wanted):
        asked = Uncertainty(level=0.95, rows_for=wanted)
        found = assess(*sides, uncertainty=asked)
        warnings = {note.code: note.message for note in found.notes}
        return found.rows_needed.for_interval, warnings.get("few_rows_needed")

    n, message = warned(pair(200), 0.3)
    assert n < 100
    assert f"{n} rows would make" in message
    assert "plan 100 rows or more" in message
    assert warned(pair(200), 0.05)[1] is None
    rng = np.random.default_rng(3)
    x, y = rng.integers(0, 2, (2, 300))
    n, message = warned((labels(x), labels(y, "y")), 0.1)
    assert n < 100
    assert message is None


def test_a_sample_of_the_rows_asked_for_has_the_interval_asked_for():
    half_widths = []
    for seed in range(9):
        asked = Uncertainty(level=0.95, rows_for=0.08)
        n = assess(*pair(200, seed=seed), settings=KSG, uncertainty=asked).rows_needed.for_interval
        assert n > 300
        larger = assess(
            *pair(n, seed=100 + seed), settings=KSG, uncertainty=Uncertainty(level=0.95)
        )
        half_widths.append((larger.interval.high - larger.interval.low) / 2)
    assert np.median(half_widths) == pytest.approx(0.08, rel=0.25)


def test_a_measure_that_no_permutation_tests_has_rows_for_its_interval_alone():
    asked = Uncertainty(level=0.95, rows_for=0.1)
    found = assess(*pair(100), settings=Settings("cs-divergence"), uncertainty=asked)
    assert found.rows_needed.for_interval > 0
    assert found.rows_needed.for_power is None
    assert "find" not in str(found.rows_needed)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"rows_for": 0.1}, "half the width of an interval; add --ci 0.95"),
        ({"level": 0.9, "rows_for": 0.0}, "--rows-for must be a positive number, got 0"),
        ({"level": 0.9, "rows_for": float("nan")}, "--rows-for must be a positive number, got nan"),
    ],
)
def test_what_cannot_be_meant(asked, message):
    with pytest.raises(UsageError, match=message):
        Uncertainty(**asked)


def test_bits_are_of_the_report():
    x, y = (side.values for side in pair(150))
    nats = mitool.estimate(x, y, interval=0.95, rows_for=0.05 * log(2))
    bits = mitool.estimate(x, y, interval=0.95, rows_for=0.05, unit="bits")
    assert bits.rows_needed.wanted == pytest.approx(0.05)
    assert bits.rows_needed.for_interval == nats.rows_needed.for_interval
    assert bits.rows_needed.for_power == nats.rows_needed.for_power
    assert "rows needed" in repr(bits)
    with pytest.raises(UsageError, match="rows_for is half the width"):
        mitool.estimate(x, y, rows_for=0.1)


def test_the_report_has_columns_for_it_where_it_is_asked_for(mitool):
    line = ("estimate", "sample_data/gaussian.csv", "-x", "x1", "-y", "y1", "--ci", "0.95")
    plain, asked = mitool(*line), mitool(*line, "--rows-for", "0.05")
    assert "rows_for" not in json.loads(plain.out)["results"][0]
    row = json.loads(asked.out)["results"][0]
    half = (row["ci_high"] - row["ci_low"]) / 2
    assert row["rows_for"] == 0.05
    assert row["rows_for_interval"] == pytest.approx(rows_for_width(1000, half, 0.05), rel=0.3)
    assert row["rows_for_power"] > 1
    assert "rows_for_power" in mitool(*line, "--rows-for", "0.05", "--format", "csv").out


def test_a_difference_has_no_rows(mitool):
    line = ("-x", "x1", "-y", "y1", "-y", "y2", "--compare", "--ci", "0.95", "--rows-for", "0.1")
    done = mitool("estimate", "sample_data/gaussian.csv", *line)
    assert done.code == 2
    assert "--compare takes no --rows-for" in done.err
