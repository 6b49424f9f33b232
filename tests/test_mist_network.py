"""The file of the weights of ``mist``, and what its networks make of statistics."""

from __future__ import annotations

from io import BytesIO
from math import exp, log, log1p, tanh

import numpy as np
import pytest

from mitool.errors import MitoolError
from mitool.estimators.learned import network
from mitool.estimators.learned.network import FILE, LEVELS, checksum_of, load, predict, read

NAMES = ("rows", "gaussian", "near")


def arrays(n_members=2, seed=0):
    """The arrays of a file of weights: networks of 4 and 3 units, two classes a side."""
    rng = np.random.default_rng(seed)
    sizes = [(3, 4), (4, 3), (3, 10)]
    layers = {
        f"{letter}{k}_{m}": rng.normal(size=shape if letter == "w" else shape[1]).astype("f4")
        for m in range(n_members)
        for k, shape in enumerate(sizes)
        for letter in "wb"
    }
    stored = {
        "names": np.array(NAMES),
        "families": np.array(["gaussian", "ring"]),
        "seed": np.array(7),
        "version": np.array(1),
        "levels": np.array(LEVELS),
        "mean": np.array([5.0, 0.3, 0.2]),
        "scale": np.array([1.0, 0.5, 0.4]),
        "calibration": rng.normal(scale=0.1, size=(2, 2, len(LEVELS))),
        "calibration_dims": np.array([3.0]),
        "calibration_n": np.array([300.0]),
        "support_mean": np.zeros((2, 2, 3)),
        "support_precision": np.tile(np.diag([1.0, 2.0, 3.0]), (2, 2, 1, 1)),
        "support_limit": np.full((2, 2), 3.0),
        **layers,
    }
    return {**stored, "checksum": np.array(checksum_of(stored))}


def file_of(stored):
    file = BytesIO()
    np.savez(file, **stored)
    file.seek(0)
    return file


def slowly(stored, statistics, n_dims, n_rows):
    """The same by loops over plain numbers, from what the layout says."""
    z = [(s - m) / d for s, m, d in zip(statistics, stored["mean"], stored["scale"], strict=True)]
    z = [min(max(value, -8.0), 8.0) for value in z]
    members, odds = [], []
    for m in range(2):
        values = z
        for k in range(3):
            w, b = stored[f"w{k}_{m}"].astype(float), stored[f"b{k}_{m}"].astype(float)
            values = [
                sum(v * w[i, j] for i, v in enumerate(values)) + b[j] for j in range(w.shape[1])
            ]
            values = [tanh(v) for v in values] if k < 2 else values
        step = [log1p(exp(v)) for v in values]
        logs = [values[4] - sum(step[j:4]) for j in range(4)]
        logs += [values[4] + sum(step[5 : j + 1]) for j in range(4, 9)]
        members.append([exp(v) for v in logs])
        odds.append(1.0 / (1.0 + exp(-values[9])))
    correction = stored["calibration"][int(n_dims >= 3), int(n_rows >= 300)]
    means = [sum(member[j] for member in members) / 2 for j in range(9)]
    nats = [exp(log(mean) + c) - 0.05 for mean, c in zip(means, correction, strict=True)]
    nats = [max(0.0, *nats[: j + 1]) for j in range(9)]
    return nats, sum(odds) / 2


@pytest.mark.parametrize(("n_dims", "n_rows"), [(2, 100), (2, 300), (3, 299), (6, 5000)])
def test_networks_say_what_plain_loops_do(n_dims, n_rows):
    stored = arrays()
    statistics = np.array([6.1, 0.1, 0.9])
    found = predict(read(file_of(stored), NAMES), statistics, n_dims, n_rows)
    quantiles, hurdle = slowly(stored, statistics, n_dims, n_rows)
    assert found.quantiles == pytest.approx(quantiles, abs=1e-12)
    assert found.hurdle == pytest.approx(hurdle, abs=1e-12)


def test_quantiles_never_cross_and_are_never_below_nothing():
    weights = read(file_of(arrays(seed=3)), NAMES)
    rng = np.random.default_rng(0)
    for statistics in rng.normal(scale=20.0, size=(200, 3)):
        found = predict(weights, statistics, 2, 100)
        assert (np.diff(found.quantiles) >= 0.0).all()
        assert found.quantiles[0] >= 0.0
        assert 0.0 <= found.hurdle <= 1.0


def test_what_lies_far_from_training_is_outside():
    weights = read(file_of(arrays()), NAMES)
    near, far = np.array([5.0, 0.3, 0.2]), np.array([5.0, 0.3, 0.2 + 0.4 * 2.0])
    assert predict(weights, near, 2, 100).distance == 0.0
    assert predict(weights, near, 2, 100).inside
    found = predict(weights, far, 2, 100)
    assert found.distance == pytest.approx(2.0 * 3.0**0.5)  # 2 spreads, of precision 3
    assert not found.inside


def test_every_array_counts_for_the_checksum():
    stored = arrays()
    for name in set(stored) - {"checksum"}:
        changed = stored[name].copy()
        flat = changed.reshape(-1)
        flat[0] = "other" if changed.dtype.kind == "U" else flat[0] + 1
        assert checksum_of({**stored, name: changed}) != str(stored["checksum"])
    assert checksum_of(dict(reversed(list(stored.items())))) == str(stored["checksum"])


DAMAGES = {
    "their checksum is wrong": lambda stored: {**stored, "seed": np.array(8)},
    "they were trained on other statistics": lambda stored: _signed(
        {**stored, "names": np.array(["a", "b", "c"])}
    ),
    "they have other quantiles": lambda stored: _signed({**stored, "levels": np.array([0.5])}),
    "'w2_1'": lambda stored: _signed({k: v for k, v in stored.items() if k != "w2_1"}),
}


def _signed(stored):
    return {**stored, "checksum": np.array(checksum_of(stored))}


@pytest.fixture
def shipped(monkeypatch, tmp_path):
    """A package whose weights are in a file of one's own."""
    monkeypatch.setattr(network, "files", lambda package: tmp_path)
    load.cache_clear()
    yield tmp_path / FILE
    load.cache_clear()


@pytest.mark.parametrize("reason", DAMAGES)
def test_damaged_weights_are_refused_in_one_line(shipped, reason):
    shipped.write_bytes(file_of(DAMAGES[reason](arrays())).getvalue())
    with pytest.raises(MitoolError) as error:
        load(NAMES)
    assert str(error.value) == (
        f"the weights of mist ({shipped}) cannot be used: {reason}; install mitool again"
    )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no more", b"not weights at all", None])
def test_weights_that_are_no_file_of_arrays_are_refused(shipped, content):
    if content is not None:
        shipped.write_bytes(content)
    with pytest.raises(MitoolError, match=r"^the weights of mist .* cannot be used: .*again$"):
        load(NAMES)


def test_cut_weights_are_refused(shipped):
    whole = file_of(arrays()).getvalue()
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        shipped.write_bytes(whole[:length])
        with pytest.raises(MitoolError, match="the weights of mist"):
            load(NAMES)


def test_weights_are_read_once(shipped):
    shipped.write_bytes(file_of(arrays()).getvalue())
    assert load(NAMES) is load(NAMES)
