"""What codes save, and what learning curves hold, beside their closed forms.

A part of ``python -m studies.models``, which writes models.md.
"""

from __future__ import annotations

import numpy as np

from mitool.estimators.online_code import OnlineCode
from mitool.models.learning_curves import split
from mitool.variables import Variable
from mitool.variables.transforms import transform
from studies.record import table

SEED = 22
FLIP, BETA, T0, T = 0.1, 0.2849, 1e3, 1e6


def variable(name: str, values: np.ndarray, kind: str) -> Variable:
    return Variable((name,), np.ascontiguousarray(values, dtype=float)[:, None], (kind,))


def saved(learner: str, x: np.ndarray, y: np.ndarray, kind: str) -> float:
    """Give the estimate of a learner, one order of the rows, numbers as normal scores."""
    pair = variable("x", x, kind), variable("y", y, kind)
    if kind == "continuous":
        pair = tuple(transform(side, "normal") for side in pair)
    return OnlineCode(learner=learner, n_orders=1)(*pair).mi


def row(name: str, truth: float, found: list[float]) -> list[object]:
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    worst = np.abs(np.array(found) - truth).max()
    return [name, f"{truth:.4f}", f"{np.mean(found):.4f}", f"{error:.4f}", f"{worst:.4f}"]


def channels(repeats: int) -> str:
    """A channel of two levels by kt, independent labels, and a Gaussian pair by each learner."""
    lines = []
    truth = float(np.log(2) + FLIP * np.log(FLIP) + (1 - FLIP) * np.log(1 - FLIP))
    for n in (100, 1000, 10_000):
        found = []
        for repeat in range(repeats):
            rng = np.random.default_rng([SEED, n, repeat])
            x = rng.integers(2, size=n)
            found.append(saved("kt", x, np.where(rng.random(n) < FLIP, 1 - x, x), "discrete"))
        lines.append(row(f"two levels, one in ten turned, n = {n}, kt", truth, found))
    for learner in ("kt", "neighbours", "logistic", "mixture"):
        found = []
        for repeat in range(repeats if learner == "kt" else max(repeats // 20, 2)):
            rng = np.random.default_rng([SEED + 1, repeat])
            found.append(saved(learner, *rng.integers(3, size=(2, 300)), "discrete"))
        lines.append(row(f"independent, 3 levels, n = 300, {learner}", 0.0, found))
    for learner in ("neighbours", "logistic", "boosting", "mixture"):
        found = []
        for repeat in range(max(repeats // 60, 2)):
            rng = np.random.default_rng([SEED + 2, repeat])
            x = rng.normal(size=1000)
            y = 0.9 * x + np.sqrt(1 - 0.81) * rng.normal(size=1000)
            found.append(saved(learner, x, y, "continuous"))
        truth_rho = -0.5 * np.log(1 - 0.81)
        lines.append(row(f"Gaussian, ρ = 0.9, n = 1000, 8 bins, {learner}", truth_rho, found))
    return table(("table", "I(X;Y)", "mean", "standard error", "largest error"), lines)


def curves() -> str:
    """Losses E + (T0/t)^β on a million equal steps."""
    edges = np.linspace(0.0, T, 1_000_001)
    losses = 2.0 + np.diff(T0**BETA * edges ** (1 - BETA) / (1 - BETA)) / np.diff(edges)
    whole = T0**BETA * T ** (1 - BETA) / (1 - BETA)
    closed = {
        "window": whole * (1 - (1 - 0.95 ** (1 - BETA)) / 0.05),
        "last": BETA * whole,
    }
    lines = [
        [final, f"{value:.2f}", f"{split(edges[1:], losses, last=final == 'last').structure:.2f}"]
        for final, value in closed.items()
    ]
    return table(("--final", "structure in closed form", "found"), lines)
