"""Information under a strong common cause: how far estimates are off, and what smoothers leave.

``python -m studies.conditional`` writes conditional.md; how often tests reject is the matter of
``studies.conditional_sizes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from time import process_time
from typing import NamedTuple

import numpy as np

from mitool.kernels.neighbors import counting
from mitool.kernels.smooth.choice import smooth
from mitool.measure.settings import Settings
from mitool.seeds import stream
from mitool.tables.column import Column
from mitool.uncertainty import assess
from mitool.variables import Variable, gather
from studies.record import options, over, table, write

SEED = 16
DIMS, NOISES, SIZES = (1, 2, 3), (0.1, 0.03), (100, 200, 500)
AUTO, RAW = Settings(), Settings("ksg")
CAUSES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": lambda z: z.sum(axis=1) / np.sqrt(z.shape[1]),
    "quadratic": lambda z: np.square(z).sum(axis=1) / np.sqrt(z.shape[1]),
    "sine": lambda z: 1.4 * np.sin(2.0 * z).sum(axis=1) / np.sqrt(z.shape[1]),
    "product": lambda z: z.prod(axis=1) if z.shape[1] > 1 else z[:, 0] * np.abs(z[:, 0]),
}

Rng = np.random.Generator
Sample = tuple[np.ndarray, np.ndarray, np.ndarray]
Draw = Callable[[Rng, int], Sample]


class Common(NamedTuple):
    """The same function of z in x and in y."""

    cause: str
    n_dims: int
    noise: float

    def __call__(self, rng: Rng, n: int) -> Sample:
        z = rng.standard_normal((n, self.n_dims))
        x, y = (CAUSES[self.cause](z) + self.noise * rng.standard_normal(n) for _ in "xy")
        return x, y, z


def heavy(rng: Rng, n: int) -> Sample:
    z = rng.standard_t(2, (n, 1))
    x, y = (z[:, 0] + 0.3 * rng.standard_normal(n) for _ in "xy")
    return x, y, z


def uniform(rng: Rng, n: int) -> Sample:
    z = rng.uniform(-2, 2, (n, 2))
    x, y = (np.cos(2 * z[:, 0]) * z[:, 1] + 0.1 * rng.standard_normal(n) for _ in "xy")
    return x, y, z


def exponential(rng: Rng, n: int) -> Sample:
    z = rng.standard_normal((n, 2))
    x, y = (np.exp(z.sum(axis=1) + 0.2 * rng.standard_normal(n)) for _ in "xy")
    return x, y, z


def spread(rng: Rng, n: int) -> Sample:
    z = rng.standard_normal((n, 1))
    x, y = (z[:, 0] + 0.2 * np.abs(z[:, 0]) * rng.standard_normal(n) for _ in "xy")
    return x, y, z


def steps(rng: Rng, n: int) -> Sample:
    z = rng.standard_normal((n, 1))
    x, y = (np.floor(2 * z[:, 0]) + 0.2 * rng.standard_normal(n) for _ in "xy")
    return x, y, z


def oblique(rng: Rng, n: int) -> Sample:
    z = rng.standard_normal((n, 3))
    x, y = (np.sin(1.2 * z.sum(axis=1)) + 0.1 * rng.standard_normal(n) for _ in "xy")
    return x, y, z


def unlike(rng: Rng, n: int) -> Sample:
    z = rng.standard_normal((n, 1))
    x = z[:, 0] ** 2 + 0.3 * rng.standard_normal(n)
    return x, np.sin(3 * z[:, 0]) + 0.3 * rng.standard_normal(n), z


OTHERS: dict[str, Draw] = {
    "z Student t₂, x = z + .3e": heavy,
    "z uniform, x = cos(2z₁) z₂ + .1e": uniform,
    "x = exp(z₁ + z₂ + .2e)": exponential,
    "x = z + .2 |z| e": spread,
    "x = ⌊2z⌋ + .2e": steps,
    "x = sin(1.2 (z₁ + z₂ + z₃)) + .1e": oblique,
    "x = z² + .3e, y = sin 3z + .3e'": unlike,
}


class Direct(NamedTuple):
    """Noise of correlation .7071 on functions of z: log(2) / 2 nats given z."""

    x: Callable[[np.ndarray], np.ndarray]
    y: Callable[[np.ndarray], np.ndarray]
    n_dims: int

    def __call__(self, rng: Rng, n: int) -> Sample:
        z = rng.standard_normal((n, self.n_dims))
        e, own = rng.standard_normal((2, n))
        return self.x(z) + e, self.y(z) + np.sqrt(0.5) * (e + own), z


def nothing(z: np.ndarray) -> np.ndarray:
    return np.zeros(len(z))


def total(z: np.ndarray) -> np.ndarray:
    return z.sum(axis=1) / np.sqrt(z.shape[1])


def size_of_total(z: np.ndarray) -> np.ndarray:
    return np.abs(total(z))


def threefold(z: np.ndarray) -> np.ndarray:
    return 3.0 * total(z)


def square(z: np.ndarray) -> np.ndarray:
    return np.square(total(z))


def wave(z: np.ndarray) -> np.ndarray:
    return np.sin(2.0 * total(z))


def product(z: np.ndarray) -> np.ndarray:
    return z.prod(axis=1)


TRUTH = 0.5 * np.log(2.0)
DIRECT: dict[str, Draw] = {
    "0, 0": Direct(nothing, nothing, 1),
    "z², sin 2z": Direct(square, wave, 1),
    "s, |s|, s = (z₁ + z₂ + z₃) / √3": Direct(total, size_of_total, 3),
    "3z, 3z": Direct(threefold, threefold, 1),
    "z₁ z₂, sin √2 (z₁ + z₂)": Direct(product, wave, 2),
}


def variable(name: str, values: np.ndarray) -> Variable:
    columns = values.reshape(len(values), -1).T
    names = [f"{name}{j}" for j in range(len(columns))]
    return gather([Column(n, c) for n, c in zip(names, columns, strict=True)], continuous=names)


def drawn(name: str, draw: Draw, n: int, repeat: int) -> list[Variable]:
    sample = draw(stream(SEED, f"{name} {n}", repeat), n)
    return [variable(name, values) for name, values in zip("xyz", sample, strict=True)]


class Error(NamedTuple):
    """The mean error and the root mean squared error of an estimate."""

    name: str
    draw: Draw
    n: int
    settings: Settings
    repeats: int

    def measured(self) -> tuple[float, float]:
        found = [
            assess(*drawn(self.name, self.draw, self.n, repeat), self.settings).mi
            for repeat in range(self.repeats)
        ]
        errors = np.array(found) - TRUTH
        return float(errors.mean()), float(np.sqrt(np.square(errors).mean()))


class Left(NamedTuple):
    """The mean square of what a smoother leaves, as a multiple of the noise; and its seconds."""

    draw: Common
    n: int
    smoother: str
    repeats: int

    def measured(self) -> tuple[float, float]:
        ratios, start = [], process_time()
        for repeat in range(self.repeats):
            x, _, z = self.draw(np.random.default_rng([SEED, repeat]), self.n)
            noise = self.draw.noise**2 / x.var()
            x, z = ((v - v.mean(axis=0)) / v.std(axis=0) for v in (x, z))
            spread = CAUSES[self.draw.cause](
                np.random.default_rng(0).normal(size=(10_000, z.shape[1]))
            )
            noise = self.draw.noise**2 / (spread.var() + self.draw.noise**2)
            ratios.append(np.square(SMOOTHERS[self.smoother](x, z)).mean() / noise)
        return float(np.median(ratios)), (process_time() - start) / self.repeats


def local_lines(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Local lines, each row left out, the bandwidth of least error."""
    squares = np.square(z[:, None] - z[None]).sum(axis=2)
    design = np.hstack((np.ones((len(z), 1)), z))
    best = x - x.mean()
    for width in (0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0, 4.0):
        weights = np.exp(-0.5 * squares / width**2)
        np.fill_diagonal(weights, 0.0)
        moments = np.einsum("ij,jk,jl->ikl", weights, design, design, optimize=True)
        moments += (
            1e-8 * np.eye(design.shape[1]) * np.trace(moments, axis1=1, axis2=2)[:, None, None]
        )
        lines = np.linalg.solve(moments, (weights @ (design * x[:, None]))[:, :, None])[:, :, 0]
        left = x - (lines * design).sum(axis=1)
        best = left if np.square(left).mean() < np.square(best).mean() else best
    return best


