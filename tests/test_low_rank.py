"""Spectra of many points: low rank carried on, all eigenvalues foretold and followed."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from mitool.errors import MitoolWarning
from mitool.estimators.dse import DSE
from mitool.estimators.renyi import Renyi
from mitool.kernels import longcalls
from mitool.kernels.gram import eigenvalues as lapack
from mitool.kernels.gram import lowrank, refining
from mitool.kernels.gram.eigenvalues import eigenvalues
from mitool.kernels.longcalls import long_call, telling
from mitool.parallel import threads_inside
from tests.make import variable


@pytest.fixture
def few_candidates(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of 40,000 points among 4,096 candidates: those do not show what is left of the others."""
    for module in (lowrank, refining):
        monkeypatch.setattr(module, "CANDIDATES", 300)
    monkeypatch.setattr(lowrank, "CHUNK", 200)


def linked(rng, n):
    """Two columns with a few rows far out, where no candidate is near."""
    x = rng.standard_normal(n)
    y = x + rng.standard_normal(n)
    far = rng.integers(0, n, size=n // 20)
    x[far] *= 4.0
    return variable(x), variable(y)


@pytest.mark.parametrize("alpha", [1.0, 1.01, 1.5])
def test_renyi_of_many_points_lies_within_its_certificate(alpha, few_candidates, rng):
    x, y = linked(rng, 1500)
    found = Renyi(bandwidth=2.0, alpha=alpha, tolerance=1e-4)(x, y)
    exact = Renyi(bandwidth=2.0, alpha=alpha, exact=True)(x, y)
    assert exact.error_bound is None
    assert exact.facts["rank_xy"] == 1500
    assert found.error_bound is not None
    assert found.facts["rank_xy"] < 300
    assert abs(found.mi - exact.mi) <= found.error_bound <= 1e-4
    assert found.facts["rank_x"] < found.facts["rank_xy"]


def test_dse_of_many_points_lies_within_its_certificate(few_candidates, rng):
    x, _ = linked(rng, 1500)
    estimator = DSE(bandwidth=0.5)
    found = estimator.entropy(estimator.prepare(x))
    exact = DSE(bandwidth=0.5, exact=True)
    truth = exact.entropy(exact.prepare(x))
    assert found.facts["rank"] < 300 < truth.facts["rank"]
    assert abs(found.mi - truth.mi) <= found.error_bound <= 1e-6


def test_landmarks_are_added_and_none_is_lost(few_candidates, rng, monkeypatch):
    rounds = []
    usual = refining._carried_on

    def watched(made, *more):
        further = usual(made, *more)
        rounds.append((made.places, further.places))
        return further

    monkeypatch.setattr(refining, "_carried_on", watched)
    x, y = linked(rng, 1500)
    Renyi(bandwidth=2.0, tolerance=1e-4)(x, y)
    assert rounds
    for before, after in rounds:
        np.testing.assert_array_equal(after[: len(before)], before)
        assert len(set(after.tolist())) == len(after) > len(before)


def test_threads_change_no_bit(few_candidates, rng):
    x, y = linked(rng, 1200)
    estimator = Renyi(bandwidth=2.0, tolerance=1e-4)
    one = estimator(x, y)
    with threads_inside(3):
        assert estimator(x, y) == one


def test_all_eigenvalues_are_those_of_numpy(rng):
    root = rng.standard_normal((60, 60))
    matrix = root @ root.T
    np.testing.assert_allclose(eigenvalues(matrix.copy()), np.linalg.eigvalsh(matrix), rtol=1e-11)


def test_others_go_on_while_eigenvalues_are_found(rng):
    root = rng.standard_normal((1200, 1200))
    matrix, done, n_steps = root + root.T, threading.Event(), 0

    def run() -> None:
        eigenvalues(matrix)
        done.set()

    worker = threading.Thread(target=run)
    worker.start()
    while not done.wait(0.002):
        n_steps += 1
    worker.join()
    assert n_steps > 5


def test_a_long_call_is_followed_and_a_short_one_is_not(monkeypatch):
    monkeypatch.setattr(longcalls, "SECONDS_BETWEEN", 0.05)
    said: list[str] = []
    with telling(said.append):
        with long_call("eigenvalues of 9 rows", 0.01):
            time.sleep(0.12)
        assert said == []
        with long_call("eigenvalues of 9 rows", 120.0):
            time.sleep(0.3)
    assert said[0] == "eigenvalues of 9 rows: 0 of about 120 s"
    assert len(said) >= 2
    n_said = len(said)
    with long_call("eigenvalues of 9 rows", 120.0):
        time.sleep(0.12)
    assert len(said) == n_said


def test_minutes_are_foretold(monkeypatch, rng):
    monkeypatch.setattr(lapack, "SECONDS", 1.0)
    with pytest.warns(MitoolWarning, match="all eigenvalues of 10 distinct rows take about 17 min"):
        eigenvalues(np.eye(10))


def test_minutes_are_foretold_on_standard_error(mitool, monkeypatch, rng, tmp_path):
    monkeypatch.setattr(lapack, "SECONDS", 1e-6)
    table = tmp_path / "table.csv"
    values = rng.standard_normal((600, 2))
    np.savetxt(table, values, delimiter=",", header="x,y", comments="")
    asked = ("estimate", table, "-x", "x", "-y", "y", "-e", "renyi", "--exact", "--json")
    outcome = mitool(*asked)
    assert outcome.code == 0
    assert "mitool: warning: all eigenvalues of 600 distinct rows take about 4 min" in outcome.err
    assert "long_spectrum" in outcome.out
