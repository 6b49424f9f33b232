"""Mesner–Shalizi: the same as its slow twin on any mixture, and near known truths."""

from __future__ import annotations

import numpy as np
import pytest
import reference
from hypothesis import given, settings
from hypothesis import strategies as st

from mitool.estimators.mesner import MesnerShalizi
from mitool.variables import Variable
from tests.make import variable


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(7, 60),
    levels=st.integers(1, 12),
    k=st.integers(1, 6),
    labels=st.sets(st.integers(0, 2)),
)
def test_it_equals_the_slow_twin(seed, n, levels, k, labels):
    rng = np.random.default_rng(seed)
    x, y, z = (rng.integers(0, levels, (n, 1)).astype(float) for _ in range(3))
    kinds = ["discrete" if number in labels else "mixed" for number in range(3)]
    a, b, c = (variable(v, kind) for v, kind in zip((x, y, z), kinds, strict=True))
    estimator = MesnerShalizi(k)
    assert estimator(a, b).mi == pytest.approx(reference.mesner(x, y, k, labels=labels), abs=1e-12)
    found = estimator.join_given(*(estimator.prepare(v) for v in (a, b, c))).mi
    assert found == pytest.approx(reference.mesner(x, y, k, z, labels), abs=1e-12)


def test_labels_may_stand_beside_numbers(rng):
    label = rng.integers(0, 3, 400)
    number = rng.normal(size=400)
    y = variable((label * 1.0)[:, None], "discrete")
    joint = Variable(("l", "v"), np.column_stack((label, number)), ("discrete", "continuous"))
    assert MesnerShalizi()(joint, y).mi == pytest.approx(np.log(3), abs=0.05)


def test_the_names_of_labels_do_not_matter(rng):
    label = rng.integers(0, 4, 300)
    number = variable((label % 2 + rng.normal(size=300))[:, None], "continuous")
    renamed = np.array([7.0, -2.0, 100.0, 3.5])[label]
    first = MesnerShalizi()(variable(label[:, None] * 1.0, "discrete"), number).mi
    assert MesnerShalizi()(variable(renamed[:, None], "discrete"), number).mi == first


def test_a_constant_condition_changes_nothing_and_a_constant_tells_nothing(rng):
    """What psi(n - 1) is for: psi(n), as the authors' program has it, gives 1 / (n - 1) here."""
    x, y = (variable(v[:, None], "continuous") for v in rng.normal(size=(2, 50)))
    constant = variable(np.zeros((50, 1)), "continuous")
    estimator = MesnerShalizi()
    a, b, c = map(estimator.prepare, (x, y, constant))
    assert estimator.join_given(a, b, c).mi == pytest.approx(estimator.join(a, b).mi, abs=1e-12)
    assert estimator.join(a, c).mi == pytest.approx(0.0, abs=1e-12)


def test_the_unit_of_numbers_beside_labels_does_not_matter(rng):
    """At a distance of 1 between labels, numbers in thousands have all labels for neighbours."""
    label = rng.integers(0, 5, 300)
    number = (label + rng.normal(size=300))[:, None]
    labels = variable(label[:, None] * 1.0, "discrete")
    found = MesnerShalizi()(labels, variable(number, "continuous")).mi
    scaled = MesnerShalizi()(labels, variable(1000 * number, "continuous")).mi
    assert scaled == pytest.approx(found, abs=1e-12)
    assert found == pytest.approx(0.539, abs=0.15)


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_a_chain_tells_nothing_beyond_its_middle(rng, rho):
    z = rng.normal(size=2000)
    x = rho * z + rng.normal(size=2000)
    y = rho * z + rng.normal(size=2000)
    estimator = MesnerShalizi()
    parts = [estimator.prepare(variable(v[:, None], "continuous")) for v in (x, y, z)]
    assert abs(estimator.join_given(*parts).mi) < 0.04
