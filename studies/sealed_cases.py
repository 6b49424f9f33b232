"""The cases of the sealed suite (``studies.sealed`` says what it is and how it is used)."""

from __future__ import annotations

from math import log, pi

import numpy as np
from scipy import stats

from studies.sealed import (
    Case,
    cells,
    channel,
    counted,
    draw_diamond,
    draw_turn,
    farlie_gumbel_morgenstern,
    gaussian,
    independent,
    labelled,
    mixed_normals,
    named,
    paired_labels,
    plackett,
    sided,
)

NORMAL, LAPLACE = stats.norm.ppf, stats.laplace.ppf
ZIPF = (1 / np.arange(1, 13)) / np.sum(1 / np.arange(1, 13))


def normals(dims: int):
    return lambda n, rng: rng.normal(size=(n, dims))


def factor_covariance() -> np.ndarray:
    loads = np.array(
        [
            [0.9, 0, 0.3],
            [0.2, 0.8, 0],
            [0, 0.5, 0.5],
            [0.6, -0.6, 0],
            [0.7, 0.4, 0.1],
            [0, 0.9, -0.3],
        ]
    )
    return loads @ loads.T + 0.3 * np.eye(6)


def near_copies_covariance() -> np.ndarray:
    """Two near copies a side; the sides share only the small difference and a weak common part."""
    a, b, d, e = np.eye(4)
    rows = np.array([a, a + 0.05 * d, 0.4 * a + b, 0.4 * a + b + 0.05 * (0.8 * d + 0.6 * e)])
    return rows @ rows.T + 1e-6 * np.eye(4)


NUMBERS: dict[str, Case] = {
    "cubic": channel(NORMAL, lambda x: x**3, stats.norm(scale=0.5)),
    "saturating": channel(NORMAL, lambda x: np.tanh(3 * x), stats.norm(scale=0.1)),
    "chirp": channel(lambda u: 3 * u, lambda x: np.sin(x**2), stats.norm(scale=0.2)),
    "staircase": channel(lambda u: 5 * u, np.floor, stats.norm(scale=0.25)),
    "hinge-heavy-noise": channel(NORMAL, lambda x: np.maximum(x, 0), stats.t(2, scale=0.1)),
    "line-logistic-noise": channel(LAPLACE, lambda x: x, stats.logistic(scale=0.5)),
    "line-cauchy-noise": channel(NORMAL, lambda x: x, stats.cauchy(scale=0.2)),
    "log-weibull": channel(lambda u: -np.log(-np.log(u)), lambda x: x, stats.gumbel_l(scale=0.4)),
    "sharp-line": channel(lambda u: u, lambda x: x, stats.laplace(scale=0.005)),
    "bump": channel(NORMAL, lambda x: np.exp(-8 * x**2), stats.norm(scale=0.1)),
    "w-shape": channel(lambda u: 2 * u - 1, lambda x: 4 * (x**2 - 0.5) ** 2, stats.norm(scale=0.1)),
    "plackett-heavy": plackett(20.0, stats.t(2), stats.lognorm(1.5)),
    "plackett-negative": plackett(0.1, stats.expon(), stats.norm()),
    "fgm-weak": farlie_gumbel_morgenstern(1.0),
    "l-shape": cells([[1, 1], [1, 0]]),
    "checker-3x3": cells([[1, 0, 1], [0, 1, 0], [1, 0, 1]]),
    "blocks-unequal": cells([[6, 1, 0, 0], [1, 3, 1, 0], [0, 1, 1, 4]]),
    "diamond": Case(draw_diamond, lambda: 1 - log(2)),
    "turn": Case(draw_turn, lambda: log(2 * pi) - float(stats.vonmises(4).entropy())),
    "poisson-gamma": counted(stats.gamma(2, scale=2), stats.poisson, 80),
    "binomial-beta": counted(stats.beta(0.5, 0.5), lambda x: stats.binom(10, x), 11),
    "comet": mixed_normals(
        [0.5, 0.5],
        [0.02 * np.eye(2), np.array([[2, -1.6], [-1.6, 2]])],
        np.array([[1, 1], [0, 0]]),
        1,
    ),
    "scale-mixture": mixed_normals([0.8, 0.2], [np.eye(2), 25 * np.eye(2)], np.zeros((2, 2)), 1),
    "none-heavy": independent(lambda n, r: r.standard_t(2, n), lambda n, r: r.lognormal(2, 2, n)),
    "none-uniform": independent(lambda n, r: r.random(n), lambda n, r: r.exponential(size=n)),
}
SEVERAL: dict[str, Case] = {
    "factors-4|2": gaussian(factor_covariance(), 4),
    "factors-4|2-warped": gaussian(factor_covariance(), 4, lambda z: np.sinh(1.5 * z)),
    "near-copies-2|2": gaussian(near_copies_covariance(), 2),
    "ridge-2|1": sided(2, lambda x: np.sin(2 * x[:, 0] + x[:, 1]), stats.norm(scale=0.3)),
    "product-3|1": sided(3, lambda x: x.prod(1), stats.norm(scale=0.3)),
    "radius-3|1": sided(3, lambda x: np.sqrt((x**2).sum(1)), stats.norm(scale=0.2)),
    "sum-5|1": sided(5, lambda x: x.sum(1), stats.norm(scale=1.5)),
    "scale-mixture-2|2": mixed_normals(
        [0.7, 0.3], [np.eye(4), 16 * np.eye(4)], np.zeros((2, 4)), 2
    ),
    "crossed-planes-2|2": mixed_normals(
        [0.5, 0.5],
        [np.eye(4) + s * 0.8 * np.eye(4)[[2, 3, 0, 1]] for s in (-1, 1)],
        np.zeros((2, 4)),
        2,
    ),
    "groups-2|3": mixed_normals(
        [0.4, 0.3, 0.3],
        [0.3 * np.eye(5)] * 3,
        np.array([[0, 0, 1, 1, 0], [2, 0, 0, 0, 2], [0, 2, -1, 1, 1.0]]),
        2,
    ),
    "none-2|3": independent(normals(2), normals(3)),
    "none-4|4-heavy": independent(
        lambda n, r: r.standard_t(2, (n, 4)), lambda n, r: r.standard_t(2, (n, 4))
    ),
}
LABELS: dict[str, Case] = {
    "gamma-shapes": labelled([1, 1, 1], [stats.gamma(a) for a in (0.5, 2, 6)]),
    "overlapping-intervals": labelled([1] * 5, [stats.uniform(k, 1.5) for k in range(5)]),
    "rare-shift": labelled([0.95, 0.05], [stats.norm(), stats.norm(3, 0.5)]),
    "equal-means": labelled([1, 1], [stats.norm(scale=0.3), stats.norm(scale=3)]),
    "zipf-channel": paired_labels(0.6 * np.diag(ZIPF) + 0.4 * np.outer(ZIPF, ZIPF)),
    "none-zipf-labels": paired_labels(np.outer(ZIPF, ZIPF)),
    "none-labels-numbers": independent(
        lambda n, r: r.exponential(size=n), lambda n, r: named(r.choice(12, n, p=ZIPF))
    ),
}
CASES = NUMBERS | SEVERAL | LABELS
