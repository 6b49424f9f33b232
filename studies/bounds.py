"""Bounds from scores, couplings and transport beside what is true: closed forms and coverage.

``python -m studies.bounds`` writes bounds.md.
"""

from __future__ import annotations

from functools import partial
from math import log, sqrt

import numpy as np

from mitool.estimators.wasserstein import Wasserstein
from mitool.inference.jackknife import delete_one
from mitool.models.critics import fitted
from mitool.models.embeddings import Embeddings
from mitool.models.gaussian_encoder import EncoderScores, GaussianEncoder
from mitool.models.level_merging import MergingRequest, merging_findings
from mitool.models.marginals import of_columns
from mitool.models.measured_bounds import BoundRequest, Line, measured
from mitool.models.pairing import Pairing
from mitool.models.score_tiles import ArrayScores, Scores
from mitool.tables.column import Column
from mitool.variables import Variable
from studies.record import options, over, table, write

SEED = 21
LEVEL = 0.95
COVERED = ("infonce rows", "infonce columns", "dv", "nwj", "included", "leave-one-out", "club")
CORRELATIONS = (0.0, 0.5, 0.8, 0.95)
NOISES = (1.0, 0.1, 0.001)
N_COVERED, N_CRITIC, N_ENCODER = 200, 512, 1000


def information(rho: float) -> float:
    return 0.5 * log(1.0 / (1.0 - rho * rho))


def pair(rng: np.random.Generator, rho: float, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.standard_normal(n)
    return x, rho * x + sqrt(1.0 - rho * rho) * rng.standard_normal(n)


def log_ratio(x: np.ndarray, y: np.ndarray, rho: float) -> np.ndarray:
    """log p(y_j given x_i) / p(y_j), contexts in rows: the best critic."""
    spread = 1.0 - rho * rho
    own = -((y[None, :] - rho * x[:, None]) ** 2) / (2.0 * spread) - 0.5 * log(spread)
    return own + 0.5 * y[None, :] ** 2


def lines(scores: Scores, request: BoundRequest) -> dict[str, Line]:
    n = scores.shape[0]
    found = measured(scores, Pairing(np.arange(n), n), request)
    axis = {"rows", "columns", "both"}
    return {f"{line.name} {line.form}" if line.form in axis else line.name: line for line in found}


def of_critic(rho: float, number: int) -> dict[str, float]:
    """Values of all bounds at the best critic; that of nwj is 1 + log ratio."""
    x, y = pair(np.random.default_rng([SEED, 1, number]), rho, N_CRITIC)
    ratio = log_ratio(x, y, rho)
    plain = BoundRequest(level=None)
    found = lines(ArrayScores("ratio", ratio), plain)
    found["nwj"] = lines(ArrayScores("ratio", 1.0 + ratio), plain)["nwj"]
    return {name: line.value for name, line in found.items()}


def of_encoder(noise: float, assumed: float, number: int) -> dict[str, float]:
    """Bounds of z = x + noise, by the density of a noise that is assumed."""
    rng = np.random.default_rng([SEED, 2, number])
    x = rng.standard_normal((N_ENCODER, 1))
    z = x + sqrt(noise) * rng.standard_normal(x.shape)
    encoder = GaussianEncoder("channel", x, np.full_like(x, log(assumed)))
    found = lines(EncoderScores(encoder, z), BoundRequest(log_probs=True, level=None))
    return {"rate": float(encoder.rates.mean()), **{n: line.value for n, line in found.items()}}


def covered(task: tuple[float, int]) -> dict[str, tuple[float, float, float]]:
    """Value and interval of each bound of one draw of N_COVERED pairs, log p(y given x) as scores.

    dv, infonce and nwj have the best critic.
    """
    rho, number = task
    x, y = pair(np.random.default_rng([SEED, 3, number]), rho, N_COVERED)
    ratio = log_ratio(x, y, rho)
    found = lines(ArrayScores("ratio", ratio), BoundRequest(log_probs=True))
    found["nwj"] = lines(ArrayScores("ratio", 1.0 + ratio), BoundRequest(names=("nwj",)))["nwj"]
    result = {}
    for name in COVERED:
        line = found[name]
        interval = delete_one(line.value, line.without, LEVEL)
        result[name] = (line.value, interval.low, interval.high)
    return result


def mean_and_sd(values: list[float]) -> str:
    return f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}"


def closed_forms(repeats: int, jobs: int) -> str:
    rows = []
    for rho in CORRELATIONS:
        draws = list(over(partial(of_critic, rho), range(repeats), jobs))
        shown = ("infonce both", "dv", "nwj", "tuba", "smile")
        rows.append((rho, f"{information(rho):.4f}",
                     *(mean_and_sd([draw[name] for draw in draws]) for name in shown)))  # fmt: skip
    return table(("ρ", "truth", "infonce", "dv", "nwj (1 + ratio)", "tuba", "smile"), rows)


