"""Curves of bandwidth, diffusion time and spectrum, and their pictures."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mitool.diagnosis.curves import FACTORS, bandwidth_curve, curves, in_words, time_curve
from mitool.errors import MitoolError
from mitool.estimators.csqmi import CSQMI
from mitool.estimators.dse import DSE
from mitool.estimators.dsmi import DSMI
from mitool.estimators.kde_bounds import KDEBounds
from mitool.estimators.renyi import Renyi
from mitool.plots import sweeps, written_to
from mitool.variables import Variable
from tests.make import variable


@pytest.fixture
def pair(rng: np.random.Generator) -> tuple[Variable, Variable]:
    labels = rng.integers(0, 3, 90)
    x = rng.normal(size=(90, 2)) + labels[:, None]
    return variable(x), variable(labels, "discrete")


@pytest.mark.parametrize("estimator", [CSQMI(), DSMI(), Renyi(alpha=2.0)], ids=lambda e: e.estimand)
def test_a_bandwidth_curve_is_the_estimate_at_each_bandwidth(
    estimator: Any, pair: tuple[Variable, Variable]
) -> None:
    x, y = pair
    first = estimator.prepare(x)
    chosen = (first.side if isinstance(estimator, DSMI) else first).points.bandwidth
    curve = bandwidth_curve(estimator, first, estimator.prepare(y))
    assert curve.at_mark == pytest.approx(estimator(x, y).mi, abs=1e-9)
    for factor, value in list(zip(FACTORS, curve.y, strict=True))[::4]:
        wider = type(estimator)(**{**vars(estimator), "bandwidth": factor * chosen})
        assert value == pytest.approx(wider(x, y).mi, abs=1e-6)


def test_dse_has_three_curves_and_csqmi_one(pair: tuple[Variable, Variable]) -> None:
    x, y = pair
    assert [c.title.split()[0] for c in curves(DSMI(), x, y)] == ["dsmi", "dse", "spectrum"]
    assert [c.title.split()[0] for c in curves(DSE(), x, None)] == ["dse", "dse", "spectrum"]
    assert [c.title.split()[0] for c in curves(CSQMI(), x, y)] == ["cs_qmi"]
    assert [c.title.split()[0] for c in curves(KDEBounds(), x, y)] == ["noisy_mi"]


def test_a_pair_is_taken_the_way_its_estimator_takes_it(pair: tuple[Variable, Variable]) -> None:
    x, y = pair
    there, back = (next(curves(KDEBounds(noise=0.5), *both)) for both in ((x, y), (y, x)))
    assert back == there


def test_entropy_falls_along_the_time_curve(pair: tuple[Variable, Variable]) -> None:
    estimator = DSE()
    curve = time_curve(estimator, estimator.prepare(pair[0]), chosen=3.0)
    assert 3.0 in curve.x
    assert np.all(np.diff(curve.y) < 0)


def test_words_say_whether_the_bandwidth_matters(rng: np.random.Generator) -> None:
    far = np.repeat([0.0, 1000.0], 20) + rng.normal(size=40) * 1e-6
    x, y = variable(far), variable(np.repeat([0, 1], 20), "discrete")
    steady = bandwidth_curve(CSQMI(bandwidth=1.0), *map(CSQMI(bandwidth=1.0).prepare, (x, y)))
    assert "hardly depends" in in_words(steady)
    loose = CSQMI(bandwidth=0.5)
    noise = variable(rng.normal(size=40))
    assert "it depends" in in_words(bandwidth_curve(loose, *map(loose.prepare, (noise, y))))


@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_pictures_are_the_same_every_time(
    suffix: str, pair: tuple[Variable, Variable], tmp_path: Path
) -> None:
    panels = list(curves(DSMI(), *pair))
    paths = [tmp_path / f"{name}.{suffix}" for name in ("a", "b")]
    for path in paths:
        written_to(path, sweeps(panels))
    assert paths[0].stat().st_size > 1000
    if suffix == "png":
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_an_unknown_kind_of_picture_is_refused(
    pair: tuple[Variable, Variable], tmp_path: Path
) -> None:
    with pytest.raises(MitoolError, match=r"cannot draw into 'a.docx'; its suffix must be one of"):
        written_to(tmp_path / "a.docx", sweeps(list(curves(CSQMI(), *pair))))


def test_without_matplotlib_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(MitoolError, match=r"pip install 'mitool\[plot\]'") as caught:
        written_to(tmp_path / "a.png", [])
    assert caught.value.exit_status == 5
