"""Whether the rows that a sample asks for are enough: intervals and tests of larger samples.

``python -m studies.rows_needed`` writes rows_needed.md. A pilot of 200 rows says how many an
interval of ± 0.05 takes, and how many would find the true information in 8 of 10 samples. Another
sample has as many, and shows its interval and its test.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

import numpy as np

from mitool.simulate import parse
from mitool.uncertainty import Uncertainty, assess
from studies.coverage import LEVEL, variables
from studies.record import options, over, table, write

SEED = 7
PILOT = 200
WANTED = 0.05
NEAR = 0.25
APART = 1_000_000  # between the numbers of pilots and those of larger samples

WIDTHS = (
    *(f"gaussian:rho={rho}" for rho in (0, 0.3, 0.6, 0.9)),
    "student:dof=1",
    "product-noise",
    "circle",
    "clayton",
    "step:noise=0.2",
    "quadratic:noise=0.2",
    "additive-uniform:width=0.2",
    "gamma-exponential",
    "rounded:rho=0.5,grid_x=0.2,grid_y=0.2",
    "labelled-normal:n_levels=2,separation=2",
    "random-table:n_levels=4,strength=1",
)
POWERS = (
    "gaussian:rho=0.2",
    "gaussian:rho=0.3",
    "gaussian:rho=0.45",
    "student:dof=3,rho=0",
    "frank:theta=2",
    "quadratic:noise=1",
    "labelled-normal:n_levels=2,separation=0.5",
    "random-table:n_levels=2,strength=1",
)


class Job(NamedTuple):
    label: str
    repeats: int
    is_test: bool


class Widths(NamedTuple):
    n_rows: float
    ratio: float
    near: float
    nearly: float
    covers: float


class Power(NamedTuple):
    truth: float
    n_rows: float
    spread: float
    power: float


def widths(label: str, repeats: int) -> Widths:
    truth, rows = parse(label).mi, []
    for repeat in range(repeats):
        asked = Uncertainty(level=LEVEL, rows_for=WANTED)
        pilot = assess(*variables(label, PILOT, repeat), uncertainty=asked)
        n = pilot.rows_needed.for_interval
        larger = assess(*variables(label, n, APART + repeat), uncertainty=Uncertainty(level=LEVEL))
        found = larger.interval
        half = (found.high - found.low) / 2
        rows.append((n, half, half * sqrt(n), found.low <= truth <= found.high))
    n, half, constant, covers = np.array(rows, dtype=float).T
    expected = constant.mean() / np.sqrt(n)
    near, nearly = (np.mean(np.abs(each / WANTED - 1) <= NEAR) for each in (half, expected))
    return Widths(n.mean(), np.median(half) / WANTED, near, nearly, covers.mean())


def power(label: str, repeats: int) -> Power:
    truth = parse(label).mi
    planned = Uncertainty(level=LEVEL, rows_for=truth)
    test = Uncertainty(n_permutations=199, statistic="estimate")
    rows = []
    for repeat in range(repeats):
        needed = assess(*variables(label, PILOT, repeat), uncertainty=planned).rows_needed
        larger = variables(label, needed.for_power, APART + repeat)
        rows.append((needed.for_power, assess(*larger, uncertainty=test).test.p_value))
    n, p = np.array(rows, dtype=float).T
    return Power(truth, n.mean(), n.std(ddof=1), np.mean(p <= 1 - LEVEL))


def score(job: Job) -> Widths | Power:
    return power(job.label, job.repeats) if job.is_test else widths(job.label, job.repeats)


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=100)
    jobs = [Job(label, asked.repeats, False) for label in WIDTHS if asked.only in label]
    jobs += [Job(label, asked.repeats, True) for label in POWERS if asked.only in label]
    found = list(zip(jobs, over(score, jobs, asked.jobs), strict=True))
    of_widths = [(job.label, s) for job, s in found if isinstance(s, Widths)]
    of_power = [(job.label, s) for job, s in found if isinstance(s, Power)]
    near, nearly = (
        np.mean([getattr(s, name) for _, s in of_widths]) if of_widths else float("nan")
        for name in ("near", "nearly")
    )
    write(
        "rows_needed",
        asked,
        SEED,
        [
            "How many rows are needed",
            f"`--ci {LEVEL} --rows-for H` of {PILOT} rows, `auto`.\n",
            f"## Intervals of ± {WANTED}\n",
            "`n` is the mean number of rows that the pilot asks for, `ratio` the median half-width "
            "of samples of so many over the one wanted, `near` the share of samples whose "
            f"half-width is within {NEAR:.0%} of it: {near:.2f} over all. A half-width varies from "
            "sample to sample; `mean near` is the share of pilots whose number of rows has a mean "
            f"half-width within {NEAR:.0%}: {nearly:.2f}.\n",
            table(
                ("distribution", "n", "ratio", "near", "mean near", "covers truth"),
                (
                    (label, f"{s.n_rows:.0f}", *(f"{value:.2f}" for value in s[1:]))
                    for label, s in of_widths
                ),
            ),
            "## Tests with a power of 0.8\n",
            "The information to be found is the true one; the test is that of the estimate by 199 "
            "permutations at level 0.05.\n",
            table(
                ("distribution", "truth", "n", "sd of n", "power"),
                (
                    (
                        label,
                        f"{s.truth:.3f}",
                        *(f"{n:.0f}" for n in (s.n_rows, s.spread)),
                        f"{s.power:.2f}",
                    )
                    for label, s in of_power
                ),
            ),
        ],
    )


if __name__ == "__main__":
    main()
