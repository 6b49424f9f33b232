"""Families of vectors: each gives a distribution drawn at random for so many columns a side."""

from __future__ import annotations

import numpy as np
from scipy import stats

from mitool.simulate.elliptic import student_entropy
from mitool.simulate.gaussian import turned
from studies.mist_pairs import log_uniform
from studies.mist_truths import Case, gaussian, log_sum, mean_of


def normals(covariance: np.ndarray, n_x: int, mi: float | None = None) -> Case:
    root = np.linalg.cholesky(covariance).T

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        rows = rng.standard_normal((n, len(root))) @ root
        return rows[:, :n_x], rows[:, n_x:]

    return Case(draw, gaussian(covariance, n_x) if mi is None else mi)


def paired(rng: np.random.Generator, dx: int, dy: int, strength: float = 0.4) -> np.ndarray:
    """Covariance of canonical pairs, as many as there happen to be."""
    n_pairs = int(rng.integers(1, min(dx, dy) + 1))
    shared = rng.exponential(strength, size=n_pairs)
    rho = np.sqrt(-np.expm1(-2.0 * np.minimum(shared, 3.0))) * rng.choice([-1, 1], n_pairs)
    covariance, i = np.eye(dx + dy), np.arange(n_pairs)
    covariance[i, dx + i] = covariance[dx + i, i] = rho
    return covariance


def canonical(rng: np.random.Generator, dx: int, dy: int) -> Case:
    return normals(paired(rng, dx, dy, rng.choice([0.15, 0.5, 1.0])), dx)


