"""Series that drift: found, told of, and made into series that stay."""

from __future__ import annotations

import numpy as np
import pytest

import mitool
from mitool.errors import MitoolError
from mitool.inference.stationarity import dickey_fuller, drift_of, trend_statistic
from mitool.tables.column import Column
from mitool.variables import gather
from mitool.variables.drifting import Steadying, detrended, differenced

pytestmark = pytest.mark.filterwarnings("ignore::mitool.errors.MitoolWarning")


def series(rng: np.random.Generator, phi: float, n: int) -> np.ndarray:
    """An autoregression that begins at 0."""
    x = rng.standard_normal(n)
    for t in range(1, n):
        x[t] += phi * x[t - 1]
    return x


def walk_and_wave() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    walk = np.cumsum(rng.normal(size=200))
    return walk, np.convolve(rng.normal(size=260), 0.9 ** np.arange(60))[60:260]


def codes(found: mitool.Estimate) -> list[str]:
    return [note.code for note in found.notes if note.level == "warning"]


@pytest.mark.parametrize(
    ("which", "with_trend", "expected"),
    [
        (0, False, -2.1754588658428),
        (0, True, -1.1565394045967),
        (1, False, -3.1655213816319),
        (1, True, -3.5215403994044),
    ],
)
def test_the_dickey_fuller_statistic_is_that_of_statsmodels(
    which: int, with_trend: bool, expected: float
) -> None:
    """``adfuller(x, maxlag=14, autolag="BIC")`` of statsmodels 0.14, without and with a line."""
    found = dickey_fuller(walk_and_wave()[which], with_trend=with_trend)
    assert found == pytest.approx(expected, rel=1e-9)


def test_the_trend_statistic_is_the_f_of_two_nested_polynomials(rng: np.random.Generator) -> None:
    values = rng.normal(size=200) + np.linspace(0, 1, 200)
    means, time = values.reshape(10, 20).mean(axis=1), np.arange(10.0)
    left = [
        np.sum((means - np.polyval(np.polyfit(time, means, degree), time)) ** 2)
        for degree in (0, 2)
    ]
    expected = (left[0] - left[1]) / 2 / (left[1] / 7)
    assert trend_statistic(values) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(
    ("phi", "slope", "unit_root", "trend"),
    [
        (0.0, 0.0, (0.0, 0.02), (0.01, 0.10)),
        (0.5, 0.0, (0.0, 0.02), (0.01, 0.12)),
        (1.0, 0.0, (0.85, 1.0), (0.0, 0.15)),
        (0.3, 2.0, (0.0, 0.02), (0.95, 1.0)),
    ],
)
def test_drifts_are_found_and_steady_series_are_not(
    phi: float, slope: float, unit_root: tuple[float, float], trend: tuple[float, float]
) -> None:
    """Of 200 series of 500 rows; 5 % of steady ones have a trend by chance."""
    rng, line = np.random.default_rng(17), slope * np.linspace(0, 1, 500)
    found = [drift_of(series(rng, phi, 500) + line) for _ in range(200)]
    assert unit_root[0] <= np.mean([drift == "unit root" for drift in found]) <= unit_root[1]
    assert trend[0] <= np.mean([drift == "trend" for drift in found]) <= trend[1]


def test_a_line_a_constant_and_few_rows_are_judged_without_an_error() -> None:
    assert drift_of(np.arange(100.0)) == "trend"
    assert drift_of(np.zeros(100)) is None
    assert drift_of(np.arange(20.0)) is None
    assert drift_of(np.tile([0.0, 1.0], 50)) is None


def test_where_both_drift_a_test_by_shifts_is_withheld_and_the_interval_is_low() -> None:
    rng, line = np.random.default_rng(3), np.linspace(0, 2, 300)
    x, y = line + rng.normal(size=300), line + rng.normal(size=300)
    found = mitool.estimate(x, y, order="time", permutations=19, interval=0.95)
    assert found.test is None
    assert found.reliability == "low"
    assert codes(found)[:3] == ["trend", "trend", "untested"]
    for how in ({"detrend": 1}, {"difference": True}):
        steady = mitool.estimate(x, y, order="time", permutations=19, **how)
        assert steady.test is not None
        assert steady.test.method.startswith("circular-shift")


def test_where_one_series_stays_the_test_is_made_and_the_drift_only_noted() -> None:
    rng = np.random.default_rng(3)
    x, y = np.linspace(0, 2, 300) + rng.normal(size=300), rng.normal(size=300)
    found = mitool.estimate(x, y, order="time", permutations=19)
    assert found.test is not None
    assert codes(found) == []
    assert "trend" in [note.code for note in found.notes]


