"""How often 95 % intervals cover the truth, and how wide they are.

``python -m studies.coverage`` writes coverage.md. The target of an estimator is the mean of its
estimates over all repeats, bias included. The ideal width is 3.92 true standard deviations.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from mitool.measure.settings import Settings
from mitool.simulate import parse
from mitool.tables.column import Column
from mitool.uncertainty import Uncertainty, assess
from mitool.variables import Variable, gather
from studies.record import options, over, table, write

SEED = 7
LEVEL = 0.95

SMOOTH = (
    *(f"gaussian:rho={rho}" for rho in (0, 0.3, 0.6, 0.9)),
    "student:dof=1",
    "product-noise",
    "circle",
)
TABLES = (
    ("random-table:n_levels=2,strength=1", (200, 1000)),
    ("random-table:n_levels=3,strength=0", (200, 1000)),
    ("random-table:n_levels=4,strength=1", (200, 1000)),
    ("random-table:n_levels=5,strength=0", (500, 1000)),
    ("random-table:n_levels=5,strength=2", (500, 1000)),
    ("symmetric-channel:n_levels=4,flip=0.3", (200, 1000)),
    ("random-table:n_levels=10,strength=1", (1000, 5000)),
)
SERIES = ("ar1:phi=0.5,rho=0.6", "ar1:phi=0.9,rho=0.6")
METHODS = ("subsample", "group-jackknife", "hn")


class Job(NamedTuple):
    label: str
    n: int
    settings: Settings
    asked: Uncertainty
    repeats: int


class Score(NamedTuple):
    truth: float
    bias: float
    sd: float
    covers_truth: float
    covers_target: float
    width: float
    method: str
    low: float
    warned: float


def variables(label: str, n: int, seed: int) -> tuple[Variable, Variable]:
    """Draw one sample of a distribution as variables of the kinds it declares."""
    distribution = parse(label)
    sample = distribution.sample(n, np.random.default_rng([SEED, seed]))
    found = []
    for name, values, kinds in (
        ("x", sample.x, distribution.kinds_x),
        ("y", sample.y, distribution.kinds_y),
    ):
        columns = [Column(f"{name}{j}", values[:, j]) for j in range(values.shape[1])]
        pairs = zip(columns, kinds, strict=True)
        labels = [column.name for column, kind in pairs if kind == "discrete"]
        others = [column.name for column in columns if column.name not in labels]
        found.append(gather(columns, labels, others))
    return found[0], found[1]


def score(job: Job) -> Score:
    truth, rows, methods = parse(job.label).mi, [], set()
    for repeat in range(job.repeats):
        found = assess(
            *variables(job.label, job.n, repeat), settings=job.settings, uncertainty=job.asked
        )
        interval = found.interval
        center = found.mi if interval.center is None else interval.center
        warned = any(note.code == "autocorrelation" for note in found.notes)
        rows.append((center, interval.low, interval.high, found.reliability == "low", warned))
        methods.add(interval.method)
    center, low, high, unreliable, warned = np.array(rows, dtype=float).T
    target, sd = center.mean(), center.std(ddof=1)
    return Score(
        truth,
        target - truth,
        sd,
        np.mean((low <= truth) & (truth <= high)),
        np.mean((low <= target) & (target <= high)),
        np.mean(high - low) / (3.92 * sd),
        methods.pop(),
        unreliable.mean(),
        warned.mean(),
    )


HEAD = ("distribution", "n", "truth", "bias", "sd", "covers truth", "covers target", "width")


def line(job: Job, found: Score) -> list[object]:
    numbers = (found.truth, found.bias, found.sd)
    shares = (found.covers_truth, found.covers_target, found.width)
    return [
        job.label,
        job.n,
        *(f"{number:+.3f}" for number in numbers),
        *(f"{share:.3f}" for share in shares),
    ]


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=600)
    plain, in_time = Uncertainty(level=LEVEL), Uncertainty(level=LEVEL, order="time")
    auto, more = Settings(), asked.repeats
    numeric = Settings(asked.estimator)
    parts = {
        "smooth": [Job(s, n, numeric, plain, more) for s, n in product(SMOOTH, (200, 1000))],
        "tables": [Job(s, n, auto, plain, more) for s, sizes in TABLES for n in sizes],
        "binned": [
            Job(s, 1000, Settings("plugin"), plain, more) for s, sizes in TABLES if 1000 in sizes
        ],
        "series": [
            Job(s, n, numeric, order, more)
            for s, n, order in product(SERIES, (500, 1000), (plain, in_time))
        ],
        "methods": [
            Job(f"gaussian:rho={rho}", 500, Settings("ksg"), Uncertainty(LEVEL, method), more)
            for rho, method in product((0, 0.6), METHODS)
        ],
    }
    parts = {
        name: [job for job in jobs if asked.only in f"{name} {job.label}"]
        for name, jobs in parts.items()
    }
    found = over(score, [job for jobs in parts.values() for job in jobs], asked.jobs)
    lines = {name: [(job, next(found)) for job in jobs] for name, jobs in parts.items()}
    list(found)
    write(
        "coverage",
        asked,
        SEED,
        [
            "Coverage of 95 % intervals",
            "`--ci 0.95` with every default. `covers target` is coverage of the mean estimate, "
            "`width` the mean width over 3.92 true standard deviations.\n",
            f"## Numbers, smooth ({asked.estimator})\n",
            table(HEAD, (line(*each) for each in lines["smooth"])),
            "## Labels (auto: NSB and its jackknife)\n",
            table(HEAD, (line(*each) for each in lines["tables"])),
            "## Labels (plugin and its jackknife)\n",
            table(HEAD, (line(*each) for each in lines["binned"])),
            f"## Rows in time ({asked.estimator}), as independent and by `--order time`\n",
            table(
                (*HEAD, "method", "warned"),
                ([*line(job, s), s.method, f"{s.warned:.2f}"] for job, s in lines["series"]),
            ),
            "## Other methods, ksg\n",
            table((*HEAD, "method"), ([*line(job, s), s.method] for job, s in lines["methods"])),
        ],
    )


if __name__ == "__main__":
    main()