def encoders(repeats: int, jobs: int) -> str:
    rows = []
    for noise, assumed in [(s, s) for s in NOISES] + [(0.1, 0.3)]:
        draws = list(over(partial(of_encoder, noise, assumed), range(repeats), jobs))
        shown = ("included", "leave-one-out", "club")
        rows.append((noise, assumed, f"{0.5 * log(1 + 1 / noise):.4f}",
                     *(mean_and_sd([draw[name] for draw in draws]) for name in shown)))  # fmt: skip
    return table(("noise", "assumed", "truth", "included", "leave-one-out", "club"), rows)


def coverage(repeats: int, jobs: int) -> str:
    rows = []
    for rho in CORRELATIONS[1:] if repeats else ():
        tasks = [(rho, number) for number in range(repeats)]
        draws = list(over(covered, tasks, jobs))
        shares = []
        for name in COVERED:
            values = np.array([draw[name] for draw in draws])
            expected = values[:, 0].mean()
            inside = (values[:, 1] <= expected) & (expected <= values[:, 2])
            shares.append(f"{inside.mean():.3f}")
        rows.append((rho, f"{information(rho):.4f}", *shares))
    return table(("ρ", "I", *COVERED), rows)


def named(sides: tuple[np.ndarray, np.ndarray]) -> list[tuple[str, np.ndarray]]:
    return list(zip("xy", sides, strict=True))


def transport(repeats: int) -> str:
    rows = []
    for rho in (0.0, 0.5, 0.9):
        values = []
        for number in range(max(repeats // 100, 3)):
            sides = pair(np.random.default_rng([SEED, 4, number]), rho, 1000)
            x, y = (Variable((n,), s[:, None], ("continuous",)) for n, s in named(sides))
            values.append(Wasserstein(order=2)(x, y))
        truth = 4.0 - 2.0 * (sqrt(1.0 + rho) + sqrt(1.0 - rho))
        rows.append((rho, f"{truth:.4f}", *(mean_and_sd([v.facts[n] for v in values])
                     for n in ("raw", "null")), mean_and_sd([v.mi for v in values])))  # fmt: skip
    return table(("ρ", "truth", "raw", "null", "reported"), rows)


def merging(repeats: int) -> str:
    rows = []
    for n_levels in (30, 300, 1000):
        seen, reported = [], []
        for number in range(max(repeats // 50, 3)):
            rng = np.random.default_rng([SEED, 5, number])
            sides = [rng.integers(0, k, 1000).astype(float) for k in (n_levels, 2)]
            columns = [Column(name, side) for name, side in zip("xy", sides, strict=True)]
            (found,) = merging_findings(of_columns(columns), MergingRequest(2))
            seen.append(found.extras["mi_in_sample"])
            reported.append(found.mi)
        rows.append((n_levels, "0", mean_and_sd(seen), mean_and_sd(reported)))
    return table(("levels", "truth", "in-sample", "reported, other half"), rows)


def optimism(repeats: int) -> str:
    """A bilinear critic of independent embeddings, on its own rows and on others."""
    rows = []
    for n in (100, 300, 1000):
        own, held = [], []
        for number in range(max(repeats // 50, 3)):
            rng = np.random.default_rng([SEED, 6, number])
            whole = Embeddings("noise", rng.standard_normal((2 * n, 8)),
                               rng.standard_normal((2 * n, 8)))  # fmt: skip
            first, second = whole.take(np.arange(n)), whole.take(np.arange(n, 2 * n))
            critic = fitted(first, "bilinear")
            request = BoundRequest(level=None, names=("infonce",))
            own.append(lines(critic.scores(first), request)["infonce both"].value)
            held.append(lines(critic.scores(second), request)["infonce both"].value)
        rows.append((n, "0", mean_and_sd(own), mean_and_sd(held)))
    return table(("rows a half", "truth", "on its own rows", "on the other half"), rows)


def main() -> None:
    asked = options(__doc__, 1000)
    few = max(asked.repeats // 20, 3)
    write(
        "bounds",
        asked,
        SEED,
        [
            "Bounds from scores, beside the truth",
            "Mean ± standard deviation over draws. A bound holds in the mean of the draws.\n",
            f"## The best critic of a Gaussian pair, N = {N_CRITIC}, {few} draws\n",
            closed_forms(few, asked.jobs),
            f"## z = x + noise, x normal, by log q(z given x), N = {N_ENCODER}, {few} draws\n",
            "The last line assumes a wrong density: leave-one-out is then no upper bound. So its "
            "kind is `estimate` unless `--densities true` says that the density is known.\n",
            encoders(few, asked.jobs),
            f"## How often jackknife intervals hold the expectation, N = {N_COVERED}, "
            f"{asked.repeats} draws\n",
            coverage(asked.repeats, asked.jobs),
            "## Order 2 of `-e wasserstein`, n = 1000\n",
            transport(asked.repeats),
            "## Levels of 1,000 independent rows merged to 2\n",
            merging(asked.repeats),
            "## A bilinear critic of independent embeddings, 8 columns a side\n",
            optimism(asked.repeats),
        ],
    )


if __name__ == "__main__":
    main()