def splines(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Sums of cubic splines of each column, in five folds, the penalty by cross-validation."""
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import SplineTransformer

    model = make_pipeline(
        SplineTransformer(8, extrapolation="linear"), RidgeCV(np.geomspace(1e-6, 10, 8))
    )
    return x - cross_val_predict(model, z, x, cv=5)


def boosting(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Boosted trees, in five folds."""
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.model_selection import cross_val_predict

    model = HistGradientBoostingRegressor(max_iter=100, min_samples_leaf=5)
    return x - cross_val_predict(model, z, x, cv=5)


SMOOTHERS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {
    "mitool": lambda x, z: smooth(x, z).left,
    "local lines": local_lines,
    "splines": splines,
    "boosting": boosting,
}


def measured(job: Error | Left) -> tuple[float, float]:
    return job.measured()


def jobs_of(repeats: int) -> dict[tuple, Error | Left]:
    jobs: dict[tuple, Error | Left] = {
        ("error", name, n, how.estimator): Error(name, draw, n, how, repeats)
        for name, draw in DIRECT.items()
        for n in (100, 200, 1000)
        for how in (AUTO, RAW)
    }
    jobs |= {
        ("left", smoother, cause, d): Left(Common(cause, d, 0.1), 200, smoother, repeats)
        for smoother in SMOOTHERS
        for cause in CAUSES
        for d in (1, 3)
    }
    return jobs


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=40)
    counting.announce(10**6, 10**4)  # one path of the counts, whatever came before
    jobs = {
        k: job for k, job in jobs_of(asked.repeats).items() if asked.only in " ".join(map(str, k))
    }
    found = dict(zip(jobs, over(measured, list(jobs.values()), asked.jobs), strict=True))
    write("conditional", asked, SEED, list(parts(found, jobs)))


