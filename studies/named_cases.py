"""Cases on which a peer erred less than auto before its rules were changed, with exact truths.

Known when the rules were chosen, and so no check of them: ``studies.unseen --suite named`` shows
what became of each, and why where it is still behind.
"""

from __future__ import annotations

import numpy as np

from studies.sealed import Case, channel_information, mixed_normals, named

SIGNS = np.array([-1.0, 1.0])


def wrapped(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    x = rng.random(n)
    return x, (x + 0.1 * rng.normal(size=n)) % 1


def cross(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    x = rng.normal(size=n)
    return x, rng.choice(SIGNS, n) * x + 0.1 * rng.normal(size=n)


def xor(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    x = rng.normal(size=(n, 2))
    return x, np.sign(x.prod(axis=1)) + 0.3 * rng.normal(size=n)


def xor_information() -> float:
    from scipy.stats import norm

    return channel_information(SIGNS, norm(0, 0.3))


RHOS = np.linspace(-0.95, 0.95, 10)


def ten_labels(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    k = rng.integers(0, 10, n)
    x, e = rng.normal(size=(2, n))
    return x + 2 * k, RHOS[k] * x + np.sqrt(1 - RHOS[k] ** 2) * e - k, named(k)


def glitch(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    shared = np.where(rng.random(n) < 0.01, rng.normal(size=n), 0.0)
    sides = []
    for _ in "xy":
        signal, noise = rng.normal(size=(2, n))
        sides.append(np.column_stack((signal, signal + shared + 0.01 * noise)))
    return tuple(sides)


def volatility(n: int, rng: np.random.Generator) -> tuple[np.ndarray, ...]:
    scale, g = np.exp(1.2 * rng.normal(size=n)), rng.normal(size=(2, n))
    g[1] = 0.5 * g[0] + np.sqrt(0.75) * g[1]
    signals = rng.normal(size=(2, n))
    pairs = zip(signals, 0.1 * scale * g, strict=True)
    return tuple(np.column_stack((a, a + d)) for a, d in pairs)


FOUR_MEANS = np.random.default_rng(9).normal(size=(4, 6)) * 1.5

NAMED = {
    "stripes": mixed_normals(
        [0.25] * 4,
        [np.diag(sizes) for sizes in ([0.1, 4], [0.1, 0.1], [0.1, 0.1], [0.1, 4])],
        np.array([[-3, 0], [-1, 1], [1, -1], [3, 0]]),
        1,
    ),
    "multimodal": mixed_normals(
        [0.4, 0.3, 0.2, 0.1],
        [
            np.diag([0.3, 1]),
            np.array([[0.5, 0.4], [0.4, 0.5]]),
            np.diag([1, 0.1]),
            np.diag([0.05, 0.05]),
        ],
        np.array([[-2, 2], [2, 2], [0, -2], [3, -3]]),
        1,
    ),
    "wrapped": Case(wrapped, lambda: 0.8836),
    "cross": Case(cross, lambda: 1.6753),
    "xor-2|1": Case(xor, xor_information),
    "clusters-3|3": mixed_normals([0.25] * 4, [np.eye(6)] * 4, FOUR_MEANS, 3),
    "ten-labels, given": Case(ten_labels, lambda: float(np.mean(-0.5 * np.log(1 - RHOS**2)))),
    "glitch-2|2": Case(glitch, lambda: 0.0953),
    "volatility-2|2": Case(volatility, lambda: 0.3672),
    "step": Case(
        lambda n, rng: (
            x := rng.normal(size=n),
            np.sign(x) + 0.3 * rng.normal(size=n),
        ),
        xor_information,
    ),
}