def factors(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """A few common factors behind all columns."""
    loads = rng.normal(size=(dx + dy, rng.integers(1, 4)))
    covariance = loads @ loads.T + log_uniform(rng, 0.1, 10.0) * np.eye(dx + dy)
    return normals(covariance, dx)


def near_copies(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Columns of a side that all but repeat one another; their differences may tell, too."""
    covariance = paired(rng, dx, dy)
    mixing = np.eye(dx + dy)
    for first, d in ((0, dx), (dx, dy)):
        small = log_uniform(rng, 0.02, 0.5)
        mixing[first + 1 : first + d, first + 1 : first + d] *= small
        mixing[first + 1 : first + d, first] = rng.random(d - 1) < 0.7
    order = np.concatenate((rng.permutation(dx), dx + rng.permutation(dy)))
    return normals(mixing @ covariance[np.ix_(order, order)] @ mixing.T, dx)


def students(rng: np.random.Generator, dx: int, dy: int) -> Case:
    dof = log_uniform(rng, 0.8, 12.0)
    covariance = paired(rng, dx, dy, 0.25) if rng.random() < 0.6 else np.eye(dx + dy)
    apart = student_entropy(dof, dx) + student_entropy(dof, dy) - student_entropy(dof, dx + dy)
    base = normals(covariance, dx)

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        scale = np.sqrt(dof / rng.chisquare(dof, (n, 1)))
        x, y = base.draw(n, rng)
        return x * scale, y * scale

    return Case(draw, base.mi + apart)


def spirals(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Gaussian columns, two of a side turned by an angle that grows with the length."""
    base = normals(paired(rng, dx, dy, 0.5), dx)
    speeds = [log_uniform(rng, 0.05, 1.0) * rng.choice([-1, 1]) for _ in "xy"]
    both = rng.random() < 0.5

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        x, y = base.draw(n, rng)
        x = turned(x, speeds[0], 0) if dx > 1 else x
        return x, turned(y, speeds[1], dy - 2) if dy > 1 and (both or dx == 1) else y

    return Case(draw, base.mi)


def mixed(weights: np.ndarray, means: np.ndarray, roots: np.ndarray, n_x: int, rng) -> Case:
    """Normals of these weights, means (k, d) and roots of covariances (k, d, d)."""
    covariances = roots @ roots.transpose(0, 2, 1)

    def rows(n: int, rng: np.random.Generator) -> np.ndarray:
        k = rng.choice(len(weights), n, p=weights)
        return means[k] + np.einsum("nij,nj->ni", roots[k], rng.normal(size=means[k].shape))

    def log_density(points: np.ndarray, part: slice) -> np.ndarray:
        logs = [
            np.log(w) + stats.multivariate_normal(m[part], c[part, part]).logpdf(points[:, part])
            for w, m, c in zip(weights, means, covariances, strict=True)
        ]
        return log_sum(np.reshape(logs, (len(weights), -1)))

    def log_ratios(n: int) -> np.ndarray:
        points = rows(n, rng)
        both, x, y = (log_density(points, slice(*p)) for p in ((0, None), (0, n_x), (n_x, None)))
        return both - x - y

    def draw(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        points = rows(n, rng)
        return points[:, :n_x], points[:, n_x:]

    return Case(draw, mean_of(log_ratios))


def mixtures(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Two to five normals, each with a covariance of its own."""
    k, d = int(rng.integers(2, 6)), dx + dy
    roots = np.linalg.cholesky(np.array([_covariance(rng, d) for _ in range(k)]))
    roots *= np.exp(rng.normal(scale=0.5, size=(k, 1, 1)))
    means = rng.normal(scale=rng.choice([0.0, 0.5, 1.5]), size=(k, d))
    return mixed(rng.dirichlet(np.full(k, 3.0)), means, roots, dx, rng)


def _covariance(rng: np.random.Generator, d: int) -> np.ndarray:
    loads = rng.normal(size=(d, 2))
    full = loads @ loads.T + log_uniform(rng, 0.2, 3.0) * np.eye(d)
    spread = np.sqrt(np.diag(full))
    return full / np.outer(spread, spread)


def clusters(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Round clouds: the sides share which of them a row is in, and no more."""
    k, d = int(rng.integers(2, 9)), dx + dy
    roots = np.eye(d) * np.exp(rng.normal(scale=0.3, size=(k, 1, 1)))
    means = rng.normal(scale=log_uniform(rng, 0.5, 4.0), size=(k, d))
    return mixed(rng.dirichlet(np.full(k, 3.0)), means, roots, dx, rng)


def crossed_planes(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Correlated one way in some rows, and the other way in the rest."""
    covariance, d = paired(rng, dx, dy, 1.0), dx + dy
    flipped = covariance * np.where(np.arange(d) < dx, 1.0, -1.0)
    flipped *= np.where(np.arange(d) < dx, 1.0, -1.0)[:, None]
    roots = np.linalg.cholesky(np.array([covariance, flipped]))
    share = rng.uniform(0.3, 0.5)
    return mixed(np.array([share, 1.0 - share]), np.zeros((2, d)), roots, dx, rng)


def volatility(rng: np.random.Generator, dx: int, dy: int) -> Case:
    """Nothing in common but the scale of a row."""
    logs = stats.norm.ppf((np.arange(120) + 0.5) / 120) * rng.uniform(0.3, 1.3)
    if rng.random() < 0.3:
        logs = np.where(np.arange(120) < rng.integers(12, 108), 0.0, rng.uniform(1.0, 3.0))
    return shared_scale(logs, logs, dx, dy, rng)


def shared_scale(of_x: np.ndarray, of_y: np.ndarray, dx: int, dy: int, rng) -> Case:
    """Normal columns times scales, whose logarithms at even odds are (m,) for x and for y."""

    def rows(n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        k = rng.integers(len(of_x), size=(n, 1))
        x, y = rng.normal(size=(n, dx)), rng.normal(size=(n, dy))
        return x * np.exp(of_x[k]), y * np.exp(of_y[k])

    def log_ratios(n: int) -> np.ndarray:
        x, y = rows(n, rng)
        parts = [
            -0.5 * (side**2).sum(axis=1) * np.exp(-2.0 * logs[:, None])
            - side.shape[1] * logs[:, None]
            for side, logs in ((x, of_x), (y, of_y))
        ]
        return log_sum(sum(parts)) + np.log(len(of_x)) - log_sum(parts[0]) - log_sum(parts[1])

    return Case(rows, mean_of(log_ratios))