def test_rows_that_are_not_in_time_are_not_asked_for_a_drift() -> None:
    line = np.linspace(0, 2, 300)
    found = mitool.estimate(line, line**2 + 1.0, order="none")
    assert not {"trend", "unit_root"} & set(codes(found))


def test_differences_and_detrended_values_are_those_made_by_hand(rng: np.random.Generator) -> None:
    x, y = np.cumsum(rng.normal(size=(2, 200)), axis=1)
    found = mitool.estimate(x, y, order="time", difference=True)
    assert found.value == mitool.estimate(np.diff(x), np.diff(y), order="time").value
    assert (found.n_used, found.transform) == (199, "difference+normal")
    time = np.arange(200.0)
    less = [v - np.polyval(np.polyfit(time, v, 2), time) for v in (x, y)]
    found = mitool.estimate(x, y, order="time", detrend=2)
    assert found.value == pytest.approx(mitool.estimate(*less, order="time").value, abs=1e-9)
    assert found.transform == "detrend2+normal"


def test_differences_of_lags_and_transfers_are_those_of_differenced_series(
    rng: np.random.Generator,
) -> None:
    x, y = np.cumsum(rng.normal(size=(2, 200)), axis=1)
    dx, dy = np.diff(x), np.diff(y)
    assert mitool.estimate(x, y, lag=2, difference=True).value == (
        mitool.estimate(dx, dy, lag=2).value
    )
    assert mitool.transfer(x, y, difference=True).value == mitool.transfer(dx, dy).value


def test_a_step_beside_a_missing_row_is_missing_and_labels_keep_their_rows() -> None:
    columns = [
        Column("a", np.array([1.0, np.nan, 4.0, 9.0])),
        Column("b", np.array([0.0, 1.0, 0.0, 1.0])),
    ]
    numbers = gather(columns[:1], continuous=["a"])
    steps = differenced(numbers)
    assert steps.missing is not None
    assert steps.missing.tolist() == [True, True, False]
    assert steps.values[2, 0] == 5.0
    labels = gather(columns[1:], discrete=["b"])
    assert (differenced(labels).values == labels.values[1:]).all()


def test_a_trend_is_fitted_to_the_rows_that_are_there(rng: np.random.Generator) -> None:
    values = 3.0 + 0.5 * np.arange(20.0)
    values[4] = np.nan
    left = detrended(gather([Column("a", values)], continuous=["a"]), 1)
    assert np.abs(left.values[~np.isnan(values)]).max() < 1e-12


@pytest.mark.parametrize("how", [{"difference": True}, {"detrend": 1}])
def test_labels_alone_have_no_steps_and_no_trend_and_a_line_says_so(
    rng: np.random.Generator, how: dict[str, int]
) -> None:
    x, y = rng.choice(list("abc"), 120), rng.choice(list("de"), 120)
    found = mitool.estimate(x, y, order="time", **how)
    assert codes(found) == ["nothing_steadied"]
    (note,) = found.warnings
    assert f"{next(iter(how))} changes none of their values" in str(note)
    beside = mitool.estimate(x, rng.normal(size=120), order="time", **how)
    assert "nothing_steadied" not in codes(beside)


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"difference": True, "detrend": 1}, "cannot both be meant"),
        ({"detrend": 4}, "1 to 3, got 4"),
    ],
)
def test_what_cannot_be_meant_is_refused(how: dict[str, int], message: str) -> None:
    with pytest.raises(MitoolError, match=message):
        Steadying(**how)


def test_steps_are_only_taken_of_rows_in_time() -> None:
    with pytest.raises(MitoolError, match="difference is for rows in time; add order='time'"):
        mitool.estimate([1.0, 2.0, 3.0], [1.0, 2.0, 4.0], difference=True)
    with pytest.raises(MitoolError, match=r"^difference and detrend cannot both be meant$"):
        mitool.estimate([1.0, 2.0], [1.0, 2.0], difference=True, detrend=1, order="time")


def test_steps_are_not_taken_from_one_group_to_the_next(mitool) -> None:
    """Of many series in one file the step from the last row of one to the next is none."""
    for more in ("--difference", "--detrend 1"):
        line = f"estimate sample_data/gaussian.csv -x x1 -y y1 --groups group --order time {more}"
        outcome = mitool(*line.split())
        assert outcome.code == 2
        assert outcome.err.strip().endswith(
            "--groups and rows in time exclude each other: leave out one"
        )


@pytest.mark.parametrize(
    "more",
    ["--pointwise rows.csv", "--stream", "--compare"],
)
def test_the_command_refuses_what_takes_rows_as_they_are(mitool, more: str) -> None:
    line = f"estimate sample_data/gaussian.csv -x x1 -y y1 -y y2 --order time --difference {more}"
    outcome = mitool(*line.split())
    assert outcome.code != 0
    assert outcome.out == ""
    assert len(outcome.err.strip().splitlines()) == 1
