"""Structure and residual of a learning curve: the reference case and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from models_reference import CASES, FOLDER

from mitool.models.learning_curves import split

BETA, T0, T = 0.2849, 1e3, 1e6


def power_law(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Give the mean losses 2 + (T0 / t)^β of n equal intervals up to T."""
    edges = np.linspace(0.0, T, n + 1)
    whole = T0**BETA * edges ** (1 - BETA) / (1 - BETA)
    return edges[1:], 2.0 + np.diff(whole) / np.diff(edges)


def test_the_curve_has_its_reference_values():
    tokens, losses = np.loadtxt(FOLDER / "H05_losses.csv", delimiter=",", skiprows=1, unpack=True)
    found, values = split(tokens, losses), CASES["H05"]["values"]
    assert found.total == pytest.approx(values["total"], abs=1e-9)
    assert found.residual == pytest.approx(values["residual"], abs=1e-9)
    assert found.structure == pytest.approx(values["structure"], abs=1e-9)


def test_a_power_law_has_its_closed_form():
    tokens, losses = power_law(1_000_000)
    window = T0**BETA * T ** (1 - BETA) / (1 - BETA) * (1 - (1 - 0.95 ** (1 - BETA)) / 0.05)
    assert window == pytest.approx(54653.377, abs=1e-3)
    assert split(tokens, losses).structure == pytest.approx(window, rel=1e-3)
    last = BETA / (1 - BETA) * T0**BETA * T ** (1 - BETA)
    assert last == pytest.approx(55670.57, abs=1e-2)
    assert split(tokens, losses, last=True).structure == pytest.approx(last, rel=1e-3)


def test_a_constant_loss_has_no_structure():
    found = split(np.array([10.0, 25.0, 100.0]), np.full(3, 1.5))
    assert (found.total, found.structure) == (150.0, 0.0)
