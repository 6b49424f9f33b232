"""Gao et al.'s mixture estimator: the formula of the program, and that of the paper."""

from __future__ import annotations

import numpy as np
import pytest
import reference

from mitool.errors import MitoolError
from mitool.estimators.mixed_ksg import MixedKSG
from tests.make import variable


@pytest.mark.parametrize("k", [1, 3, 8])
@pytest.mark.parametrize("decimals", [0, 1, 15])
@pytest.mark.parametrize("form", ["paper", "program"])
def test_it_equals_the_slow_twin(rng, k, decimals, form):
    x = rng.normal(size=(200, 1)).round(decimals)
    y = (x + rng.normal(size=(200, 1))).round(decimals)
    found = MixedKSG(k, form)(variable(x, "mixed"), variable(y, "mixed")).mi
    assert found == pytest.approx(reference.mixed_ksg(x, y, k, form), abs=1e-12)


@pytest.mark.parametrize(("m", "paper"), [(2, 0.124), (5, 0.866), (10, 1.495)])
def test_the_experiment_of_the_paper_tells_the_formulas_apart(m, paper):
    """X on m labels, Y = X + U(0, 2), 2000 rows: log m - (m - 1) log 2 / m, by the program."""
    rng, truth = np.random.default_rng(m), np.log(m) - (m - 1) * np.log(2) / m
    x = rng.integers(0, m, 2000)
    pair = variable(x), variable(x + rng.uniform(0, 2, 2000))
    assert MixedKSG()(*pair).mi == pytest.approx(truth, abs=0.04)
    assert MixedKSG(form="paper")(*pair).mi == pytest.approx(paper, abs=0.04)


def test_labels_tables_of_the_program_have_their_closed_form(rng):
    """<psi(c_xy)> + log n - <psi(c_x) + psi(c_y)>, c the rows in the same cell."""
    from scipy.special import psi

    x, y = rng.integers(0, 3, (2, 900))
    cell, in_x, in_y = (np.bincount(v)[v] for v in (3 * x + y, x, y))
    expected = np.mean(psi(cell) + np.log(900) - psi(in_x) - psi(in_y))
    found = MixedKSG()(variable(x, "discrete"), variable(10.0**y, "discrete")).mi
    assert found == pytest.approx(expected, abs=1e-12)


def test_a_rare_label_is_as_far_from_others_as_any(rng):
    """Rows of a label that 3 of 5 neighbours share have psi(k) + log n - psi(3) - psi(n)."""
    from scipy.special import psi

    x = np.repeat([0, 1], [197, 3])
    y = rng.normal(size=200)
    parts = MixedKSG().prepare(variable(x, "discrete")), MixedKSG().prepare(variable(y))
    expected = psi(5) + np.log(200) - psi(3) - psi(200)
    assert MixedKSG().local(*parts)[-3:] == pytest.approx(np.full(3, expected), abs=1e-12)


def test_the_program_warns_on_a_lattice_and_only_there(rng):
    x = rng.normal(size=1000)
    y = 0.6 * x + 0.8 * rng.normal(size=1000)
    coarse = MixedKSG()(variable(x.round(1)), variable(y.round(1)))
    assert coarse.mi > 0.6
    (note,) = coarse.notes
    assert note.code == "lattice"
    assert "use -p form=paper, -e mesner, or -e ksg" in note.message
    assert MixedKSG()(variable(x), variable(y)).notes == ()
    assert MixedKSG(form="paper")(variable(x.round(1)), variable(y.round(1))).notes == ()
    steps = rng.integers(0, 5, 1000)
    assert MixedKSG()(variable(steps), variable(steps + rng.uniform(0, 2, 1000))).notes == ()


def test_tables_of_labels_have_their_closed_form(rng):
    """<psi(c_xy)> + log n - <log c_x + log c_y>, c the rows in the same cell."""
    from scipy.special import psi

    x, y = rng.integers(0, 3, (2, 900))
    cell, in_x, in_y = (np.bincount(v)[v] for v in (3 * x + y, x, y))
    expected = np.mean(psi(cell) + np.log(900) - np.log(in_x) - np.log(in_y))
    found = MixedKSG(form="paper")(variable(x, "discrete"), variable(10.0**y, "discrete")).mi
    assert found == pytest.approx(expected, abs=1e-12)


def test_rounding_does_not_inflate(rng):
    """The released program gives 0.66 nats here; the truth is 0.22."""
    x = rng.normal(size=1000)
    y = 0.6 * x + 0.8 * rng.normal(size=1000)
    assert (
        MixedKSG(form="paper")(variable(x.round(1), "mixed"), variable(y.round(1), "mixed")).mi
        < 0.25
    )


def test_too_few_rows():
    with pytest.raises(MitoolError, match="mixed-ksg with n_neighbors=5 needs more than 5 rows"):
        MixedKSG()(variable(np.arange(5), "mixed"), variable(np.arange(5), "mixed"))
