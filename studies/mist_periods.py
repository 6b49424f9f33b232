"""Families of one column with one column that go up and down, or around."""

from __future__ import annotations

import numpy as np
from scipy import stats

from studies.mist_pairs import column, log_uniform, simulated, through
from studies.mist_truths import Case

WIDTHS = np.geomspace(0.06, 0.5, 20)
"""Of noise around a circle, whose truths are dear."""


def sines(rng: np.random.Generator) -> Case:
    """Half a period to three and a half."""
    periods, phase = rng.uniform(0.5, 3.5), rng.uniform(0.0, 6.3)
    noise = stats.norm(scale=log_uniform(rng, 0.05, 1.5))
    return through(lambda u: u, lambda x: 1.4 * np.sin(2 * np.pi * periods * x + phase), noise)


WAVES = (
    lambda t: 2.8 * np.abs(t % 2.0 - 1.0) - 1.4,
    lambda t: np.where(t % 2.0 < 1.0, 1.0, -1.0),
    lambda t: 1.7 * (t % 2.0) - 1.7,
)


def waves(rng: np.random.Generator) -> Case:
    """Triangles, squares and saws: half a period to three and a half."""
    wave = WAVES[rng.integers(len(WAVES))]
    periods, phase = rng.uniform(0.5, 3.5), rng.uniform(0.0, 2.0)
    noise = stats.norm(scale=log_uniform(rng, 0.05, 1.5))
    return through(lambda u: u, lambda x: wave(2.0 * periods * x + phase), noise)


def wrapped(rng: np.random.Generator) -> Case:
    """Around a circle that is cut open: y is x and noise, without its whole turns."""
    noise = stats.norm(scale=log_uniform(rng, 0.01, 0.35))
    turns = rng.integers(1, 3)
    grid = (np.arange(4000) + 0.5) / 4000
    density = sum(noise.pdf(grid + k) for k in range(-4, 5)) + 1e-300

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.random(n)
        y = turns * x + noise.rvs(size=n, random_state=rng)
        return column(x), column(y % 1.0)

    return Case(draw, max(0.0, float(np.mean(density * np.log(density)))))


def rings(rng: np.random.Generator) -> Case:
    return simulated("circle", noise=float(rng.choice(WIDTHS)))


PERIODS = {"rings": rings, "sines": sines, "waves": waves, "wrapped": wrapped}
