"""Normalised forms: shares of an entropy, and the correlation of a Gaussian pair."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import normalized_mutual_info_score

import mitool
from mitool.errors import MitoolError, UsageError

SCIKIT = {"min": "min", "max": "max", "sqrt": "geometric"}
LABELS = {"discrete": ["x", "y"]}


@pytest.fixture
def labels(rng):
    x = rng.integers(0, 4, 500)
    return x, np.where(rng.random(500) < 0.5, x, rng.integers(0, 3, 500))


@pytest.mark.parametrize("how", SCIKIT)
def test_a_share_of_an_entropy_is_that_of_scikit_learn(how, labels):
    found = mitool.estimate(*labels, "plugin", normalize=how, **LABELS)
    expected = normalized_mutual_info_score(*labels, average_method=SCIKIT[how])
    assert found.normalized == pytest.approx(expected, abs=1e-12)


def test_the_share_of_the_joint_entropy_is_one_for_copies(labels):
    x = labels[0]
    assert mitool.estimate(x, 7 - x, "plugin", normalize="joint").normalized == pytest.approx(1.0)


def test_r_is_the_correlation_of_a_gaussian_pair(rng):
    x, y = rng.standard_normal((2, 300))
    y = y + x
    params = {"bias_correction": False}
    found = mitool.estimate(x, y, "gaussian", params=params, normalize="r")
    assert found.normalized == pytest.approx(abs(np.corrcoef(x, y)[0, 1]), abs=1e-12)


def test_r_of_a_negative_estimate_does_not_exist(rng):
    estimates = [
        mitool.estimate(*rng.standard_normal((2, 100)), "gcmi", normalize="r") for _ in range(20)
    ]
    negative = [found for found in estimates if found.mi < 0]
    assert negative
    assert all(found.normalized is None for found in negative)


def test_the_unit_changes_the_value_and_not_its_share(labels):
    nats, bits = (
        mitool.estimate(*labels, "nsb", normalize="min", unit=unit, **LABELS)
        for unit in ("nats", "bits")
    )
    assert bits.mi != nats.mi
    assert bits.normalized == nats.normalized


def test_entropies_of_numbers_are_refused(rng):
    with pytest.raises(MitoolError, match=r"no entropies to divide by.*normalize='r'"):
        mitool.estimate(*rng.standard_normal((2, 50)), "gcmi", normalize="min")


@pytest.mark.filterwarnings("ignore::mitool.MitoolWarning")
def test_an_entropy_of_zero_is_refused():
    with pytest.raises(MitoolError, match="normalize='sqrt' would divide by an entropy of 0"):
        mitool.estimate(np.ones(100), np.arange(100) % 3, "plugin", normalize="sqrt", **LABELS)


def test_a_condition_is_normalised_by_r_only(labels, rng):
    given = rng.integers(0, 2, 500)
    assert 0 < mitool.estimate(*labels, "plugin", given=given, normalize="r").normalized < 1
    with pytest.raises(MitoolError, match="is normalised by r only"):
        mitool.estimate(*labels, "plugin", given=given, normalize="max")


def test_an_unknown_form_is_refused():
    with pytest.raises(UsageError, match="no normalisation 'half'; there are: none, min"):
        mitool.estimate([1, 2], [1, 2], normalize="half")
