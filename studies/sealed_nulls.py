"""Sealed cases with a given z, and pairs of series: ``studies.sealed`` says how they are used.

A name says the cause, the dimensions of z and the sd of the noise; truths in nats, given z.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from math import log

import numpy as np

Cause = Callable[[np.ndarray], np.ndarray]
CAUSES: dict[str, tuple[Cause, Cause]] = {
    "lines": (lambda z: z.sum(1), lambda z: z @ np.arange(1, z.shape[1] + 1)),
    "squares": (lambda z: (z**2).sum(1), lambda z: z[:, 0] ** 2 - z[:, -1]),
    "waves": (lambda z: np.sin(2 * z[:, 0]), lambda z: np.cos(2 * z[:, -1]) + z[:, 0]),
    "products": (lambda z: z.prod(1), lambda z: z[:, 0] * z[:, -1] + z[:, 0]),
    "steps": (lambda z: np.tanh(4 * z[:, 0]), lambda z: np.tanh(4 * z[:, 0]) + z[:, -1]),
    "exponentials": (lambda z: np.exp(z[:, 0]), lambda z: np.exp(-z[:, -1])),
}


class Given:
    """x and y made from z by two causes, with noises of correlation ``rho``."""

    def __init__(self, cause: str, dims: int, sd: float, rho: float, tail: float = np.inf) -> None:
        self.causes, self.dims, self.sd, self.rho, self.tail = CAUSES[cause], dims, sd, rho, tail

    @property
    def truth(self) -> float:
        return -log(1 - self.rho**2) / 2

    def draw(self, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        z = rng.normal(size=(n, self.dims))
        e = rng.normal(size=(2, n))
        e[1] = self.rho * e[0] + np.sqrt(1 - self.rho**2) * e[1]
        if np.isfinite(self.tail):  # only where rho is 0: the truth stays 0
            e = e / np.sqrt(rng.chisquare(self.tail, (2, n)) / self.tail)
        x, y = (cause(z) + self.sd * noise for cause, noise in zip(self.causes, e, strict=True))
        return x, y, z.squeeze()


NULLS = {
    f"{cause}-z{dims}-sd{sd:g}": Given(cause, dims, sd, 0.0)
    for cause, dims, sd in product(CAUSES, (1, 2, 3), (0.03, 0.1, 0.3, 1.0))
} | {
    f"{cause}-z{dims}-heavy": Given(cause, dims, 0.2, 0.0, 3.0)
    for cause, dims in product(CAUSES, (1, 2))
}
LINKED = {
    f"{cause}-z{dims}-sd{sd:g}-rho{rho:g}": Given(cause, dims, sd, rho)
    for cause, dims, sd, rho in product(CAUSES, (1, 2, 3), (0.1, 0.5), (0.4, 0.8))
}


def autoregressive(phi: float, e: np.ndarray) -> np.ndarray:
    x = np.empty_like(e)
    x[0] = e[0] / np.sqrt(1 - phi**2) if abs(phi) < 1 else e[0]
    for t in range(1, len(e)):
        x[t] = phi * x[t - 1] + e[t]
    return x


def two_series(phi: float, psi: float, rho: float = 0.0, trend: Cause | None = None):
    """Two AR(1) whose innovations have correlation rho, each with its own trend."""

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        e = rng.normal(size=(2, n))
        e[1] = rho * e[0] + np.sqrt(1 - rho**2) * e[1]
        x, y = autoregressive(phi, e[0]), autoregressive(psi, e[1])
        if trend is not None:
            t = np.arange(n) / n
            x, y = x + rng.choice([-1, 1]) * trend(t), y + rng.choice([-1, 1]) * trend(t)
        return x, y

    return draw


# Independent series: should they be warned of, and what may be done about it?
SERIES = {
    "white": (two_series(0.0, 0.0), 0.0, ""),
    "ar-.6": (two_series(0.6, 0.6), 0.0, ""),
    "ar-.9": (two_series(0.9, 0.9), 0.0, ""),
    "ar-.6-coupled": (two_series(0.6, 0.6, 0.5), -log(1 - 0.25) / 2, ""),
    "ar-.99": (two_series(0.99, 0.99), 0.0, "unit root"),
    "walks": (two_series(1.0, 1.0), 0.0, "unit root"),
    "walk-and-ar": (two_series(1.0, 0.5), 0.0, "unit root"),
    "line-weak": (two_series(0.3, 0.3, trend=lambda t: 1.5 * t), 0.0, "trend"),
    "line-strong": (two_series(0.5, 0.5, trend=lambda t: 6 * t), 0.0, "trend"),
    "parabola": (two_series(0.5, 0.5, trend=lambda t: 5 * t**2), 0.0, "trend"),
    "growth": (two_series(0.3, 0.3, trend=lambda t: np.exp(2 * t)), 0.0, "trend"),
    "jump": (two_series(0.3, 0.3, trend=lambda t: 3.0 * (t > 0.6)), 0.0, "trend"),
}
