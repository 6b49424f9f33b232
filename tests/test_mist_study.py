"""The learned estimator's study: a very small run in the suite, a smaller one by ``make study``."""

from __future__ import annotations

import numpy as np
import pytest

from mitool.estimators.learned.network import LEVELS, MEDIAN, OFFSET, checksum_of, log_quantiles
from mitool.estimators.learned.network import read as read_weights
from mitool.estimators.learned.statistics import NAMES
from studies import mist, mist_bench, mist_network, mist_tables
from studies.mist_calibration import at_levels
from studies.mist_evaluation import auc
from studies.mist_network import Examples, output_slopes, trained


def weights(path):
    with path.open("rb") as file:
        return read_weights(file, NAMES)


def run(tmp_path, *more: str):
    paths = {"--work": tmp_path / "work", "--output": tmp_path / "mist.md"}
    paths["--weights"] = tmp_path / "mist.npz"
    mist.main([*more, *(str(part) for pair in paths.items() for part in pair)])
    return tmp_path / "mist.npz", (tmp_path / "mist.md").read_text()


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(mist_tables, "AT_ONCE", 20)
    monkeypatch.setattr(mist, "FEWEST", 20)
    few = {name: mist_bench.TASKS[name] for name in ("gauss_rho0p6", "redundant_2x1_rho0p9")}
    monkeypatch.setattr(mist_bench, "TASKS", few)
    monkeypatch.setattr(mist_network, "BATCH", 16)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_very_small_run_writes_weights_that_are_read_and_a_report(tmp_path, small):
    path, text = run(tmp_path, "--tables", "40", "--pace", "0.02", "--jobs", "1")
    first = path.read_bytes()
    found = weights(path)
    assert len(found.members) == 8
    assert found.calibration.shape[-1] == len(LEVELS)
    for part in ("## Card", "## Families left out", "## Benchmark", "## A voice of auto?"):
        assert part in text
    kept = {part.name: part.stat().st_mtime_ns for part in (tmp_path / "work").iterdir()}
    assert sum(name.startswith("training-0") for name in kept) == 2
    path.unlink()
    assert run(tmp_path, "--tables", "40", "--pace", "0.02", "--jobs", "1")[0] == path
    assert path.read_bytes() == first
    now = {part.name: part.stat().st_mtime_ns for part in (tmp_path / "work").iterdir()}
    assert now == kept  # nothing was made again


def test_tables_do_not_depend_on_the_parts_they_are_made_in():
    alone = mist_tables.table("training", 3)
    again = mist_tables.table("training", 3)
    other = mist_tables.table("fresh", 3)
    assert np.array_equal(alone["statistics"], again["statistics"])
    assert not np.array_equal(alone["statistics"], other["statistics"])


def test_slopes_are_those_of_the_pinball_loss():
    rng = np.random.default_rng(0)
    output = rng.normal(size=(7, 10))
    mi = rng.exponential(size=7)
    with_weight = np.where(np.arange(9) == MEDIAN, mist_network.ON_MEDIAN, 1.0)
    held = np.exp(mist_network.POWER * np.clip(output[:, MEDIAN], np.log(OFFSET), 2.0))[:, None]

    def loss(values):
        apart = np.log(mi + OFFSET)[:, None] - log_quantiles(values)
        pinball = np.maximum(np.array(LEVELS) * apart, (np.array(LEVELS) - 1.0) * apart)
        nothing = mi < mist_network.NOTHING
        entropy = np.logaddexp(0.0, np.where(nothing, -values[:, 9], values[:, 9]))
        return (held * with_weight * pinball).sum() + mist_network.OF_HURDLE * entropy.sum()

    slopes = output_slopes(output, mi)
    for place in np.ndindex(output.shape):
        step = np.zeros_like(output)
        step[place] = 1e-6
        expected = (loss(output + step) - loss(output - step)) / 2e-6
        assert slopes[place] == pytest.approx(expected, abs=1e-5)


def test_training_finds_the_quantiles_of_what_it_is_shown():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(6000, 2)).astype(np.float32)
    mi = np.exp(0.5 * inputs[:, 0] + 0.5 * rng.normal(size=6000)).astype(np.float32)
    w0, b0, w1, b1, w2, b2 = trained(Examples(inputs, mi), 0, 40)
    at = np.array([[-1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], dtype=np.float32)
    logs = log_quantiles(np.tanh(np.tanh(at @ w0 + b0) @ w1 + b1) @ w2 + b2)
    assert logs[:, MEDIAN] == pytest.approx(np.log(np.exp(0.5 * at[:, 0]) + OFFSET), abs=0.12)
    spread = 0.5 * 1.645
    for k, sign in ((0, -1.0), (8, 1.0)):
        expected = np.log(np.exp(0.5 * at[:, 0] + sign * spread) + OFFSET)
        assert logs[:, k] == pytest.approx(expected, abs=0.25)


def test_corrections_stand_at_their_levels_among_residuals():
    residuals = np.repeat(np.arange(1.0, 1000.0)[:, None], len(LEVELS), axis=1)
    found = at_levels(residuals)
    assert found[MEDIAN] == 0.0
    assert found[0] == 0.6 * 50.0
    assert found[-1] == 1000.0 - 0.6 * 50.0


def test_auc_counts_pairs():
    rng = np.random.default_rng(2)
    scores, positive = rng.integers(0, 5, size=60).astype(float), rng.random(60) < 0.4
    a, b = scores[positive][:, None], scores[~positive]
    assert auc(scores, positive) == pytest.approx(((a > b) + 0.5 * (a == b)).mean())


def test_weights_that_are_shipped_are_whole():
    from importlib.resources import files

    path = files("mitool.estimators").joinpath("mist.npz")
    assert len(path.read_bytes()) < 1_000_000
    with np.load(str(path)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    assert str(arrays["checksum"]) == checksum_of(arrays)
    assert tuple(arrays["names"]) == NAMES
    assert len(arrays["families"]) >= 16


@pytest.mark.study
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_smaller_run_errs_less_than_ksg_in_several_columns(tmp_path):
    _, text = run(tmp_path, "--tables", "2000", "--pace", "1.5")
    [line] = [row for row in text.splitlines() if row.startswith("| mean error, families known, 3")]
    ours, ksg = (float(cell) for cell in line.split("|")[2:4])
    assert ours < 0.75 * ksg
