"""Estimators whose number must prove nothing: another is tested in their stead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pytest

import mitool
from mitool import estimators
from mitool.errors import UsageError
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value

pytestmark = pytest.mark.filterwarnings("ignore::mitool.errors.MitoolWarning")


@dataclass(frozen=True)
class Sure(Estimator):
    """Finds 5 nats in anything, and is sure of 4 to 6."""

    accepts: ClassVar[Accepted] = NUMERIC
    intervals: ClassVar[tuple[str, ...]] = ("quantiles", "subsample")
    tested_by: ClassVar[str] = "ksg"
    widest_level: ClassVar[float] = 0.8

    def join(self, x, y):
        return Value(5.0)

    def central(self, value, level):
        return value.mi - level, value.mi + level


@pytest.fixture(autouse=True)
def registered(monkeypatch):
    monkeypatch.setitem(estimators.BUILTIN, "sure", f"{__name__}:Sure")


@pytest.fixture
def pair(rng):
    x = rng.normal(size=(60, 2))
    return x[:, 0], x[:, 1]


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"statistic": "estimate"},
        {"sequential": True, "statistic": "estimate"},
        {"order": "time"},
        {"groups": np.repeat(np.arange(20), 3)},
    ],
    ids=str,
)
def test_the_p_is_that_of_the_other(pair, how):
    found = mitool.estimate(*pair, "sure", permutations=39, **how)
    other = mitool.estimate(*pair, "ksg", permutations=39, **how)
    assert found.value == 5.0
    assert found.test.p_value == other.test.p_value > 0.05
    assert found.test.method == f"ksg-{other.test.method}"
    assert found.test.chance is None  # what chance makes of the other is nothing to hold 5 against
    assert "null_95" not in found.row()["extras"]
    assert [note.message for note in found.notes if note.code == "tested_by"] == [
        "sure is never tested: p-values beside it are those of ksg"
    ]


def test_the_user_decides_how_columns_are_transformed_for_the_other(pair):
    tests = [
        mitool.estimate(*pair, name, permutations=39, transform="standard", statistic="estimate")
        for name in ("sure", "ksg")
    ]
    assert tests[0].test.p_value == tests[1].test.p_value


def test_a_constant_is_not_tested_by_anyone(pair):
    found = mitool.estimate(pair[0], np.ones(60), "sure", continuous="y", permutations=39)
    assert (found.test.p_value, found.test.method) == (1.0, "constant")
    assert not [note for note in found.notes if note.code == "tested_by"]


@pytest.mark.parametrize("adjust", ["bh", "max"])
def test_a_matrix_has_the_tests_of_the_other(rng, adjust):
    table = dict(zip("abc", rng.normal(size=(3, 60)), strict=True))
    table["d"] = table["a"] + 0.1 * rng.normal(size=60)
    rows = {
        name: [
            e.row() for e in mitool.matrix(table, estimator=name, permutations=199, adjust=adjust)
        ]
        for name in ("sure", "ksg")
    }
    for found, other in zip(rows["sure"], rows["ksg"], strict=True):
        assert found["mi"] == 5.0
        for name in ("p_value", "p_adjusted"):
            assert found[name] == other[name]
        assert found["p_method"] == f"ksg-{other['p_method']}"
        assert "null_95" not in found["extras"]


@pytest.mark.parametrize("adjust", ["bh", "max"])
def test_a_ranking_has_the_tests_of_the_other(rng, adjust):
    table = dict(zip("abct", rng.normal(size=(4, 60)), strict=True))
    how = {"permutations": 99, "adjust": adjust, "holdout": "none"}
    found, other = (
        {row.estimate.x: row.row() for row in mitool.screen(table, "t", estimator=name, **how)}
        for name in ("sure", "ksg")
    )
    for column in "abc":
        for name in ("p_value", "p_adjusted"):
            assert found[column][name] == other[column][name]
        assert found[column]["p_method"] == f"ksg-{other[column]['p_method']}"


def test_a_comparison_is_a_test_and_is_refused(pair):
    with pytest.raises(UsageError, match=r"^a comparison tests the difference, and sure is never"):
        mitool.compare(*pair, other=pair[0] ** 2, estimator="sure")


def test_its_own_interval_is_the_one_it_is_given(pair):
    found = mitool.estimate(*pair, "sure", interval=0.5)
    assert (found.interval.low, found.interval.high) == (4.5, 5.5)
    assert found.interval.method == "quantiles"
    assert found.interval.n_resamples is None
    assert found.interval.se == pytest.approx(0.6827, abs=1e-4)  # as a normal one's deviation


def test_wider_than_it_knows_is_refused_and_how_to_get_one_said(pair):
    with pytest.raises(
        UsageError,
        match=r"^the widest interval of sure by its quantiles has the level 0\.8, got 0\.95; "
        r"use interval=0\.8, or interval_method='subsample' for one by resamples$",
    ):
        mitool.estimate(*pair, "sure", interval=0.95)


def test_resamples_are_of_a_method_that_has_them(pair):
    found = mitool.estimate(*pair, "sure", n_resamples=10)
    assert (found.interval.method, found.interval.level) == ("subsample", 0.95)
    with pytest.raises(UsageError, match="interval_method='quantiles' has no number of resamples"):
        how = {"interval": 0.5, "interval_method": "quantiles"}
        mitool.estimate(*pair, "sure", **how, n_resamples=10)


def test_rows_that_belong_together_have_no_quantiles(pair):
    groups = np.repeat(np.arange(20), 3)
    found = mitool.estimate(*pair, "sure", interval=0.95, groups=groups)
    assert found.interval.method == "subsample-groups"
    how = {"interval": 0.5, "interval_method": "quantiles", "groups": groups}
    with pytest.raises(UsageError, match="takes rows as independent"):
        mitool.estimate(*pair, "sure", **how)


def test_quantiles_are_of_those_that_have_them(pair):
    with pytest.raises(UsageError, match="interval_method='quantiles' is not valid for ksg"):
        mitool.estimate(*pair, "ksg", interval=0.5, interval_method="quantiles")


def test_rows_needed_go_by_resamples(pair):
    with pytest.raises(UsageError, match="rows_for goes by intervals of resamples"):
        mitool.estimate(*pair, "sure", interval=0.5, rows_for=0.1)


def test_a_diagnosis_takes_the_widest_interval_there_is(pair):
    found = mitool.diagnose(*pair, estimator="sure").estimate.interval
    assert (found.level, found.method) == (0.8, "quantiles")


def test_an_interval_above_0_without_a_p_is_noted_and_not_the_reverse(pair, rng):
    quantiles = mitool.estimate(*pair, "sure", interval=0.8, permutations=39)
    assert quantiles.test.p_value > 0.2
    assert "interval_and_test" in [note.code for note in quantiles.notes]
    x = rng.normal(size=60)
    sure = mitool.estimate(x, x + 0.1 * rng.normal(size=60), "sure", interval=0.8, permutations=39)
    assert sure.test.p_value < 0.05
    assert "interval_and_test" not in [note.code for note in sure.notes]