def parts(found: dict[tuple, tuple[float, float]], jobs: dict[tuple, object]) -> Iterator[str]:
    yield "Conditional information under a common cause"
    yield from error_parts(found, jobs)
    yield "## What smoothers leave (n = 200, noise .1): multiple of the noise, seconds\n"
    yield table(
        ("cause", "dims", *SMOOTHERS),
        (
            [cause, d, *(f"{m:.2f}, {s:.2f}" for m, s in row)]
            for cause in CAUSES
            for d in (1, 3)
            if len(row := [found[k] for s in SMOOTHERS if (k := ("left", s, cause, d)) in found])
            == len(SMOOTHERS)
        ),
    )


def error_parts(
    found: dict[tuple, tuple[float, float]], jobs: dict[tuple, object]
) -> Iterator[str]:
    of_error = {key[1:]: value for key, value in found.items() if key[0] == "error"}
    if not of_error:
        return
    repeats = next(job.repeats for key, job in jobs.items() if key[0] == "error")
    yield f"## Something is there: {TRUTH:.4f} nats given z\n"
    yield f"Mean error and root mean squared error of {repeats} repeats.\n"
    yield table(
        ("x and y beside their noise", "n", "auto", "raw"),
        (
            [
                name,
                n,
                *(f"{m:+.3f}, {r:.3f}" for m, r in (of_error[name, n, e] for e in ("auto", "ksg"))),
            ]
            for name, n in dict.fromkeys(key[:2] for key in of_error)
        ),
    )


if __name__ == "__main__":
    main()
