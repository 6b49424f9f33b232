"""Ties are broken by the data alone: equal data, equal numbers; or not at all, where asked."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import mitool
from mitool.measure.estimation import measure, measurement_of
from mitool.measure.settings import Settings
from mitool.variables import Variable, gather
from mitool.variables.ties import without_ties
from tests import reference
from tests.make import labels, numbers

N = 240
FAMILIES = ("rounded", "integers", "counts", "censored")


def family(name: str, n: int = N, seed: int = 0, rho: float = 0.6) -> tuple[np.ndarray, ...]:
    """Give two dependent columns in which values repeat."""
    rng = np.random.default_rng(seed)
    z = rng.standard_normal(n)
    w = rho * z + np.sqrt(1 - rho * rho) * rng.standard_normal(n)
    if name == "counts":
        shared = rng.poisson(4 * rho, n)
        return tuple(shared + rng.poisson(4, n) + 0.0 for _ in range(2))
    change = {
        "rounded": lambda v: np.round(v, 1),
        "integers": lambda v: np.clip(np.round(3 + v), 1, 5),
        "censored": lambda v: np.maximum(v, 0.0),
    }[name]
    return change(z), change(w)


def mi(x: Variable, y: Variable, given: Variable | None = None, **settings: Any) -> float:
    return measure(x, y, given, Settings(**settings)).mi


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("how", ["none", "standard", "rank", "normal"])
@pytest.mark.parametrize("estimator", ["ksg", "two-scales"])
def test_names_seeds_sides_and_the_order_of_rows_move_no_bit(estimator, how, name) -> None:
    x, y = family(name)
    rows = np.random.default_rng(1).permutation(N)
    expected = mi(numbers(x, "x"), numbers(y, "y"), estimator=estimator, transform=how)
    settings = {"estimator": estimator, "transform": how, "seed": 7}
    assert mi(numbers(y, "b"), numbers(x, "a"), **settings) == expected
    assert mi(numbers(x[rows], "y"), numbers(y[rows], "x"), **settings) == expected


@pytest.mark.parametrize("name", FAMILIES)
def test_nor_does_an_increasing_change_of_one_column_under_normal_scores(name) -> None:
    x, y = family(name)
    assert mi(numbers(np.exp(x)), numbers(y), estimator="ksg") == mi(
        numbers(x), numbers(y), estimator="ksg"
    )


def test_columns_that_mirror_one_another_may_be_swapped() -> None:
    """The table of both is symmetric, so nothing but their values tells which is which."""
    rng = np.random.default_rng(0)
    half = rng.integers(0, 6, (100, 2)) + 0.0
    x, y = np.vstack((half, half[:, ::-1])).T
    for left, right in ((x, y), (x, np.exp(y))):
        found = [
            mi(numbers(a), numbers(b), estimator="ksg", transform="none")
            for a, b in ((left, right), (right, left))
        ]
        assert found[0] == found[1]


def test_the_order_of_columns_of_a_side_moves_no_bit() -> None:
    (a, b), (c, _) = family("rounded"), family("counts", seed=5)
    sides = [
        gather([numbers_column(name, v) for name, v in pairs], continuous=["p", "q"])
        for pairs in ((("p", a), ("q", c)), (("p", c), ("q", a)))
    ]
    found = [mi(side, numbers(b), estimator="ksg") for side in sides]
    assert found[0] == found[1]


def numbers_column(name: str, values: np.ndarray) -> Any:
    from mitool.tables.column import Column

    return Column(name, values)


@pytest.mark.parametrize("kind", ["numbers", "labels"])
def test_a_condition_and_its_labels_move_no_bit(kind) -> None:
    x, y = family("rounded")
    z = np.random.default_rng(3).integers(0, 4, N)
    rows = np.random.default_rng(4).permutation(N)
    renamed = np.array([2, 0, 3, 1])[z] if kind == "labels" else z
    made = labels if kind == "labels" else numbers
    found = [
        mi(numbers(a), numbers(b), made(c, "z"), estimator="ksg")
        for a, b, c in ((x, y, z), (y, x, renamed), (x[rows], y[rows], renamed[rows]))
    ]
    assert found[0] == found[1] == found[2]


def test_labels_of_equal_rows_move_no_bit() -> None:
    """Two labels that have the same values each: only their names tell them apart."""
    y = np.tile(np.repeat(np.arange(10.0), 4), 2)
    s = np.repeat([0, 1], 40)
    rows = np.random.default_rng(0).permutation(80)
    found = [
        mi(labels(a), numbers(b), estimator="ross")
        for a, b in ((s, y), (1 - s, y), (s[rows], y[rows]))
    ]
    np.testing.assert_allclose(found, found[0], rtol=1e-12)  # sums of the same terms


@pytest.mark.parametrize("name", ["rounded", "integers", "counts"])
def test_a_column_with_itself_and_with_its_copy_has_about_its_entropy(name) -> None:
    x, _ = family(name, n=1000)
    found = [
        mi(numbers(x, "a"), numbers(copy, other), estimator="ksg")
        for copy, other in ((x, "a"), (x, "b"), (2 * x + 1, "b"))
    ]
    share = np.unique(x, return_counts=True)[1] / len(x)
    assert found[0] == found[1] == found[2]
    assert found[0] == pytest.approx(-np.sum(share * np.log(share)), abs=0.05)


def test_a_frame_its_series_and_nameless_columns_agree(tmp_path) -> None:
    """Case A7: columns of equal content have equal numbers, wherever they come from."""
    rng = np.random.default_rng(0)
    a = np.round(rng.normal(size=500), 1)
    frame = pd.DataFrame({"a": a, "b": a, "c": np.round(0.8 * a + 0.6 * rng.normal(size=500), 1)})
    found = {(e.x, e.y): e.mi for e in mitool.matrix(frame, seed=3)}
    assert found["a", "c"] == found["b", "c"]
    pairs = [
        (frame["b"], frame["c"]),
        (frame["c"].to_numpy(), frame["a"].rename(None)),
        (frame["a"][::-1], frame["c"][::-1]),
    ]
    with pytest.warns(mitool.MitoolWarning, match="tell equal ones apart by chance"):
        for x, y in pairs:
            assert mitool.estimate(x, y).mi == found["a", "c"]


def test_the_noise_is_small_and_only_where_values_repeat() -> None:
    tied, plain, constant = (
        numbers(v) for v in (np.repeat(np.arange(30), 2), np.arange(60) / 7, np.full(60, 2.5))
    )
    broken = without_ties((tied, plain, constant), (tied, plain, constant))
    assert broken[0].n_distinct() == 60
    assert 0 < np.abs(broken[0].values - tied.values).max() < 1e-8
    assert broken[1] is plain
    assert broken[2] is constant


def test_the_noises_of_columns_of_equal_content_are_independent() -> None:
    x = numbers(np.repeat(np.arange(500.0), 4))
    first, second = (one.values - x.values for one in without_ties((x, x), (x, x)))
    assert abs(np.corrcoef(first[:, 0], second[:, 0])[0, 1]) < 4 / np.sqrt(2000)


@pytest.mark.parametrize("name", FAMILIES)
def test_independent_columns_have_no_information_and_tests_keep_their_level(name) -> None:
    """The mean of 200 is within 4 errors of 0, or .01; of 200 tests at .1, 38 are too many."""
    rng = np.random.default_rng(0)
    values, n_sure = [], 0
    for seed in range(200):
        x, y = family(name, n=60, seed=seed)
        measurement, _ = measurement_of(
            numbers(x), numbers(rng.permutation(y)), None, Settings("ksg")
        )
        orders = (rng.permutation(60) for _ in range(9))
        null = [value for (value,) in measurement.permuted(orders, joins=False)]
        values.append(measurement.value.mi)
        n_sure += measurement.value.mi > max(null)
    assert abs(np.mean(values)) < 0.01 + 4 * np.std(values) / np.sqrt(200)
    assert n_sure < 38  # binomial of 200 and .1: 99.99 % are below


class TestKept:
    """``-p ties=keep``."""

    @pytest.mark.parametrize("algorithm", [1, 2])
    def test_repeated_rows_are_counted_as_they_are(self, algorithm) -> None:
        rng = np.random.default_rng(0)
        once = rng.standard_normal((200, 2))
        x, y = np.vstack((once, once[:30])).T
        params = {"ties": "keep", "algorithm": algorithm, "n_neighbors": 2}
        found = mi(numbers(x), numbers(y), estimator="ksg", transform="none", params=params)
        expected = reference.ksg(x[:, None], y[:, None], 2, algorithm)
        assert found == pytest.approx(expected, abs=1e-12)

    def test_four_diagonal_lines(self, tmp_path, mitool) -> None:
        """Of every point 9 others in each half-width: psi(4) - 1/4 - 2 psi(9) + psi(400)."""
        rows = [(t + 200 * a, t + 200 * b) for a in (0, 1) for b in (0, 1) for t in range(100)]
        path = tmp_path / "lines.csv"
        path.write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in rows))
        params = ["-p", "algorithm=2", "-p", "n_neighbors=4", "-p", "ties=keep"]
        words = ["-x", "x", "-y", "y", "-e", "ksg", *params, "--transform", "none", "--json"]
        found = mitool("estimate", path, *words)
        assert found.code == 0
        assert json.loads(found.out)["results"][0]["mi"] == pytest.approx(2.71504874, abs=5e-9)

    def test_ross(self) -> None:
        rng = np.random.default_rng(1)
        s, y = rng.integers(0, 3, 150), np.round(rng.standard_normal(150), 1)
        found = mi(
            labels(s), numbers(y), estimator="ross", transform="none", params={"ties": "keep"}
        )
        assert found == pytest.approx(reference.ross(s, y[:, None], 3), abs=1e-12)

    def test_what_is_found_of_rounded_numbers_is_not_to_be_relied_on(self) -> None:
        """Independent, and yet .3 nats are found."""
        x, y = np.round(np.random.default_rng(5).standard_normal((2, 500)), 1)
        found = measure(numbers(x), numbers(y), None, Settings("ksg", params={"ties": "keep"}))
        assert "ties_kept" in [note.code for note in found.notes]
        assert found.mi > 0.2
        broken = measure(numbers(x), numbers(y), None, Settings("ksg"))
        assert "ties_kept" not in [note.code for note in broken.notes]

    def test_the_report_says_whether_noise_was_added(self) -> None:
        x, y = (numbers(v) for v in family("rounded"))
        kept = measure(x, y, None, Settings("ksg", params={"ties": "keep"}))
        assert (kept.transform, kept.params["ties"]) == ("normal", "keep")
        assert measure(x, y, None, Settings("ksg")).transform == "normal+jitter"
