"""Families of vectors whose sides are functions of one another, or of something hidden."""

from __future__ import annotations

import numpy as np
from scipy import stats

from studies.mist_pairs import log_uniform, noises
from studies.mist_truths import Case, channel, log_sum, mean_of

LARGE = 60_000


def regression(
    rng: np.random.Generator, dx: int, function, scale: float, *, gaussian: bool
) -> Case:
    """One column of y: a function of x (n, dx), of about variance 1, beside noise."""
    noise = stats.norm(scale=scale) if gaussian else noises(rng, scale)
    shift, spread = _location(function(rng.normal(size=(4000, dx))))

    def values(x: np.ndarray) -> np.ndarray:
        return (function(x) - shift) / spread

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.normal(size=(n, dx))
        return x, (values(x) + noise.rvs(size=n, random_state=rng))[:, None]

    return Case(draw, channel(values(rng.normal(size=(LARGE, dx))), noise))


def _location(values: np.ndarray) -> tuple[float, float]:
    return float(values.mean()), float(values.std())


def fourier(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Sums of a few waves over all columns of x."""
    k = int(rng.integers(2, 8))
    waves = rng.normal(scale=rng.uniform(0.4, 1.6) / np.sqrt(dx), size=(dx, k))
    weights, phases = rng.normal(size=k), rng.uniform(0, 6.3, size=k)
    return regression(
        rng,
        dx,
        lambda x: np.cos(x @ waves + phases) @ weights,
        log_uniform(rng, 0.08, 2.0),
        gaussian=True,
    )


CURVES = (
    np.abs,
    np.square,
    np.tanh,
    np.sin,
    np.exp,
    lambda x: x,
    lambda x: np.cos(2.0 * x),
    np.sign,
)


def added(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """A sum of one curve for each column of x."""
    chosen = [CURVES[k] for k in rng.integers(len(CURVES), size=dx)]
    weights = rng.normal(size=dx)

    def function(x: np.ndarray) -> np.ndarray:
        return sum(w * f(column) for w, f, column in zip(weights, chosen, x.T, strict=True))

    return regression(rng, dx, function, log_uniform(rng, 0.08, 2.0), gaussian=False)


def radii(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """y follows the length of x, or the length up to a wave."""
    waves = rng.uniform(0.5, 2.5)
    if rng.random() < 0.5:
        return regression(
            rng,
            dx,
            lambda x: np.sqrt((x * x).sum(axis=1)),
            log_uniform(rng, 0.08, 2.0),
            gaussian=False,
        )
    return regression(
        rng,
        dx,
        lambda x: np.cos(waves * np.sqrt((x * x).sum(axis=1))),
        log_uniform(rng, 0.08, 1.5),
        gaussian=False,
    )


def signs(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Two or three columns whose signs, or values, are multiplied: none alone tells anything."""
    m = int(rng.integers(2, min(dx, 3) + 1))
    functions = (
        lambda x: np.sign(x[:, :m]).prod(axis=1),
        lambda x: x[:, :m].prod(axis=1),
        lambda x: np.tanh(2.0 * x[:, :m]).prod(axis=1),
    )
    function = functions[rng.integers(3)]
    return regression(rng, dx, function, log_uniform(rng, 0.08, 1.5), gaussian=True)


def heteroscedastic(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """The spread of all columns of y follows a function of x."""
    slope, kind, direction = rng.uniform(0.4, 1.6), rng.integers(3), rng.normal(size=dx)
    direction /= np.sqrt(direction @ direction)
    functions = (np.tanh, lambda t: np.abs(t) - 0.8, lambda t: np.sin(2.0 * t))

    def logs(x: np.ndarray) -> np.ndarray:
        return slope * functions[kind](x @ direction)

    grid = slope * functions[kind](stats.norm.ppf((np.arange(150) + 0.5) / 150))

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x = rng.normal(size=(n, dx))
        return x, rng.normal(size=(n, dy)) * np.exp(logs(x))[:, None]

    def log_ratios(n: int) -> np.ndarray:
        x, y = draw(n, rng)
        squares = (y * y).sum(axis=1)
        given = -0.5 * squares * np.exp(-2.0 * logs(x)) - dy * logs(x)
        alone = log_sum(-0.5 * squares * np.exp(-2.0 * grid[:, None]) - dy * grid[:, None])
        return given - alone + np.log(len(grid))

    return Case(draw, mean_of(log_ratios))


def latent(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Both sides along a curve that one hidden number moves on, each with noise of its own."""
    z = (np.arange(120) + 0.5) / 120
    waves = rng.uniform(0.2, 1.5, size=dx + dy) * 2.0 * np.pi
    phases, weights = rng.uniform(0, 6.3, size=dx + dy), rng.uniform(0.5, 1.5, size=dx + dy)
    sigma = log_uniform(rng, 0.15, 1.5)

    def curve(z: np.ndarray) -> np.ndarray:
        return weights * np.sin(waves * z[:, None] + phases)

    nodes = curve(z) / sigma

    def log_ratios(n: int) -> np.ndarray:
        points = np.hstack(draw(n, rng)) / sigma
        logs = []
        for part in (slice(None), slice(0, dx), slice(dx, None)):
            a, b = points[:, part], nodes[:, part]
            logs.append(log_sum(b @ a.T - 0.5 * (b * b).sum(axis=1)[:, None]))
        return logs[0] - logs[1] - logs[2] + np.log(len(z))

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        rows = curve(rng.random(n)) + sigma * rng.normal(size=(n, dx + dy))
        return rows[:, :dx], rows[:, dx:]

    return Case(draw, mean_of(log_ratios))


def turns(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Points around a circle on each side, at angles that differ by noise; lengths tell nothing."""
    noise = stats.vonmises(log_uniform(rng, 0.3, 60.0))
    times, spread = rng.integers(1, 3), rng.uniform(0.0, 0.6)

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        angle = rng.uniform(0.0, 2.0 * np.pi, n)
        other = times * angle + noise.rvs(size=n, random_state=rng)
        sides = [np.column_stack((np.cos(a), np.sin(a))) for a in (angle, other)]
        x, y = (side * np.exp(spread * rng.normal(size=(n, 1))) for side in sides)
        return x, y

    return Case(draw, max(0.0, float(np.log(2.0 * np.pi) - noise.entropy())))


def clayton(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """All columns driven by one frailty: dependence in the lower tail."""
    theta = log_uniform(rng, 0.2, 6.0)

    def rows(n: int, rng: np.random.Generator) -> np.ndarray:
        frailty = rng.standard_gamma(1.0 / theta, (n, 1)) + 1e-300
        return np.log1p(rng.standard_exponential((n, dx + dy)) / frailty)  # -theta log u

    def log_density(logs: np.ndarray) -> np.ndarray:
        d = logs.shape[1]
        total = np.log(np.maximum(np.exp(logs).sum(axis=1) - (d - 1), 1e-300))
        norm = np.log1p(theta * np.arange(d)).sum()
        return norm + (1.0 + 1.0 / theta) * logs.sum(axis=1) - (1.0 / theta + d) * total

    def log_ratios(n: int) -> np.ndarray:
        logs = rows(n, rng)
        logs = logs[logs.max(axis=1) < 600.0]
        return log_density(logs) - log_density(logs[:, :dx]) - log_density(logs[:, dx:])

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        u = -rows(n, rng)
        return u[:, :dx], u[:, dx:]

    return Case(draw, mean_of(log_ratios))
