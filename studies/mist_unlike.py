"""Tables unlike all that the network is trained on: the flag is to fire where it errs on them."""

from __future__ import annotations

import numpy as np
from scipy import stats

from studies.mist_families import Family, stacked
from studies.mist_pairs import log_uniform, through
from studies.mist_truths import Case
from studies.mist_vectors import normals


def checkerboard(rng: np.random.Generator) -> Case:
    """Eight by eight cells, every other one empty."""

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        i, k = rng.integers(8, size=n), rng.integers(4, size=n)
        return (i + rng.random(n))[:, None], (2 * k + i % 2 + rng.random(n))[:, None]

    return Case(draw, float(np.log(2.0)))


def long_sine(rng: np.random.Generator) -> Case:
    """Eight periods."""
    noise = stats.norm(scale=log_uniform(rng, 0.05, 0.3))
    return through(lambda u: u, lambda x: np.sin(16.0 * np.pi * x), noise)


def glitches(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Two near copies on each side; in 1 % of rows both seconds move by the same."""
    size = log_uniform(rng, 0.5, 5.0)

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        shared = np.where(rng.random(n) < 0.01, size * rng.normal(size=n), 0.0)
        sides = []
        for d in (dx, dy):
            signal, noise = rng.normal(size=(2, n))
            more = rng.normal(size=(n, d - 2))
            sides.append(np.column_stack((signal, signal + shared + 0.01 * noise, more)))
        return sides[0], sides[1]

    return Case(draw, glitch_information(size))


def glitch_information(size: float, share: float = 0.01, noise: float = 0.01) -> float:
    """I of the differences: noise of its own on each side, and in some rows the same beside it."""
    seen = np.random.default_rng(0)
    marks = np.where(seen.random(400_000) < share, size * seen.normal(size=400_000), 0.0)
    a, b = marks + noise * seen.normal(size=(2, len(marks)))
    v, w = noise**2, noise**2 + size**2
    apart = [
        (1 - share) * np.exp(-(c**2) / (2 * v)) / v**0.5
        + share * np.exp(-(c**2) / (2 * w)) / w**0.5
        for c in (a, b)
    ]
    det = w * w - size**4
    quiet = (1 - share) * np.exp(-(a**2 + b**2) / (2 * v)) / v
    loud = np.exp(-(w * a**2 - 2 * size**2 * a * b + w * b**2) / (2 * det)) / det**0.5
    return float(np.mean(np.log((quiet + share * loud) / (apart[0] * apart[1]))))


def functional(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """A straight line in one pair of columns, all but exact: more than 5 nats."""
    covariance = np.eye(dx + dy)
    covariance[0, dx] = covariance[dx, 0] = np.sqrt(-np.expm1(-2.0 * rng.uniform(5.2, 9.0)))
    return normals(covariance, dx)


def curve(rng: np.random.Generator) -> Case:
    """A curve, all but exact."""
    function = (np.square, np.abs, lambda x: np.sin(3.0 * x))[rng.integers(3)]
    noise = stats.norm(scale=log_uniform(rng, 0.00003, 0.0008))
    return through(lambda u: 2.0 * u - 1.0, function, noise)


UNLIKE: dict[str, Family] = {
    "checkerboard 8x8": Family(stacked(checkerboard), mixes=False),
    "sine of 8 periods": Family(stacked(long_sine), largest=20.0, mixes=False),
    "glitches": Family(glitches, (2, 2), mixes=False),
    "functional line": Family(functional, largest=20.0, mixes=False),
    "functional curve": Family(stacked(curve), largest=40.0, mixes=False),
}
