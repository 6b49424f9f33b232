"""How often tests reject when nothing is there, and when something is.

``python -m studies.significance`` writes significance.md: rejections at 0.05. A permutation test
is as exact with 19 permutations as with 999, so type-I errors take 19; power takes 99.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from mitool.inference.permutation import p_value, standardised, standardised_maximum
from mitool.inference.sampling_units import single_rows
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.uncertainty import Uncertainty, assess
from mitool.uncertainty.test import trial_of
from mitool.variables import Variable, gather
from studies.record import options, over, table, write

SEED = 11
LEVEL = 0.05
N_NULL = 19
N_POWER = 99
KSG, AUTO = Settings("ksg"), Settings()

Pair = tuple[Variable, Variable, Variable | None]


def numbers(name: str, values: np.ndarray) -> Variable:
    return gather([Column(name, np.asarray(values, float))], continuous=[name])


def labels(name: str, values: np.ndarray) -> Variable:
    return gather([Column(name, np.asarray(values, float))], discrete=[name])


def normal(rng: np.random.Generator, n: int) -> Pair:
    return numbers("x", rng.standard_normal(n)), numbers("y", rng.standard_normal(n)), None


def heavy(rng: np.random.Generator, n: int) -> Pair:
    return numbers("x", rng.standard_cauchy(n)), numbers("y", rng.exponential(size=n) ** 3), None


def tied(rng: np.random.Generator, n: int) -> Pair:
    x, y = np.round(rng.standard_normal(n), 1), rng.poisson(3.0, n)
    return numbers("x", x), numbers("y", y), None


def table_of_labels(rng: np.random.Generator, n: int) -> Pair:
    return labels("x", rng.integers(0, 4, n)), labels("y", rng.integers(0, 3, n)), None


def classes(rng: np.random.Generator, n: int) -> Pair:
    return labels("x", rng.integers(0, 3, n)), numbers("y", rng.standard_normal(n)), None


def linear_cause(rng: np.random.Generator, n: int) -> Pair:
    z = rng.standard_normal(n)
    x, y = z + 0.7 * rng.standard_normal(n), z + 0.7 * rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), numbers("z", z)


def curved_cause(rng: np.random.Generator, n: int) -> Pair:
    z = rng.standard_normal(n)
    x, y = (np.cos(2 * z) + 0.5 * rng.standard_normal(n) for _ in "xy")
    return numbers("x", x), numbers("y", y), numbers("z", z)


def labelled_cause(rng: np.random.Generator, n: int) -> Pair:
    z = rng.integers(0, 3, n)
    x, y = z + rng.standard_normal(n), z + rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), labels("z", z)


class Series(NamedTuple):
    """Two AR(1) series that do not know of each other."""

    phi: float

    def __call__(self, rng: np.random.Generator, n: int) -> Pair:
        noise = rng.standard_normal((2, n))
        for t in range(1, n):
            noise[:, t] = self.phi * noise[:, t - 1] + np.sqrt(1 - self.phi**2) * noise[:, t]
        return numbers("x", noise[0]), numbers("y", noise[1]), None


class Groups(NamedTuple):
    """Two traits of subjects that are each measured several times."""

    n_each: int

    def __call__(self, rng: np.random.Generator, n: int) -> Pair:
        subject = np.arange(n) // self.n_each
        x, y = (rng.standard_normal(n)[subject] + 0.3 * rng.standard_normal(n) for _ in "xy")
        return numbers("x", x), numbers("y", y), labels("subject", subject)


def correlated(rng: np.random.Generator, n: int) -> Pair:
    x = rng.standard_normal(n)
    y = 0.25 * x + np.sqrt(1 - 0.25**2) * rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), None


def circle(rng: np.random.Generator, n: int) -> Pair:
    angle = rng.uniform(0, 2 * np.pi, n)
    x, y = (f(angle) + 0.4 * rng.standard_normal(n) for f in (np.cos, np.sin))
    return numbers("x", x), numbers("y", y), None


def spread(rng: np.random.Generator, n: int) -> Pair:
    x = rng.standard_normal(n)
    return numbers("x", x), numbers("y", (0.3 + np.abs(x)) * rng.standard_normal(n)), None


def sine(rng: np.random.Generator, n: int) -> Pair:
    x = rng.uniform(0, 1, n)
    y = np.sin(8 * np.pi * x) + 0.5 * rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), None


def conditional_direct(rng: np.random.Generator, n: int) -> Pair:
    z = rng.standard_normal(n)
    x = z + 0.7 * rng.standard_normal(n)
    y = z + 0.5 * x + 0.7 * rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), numbers("z", z)


def weakly_correlated(rng: np.random.Generator, n: int) -> Pair:
    x, noise = rng.standard_normal((2, n))
    return numbers("x", x), numbers("y", 0.3 * x + np.sqrt(1 - 0.3**2) * noise), None


def quadratic(rng: np.random.Generator, n: int) -> Pair:
    x = rng.standard_normal(n)
    return numbers("x", x), numbers("y", 0.5 * x * x + rng.standard_normal(n)), None


def noisier_sine(rng: np.random.Generator, n: int) -> Pair:
    x = rng.uniform(0, 1, n)
    y = np.sin(8 * np.pi * x) + 0.7 * rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), None


def cross(rng: np.random.Generator, n: int) -> Pair:
    x = rng.standard_normal(n)
    y = rng.choice([-1.0, 1.0], n) * x + 0.7 * rng.standard_normal(n)
    return numbers("x", x), numbers("y", y), None


class Joined(NamedTuple):
    """What the default test finds of 100 rows, and what parts of it find by the same orders."""

    name: str
    draw: object
    repeats: int

    def rejected(self) -> tuple[float, ...]:
        found = [self._rejections(repeat) for repeat in range(self.repeats)]
        return tuple(np.mean(found, axis=0).tolist())

    def _rejections(self, repeat: int) -> list[bool]:
        x, y, _ = self.draw(np.random.default_rng([SEED, repeat]), 100)
        measurement, _ = measurement_of(x, y, None, AUTO)
        trial = trial_of(measurement, single_rows(100), plain(N_POWER))
        drawn = np.array(list(trial.statistics(range(N_POWER))))
        everything = np.vstack((trial.observed, drawn))
        scales, correlation, squares = everything[:, :-2], everything[:, -2], everything[:, -1]
        ways = (
            standardised_maximum(everything, trial.of),
            standardised_maximum(everything[:, :-1]),
            standardised_maximum(scales),
            standardised(scales).max(axis=1),
            correlation,
            squares,
        )
        return [p_value(float(way[0]), way[1:]) <= LEVEL for way in ways]


class Columns(NamedTuple):
    """Two columns of numbers, as they are drawn together."""

    draw: Callable[[np.random.Generator, int], tuple[np.ndarray, np.ndarray]]

    def __call__(self, rng: np.random.Generator, n: int) -> Pair:
        x, y = self.draw(rng, n)
        return numbers("x", x), numbers("y", y), None


class Noised(NamedTuple):
    """y = f(x) + e of normal x and e."""

    of_x: Callable[[np.ndarray], np.ndarray]

    def __call__(self, rng: np.random.Generator, n: int) -> Pair:
        x, noise = rng.standard_normal((2, n))
        return numbers("x", x), numbers("y", self.of_x(x) + noise), None


class Wave(NamedTuple):
    """So many periods of a sine, with noise."""

    periods: int
    noise: float

    def __call__(self, rng: np.random.Generator, n: int) -> Pair:
        x = rng.uniform(size=n)
        y = np.sin(2 * np.pi * self.periods * x) + self.noise * rng.standard_normal(n)
        return numbers("x", x), numbers("y", y), None


def student(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x, noise = rng.standard_normal((2, n))
    scale = np.sqrt(2.0 / rng.chisquare(2, n))
    return scale * x, scale * (0.35 * x + np.sqrt(1 - 0.35**2) * noise)


def clayton(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    theta, u, v = 0.5, rng.uniform(size=n), rng.uniform(size=n)
    return u, (u**-theta * (v ** (-theta / (1 + theta)) - 1) + 1) ** (-1 / theta)


def disc(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    angle, radius = rng.uniform(0, 2 * np.pi, n), np.sqrt(rng.uniform(size=n))
    return radius * np.cos(angle), radius * np.sin(angle)


def diamond(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = rng.uniform(-1, 1, (2, n))
    return a + b, a - b


def checkerboard(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    colour = rng.integers(0, 2, n)
    x, y = rng.uniform(size=n) + colour, rng.uniform(size=n)
    y += (colour + (rng.uniform(size=n) < 0.2)) % 2
    return x + 2 * rng.integers(0, 2, n), y + 2 * rng.integers(0, 2, n)


def w_shape(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.uniform(-1, 1, n)
    return x, 4 * (x * x - 0.5) ** 2 + 0.4 * rng.standard_normal(n)


def two_branches(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    x = rng.uniform(-1, 1, n)
    sign = np.where(rng.uniform(size=n) < 0.5, 1.0, -1.0)
    return x, sign * x * x + 0.35 * rng.standard_normal(n)


def line_down(x: np.ndarray) -> np.ndarray:
    return -0.4 / np.sqrt(1 - 0.4**2) * x


def step(x: np.ndarray) -> np.ndarray:
    return 0.7 * (x > 0)


def hinge(x: np.ndarray) -> np.ndarray:
    return 0.6 * np.maximum(x, 0)


def tail(x: np.ndarray) -> np.ndarray:
    return 2 * np.maximum(x - 0.8, 0)


def cosine(x: np.ndarray) -> np.ndarray:
    return np.cos(2 * x)


def blobs(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    centres = np.array([[0.0, 0.0], [2.2, 2.2], [2.2, 0.0], [4.4, 1.1]])
    points = centres[rng.integers(0, 4, n)] + 0.9 * rng.standard_normal((n, 2))
    return points[:, 0], points[:, 1]


def shared_scale(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    scale = np.exp(0.45 * rng.standard_normal(n))
    return scale * rng.standard_normal(n), scale * rng.standard_normal(n)


JOINED = {
    "independent": normal,
    "correlation 0.3": weakly_correlated,
    "noisy circle": circle,
    "y = x² / 2 + e": quadratic,
    "sine, 4 periods, .7e": noisier_sine,
    "spread of y by x": spread,
    "y = ± x + .7e": cross,
}
"""What the weights of the test were chosen on."""

OTHERS = {
    "correlation -0.4": Noised(line_down),
    "Student t₂, 0.35": Columns(student),
    "Clayton, θ = 0.5": Columns(clayton),
    "disc": Columns(disc),
    "diamond": Columns(diamond),
    "checkerboard, 4 × 4": Columns(checkerboard),
    "W": Columns(w_shape),
    "y = ± x² + .35e": Columns(two_branches),
    "sine, 2 periods, 1.1e": Wave(2, 1.1),
    "sine, 6 periods, .4e": Wave(6, 0.4),
    "step .7": Noised(step),
    "hinge .6": Noised(hinge),
    "tail, 2 (x - .8)": Noised(tail),
    "cos 2x": Noised(cosine),
    "four blobs": Columns(blobs),
    "shared spread": Columns(shared_scale),
}
"""What it was checked on."""


class Job(NamedTuple):
    name: str
    draw: object
    n: int
    settings: Settings
    asked: Uncertainty
    repeats: int


def p_values(job: Job) -> tuple[float, str, int]:
    """Give the share of rejections among the tests made, their method, and how many were made.

    Of two series that drift no test is made.
    """
    rejected, method, n_tests = 0, "", 0
    for repeat in range(job.repeats):
        x, y, z = job.draw(np.random.default_rng([SEED, repeat]), job.n)
        groups = z if isinstance(job.draw, Groups) else None
        test = assess(x, y, None if groups else z, job.settings, job.asked, groups).test
        if test is not None:
            rejected += test.p_value <= LEVEL
            method = test.method
            n_tests += 1
    return rejected / max(n_tests, 1), method, n_tests


def plain(n_permutations: int = N_NULL, **more: object) -> Uncertainty:
    return Uncertainty(n_permutations=n_permutations, **more)


def nulls(repeats: int) -> list[Job]:
    one = plain(statistic="estimate")
    in_time = plain(statistic="estimate", order="time")
    return [
        Job("normal, the default test", normal, 200, AUTO, plain(), repeats),
        Job("normal", normal, 200, KSG, one, repeats),
        Job("normal, sequential", normal, 200, KSG, plain(99, sequential=True), repeats),
        Job("Cauchy × exponential³", heavy, 200, AUTO, one, repeats),
        Job("rounded × Poisson (ties)", tied, 200, AUTO, one, repeats),
        Job("labels 4 × 3", table_of_labels, 200, AUTO, one, repeats),
        Job(
            "labels 4 × 3, G-test", table_of_labels, 200, AUTO, Uncertainty(test="g-test"), repeats
        ),
        Job("labels 4 × 3, exact", table_of_labels, 30, AUTO, Uncertainty(test="exact"), repeats),
        Job("classes × normal", classes, 200, AUTO, one, repeats),
        Job("x ← z → y linear, given z", linear_cause, 300, KSG, one, repeats),
        Job("x ← z → y by cos 2z, given z", curved_cause, 300, KSG, one, repeats),
        Job("x ← z → y, z labels, given z", labelled_cause, 300, AUTO, one, repeats),
        *(
            Job(f"AR(1) φ = {phi}, time", Series(phi), 500, KSG, in_time, repeats)
            for phi in (0.5, 0.8, 0.95)
        ),
        Job("AR(1) φ = 0.95, as rows", Series(0.95), 500, KSG, one, max(repeats // 10, 1)),
        Job("subjects of 5 rows, groups", Groups(5), 200, KSG, one, repeats),
    ]


def powers(repeats: int) -> list[Job]:
    tasks = {
        "correlation 0.25": correlated,
        "noisy circle": circle,
        "spread of y by x": spread,
        "sine, 4 periods": sine,
    }
    statistics = {
        "k = 3": (Settings("ksg"), plain(N_POWER, statistic="estimate")),
        "k = 10": (Settings("ksg", {"n_neighbors": 10}), plain(N_POWER, statistic="estimate")),
        "k = 30": (Settings("ksg", {"n_neighbors": 30}), plain(N_POWER, statistic="estimate")),
        "max": (KSG, plain(N_POWER)),
        "auto": (AUTO, plain(N_POWER)),
        "gcmi": (Settings("gcmi"), plain(N_POWER)),
    }
    return [
        Job(f"{task}|{name}", draw, 200, *how, repeats)
        for task, draw in tasks.items()
        for name, how in statistics.items()
    ] + [Job("x → y beside z|max", conditional_direct, 300, KSG, plain(N_POWER), repeats)]


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=2000)
    repeats = {"null": asked.repeats, "power": max(asked.repeats // 20, 1)}
    null = [job for job in nulls(repeats["null"]) if asked.only in f"null {job.name}"]
    power = [job for job in powers(repeats["power"]) if asked.only in f"power {job.name}"]
    shapes = [(JOINED, asked.repeats // 5), (OTHERS, asked.repeats // 10)]
    joined = [
        Joined(name, draw, max(n, 1))
        for suite, n in shapes
        for name, draw in suite.items()
        if asked.only in f"joined {name}"
    ]
    found = list(over(p_values, [*null, *power], asked.jobs))
    shares = list(over(Joined.rejected, joined, asked.jobs))
    parts = [
        "Tests: rejections at 0.05",
        f"{N_NULL} permutations; the standard error of a rate near 0.05 is "
        f"{(0.05 * 0.95 / asked.repeats) ** 0.5:.4f}.\n",
        "## Nothing is there\n",
        table(
            ("data", "n", "method", "tests made", "rejected"),
            (
                [job.name, job.n, method, n_tests, f"{share:.4f}"]
                for job, (share, method, n_tests) in zip(null, found, strict=False)
            ),
        ),
    ]
    if power:
        parts += power_table(power, [share for share, *_ in found[len(null) :]])
    if joined:
        parts += joined_table(joined, shares)
    write("significance", asked, SEED, parts)


def joined_table(jobs: list[Joined], shares: list[tuple[float, ...]]) -> list[str]:
    """One line a task: the default test, and what it is joined from."""
    return [
        "## What the default test joins (n = 100)\n",
        "The default: the soft maximum of the scales, of the correlation of scores and of that of "
        "their squares, weighed; the same of scales and correlation, not weighed (before); of the "
        "scales alone; their largest, the test of version 0.1; and either correlation alone. The "
        f"same samples and permutations throughout. Weights were chosen on the first {len(JOINED)} "
        "rows; the others, drawn up before, had a say only between weights that do as well on "
        "those.\n",
        table(
            (
                *("data", "repeats", "joined", "before", "scales", "largest scale"),
                *("correlation", "squares"),
            ),
            (
                [job.name, job.repeats, *(f"{s:.2f}" for s in row)]
                for job, row in zip(jobs, shares, strict=True)
            ),
        ),
    ]


def power_table(jobs: list[Job], shares: list[float]) -> list[str]:
    """One line a task, one column a statistic."""
    rejected = dict(zip((job.name for job in jobs), shares, strict=True))
    tasks = dict.fromkeys(name.partition("|")[0] for name in rejected)
    statistics = dict.fromkeys(name.partition("|")[2] for name in rejected)
    lines = (
        [
            task,
            *(f"{rejected[k]:.2f}" if (k := f"{task}|{s}") in rejected else "" for s in statistics),
        ]
        for task in tasks
    )
    return [
        f"## Something is there (n = 200, conditional 300; {N_POWER} permutations)\n",
        table(("data", *statistics), lines),
    ]


if __name__ == "__main__":
    main()
