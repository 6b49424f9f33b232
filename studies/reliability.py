"""Is an interval that is not flagged honest, and is a flagged one not?

``python -m studies.reliability`` writes reliability.md. The distributions are those of the suite
``others`` and more that were not used for choosing the thresholds of the rule. A distribution is
bad at n where the mean error exceeds two standard deviations and 0.05 nats.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mitool.result.codes import CODES
from mitool.simulate import parse
from mitool.uncertainty import Uncertainty, assess
from studies.coverage import LEVEL, variables
from studies.record import options, over, table, write

SEED = 7
DOUBTS = {code for code, entry in CODES.items() if entry.gravity != "plain"}

FRESH = (
    "clayton",
    "frank",
    "gumbel",
    "gamma-exponential",
    "gaussian:rho=0.45",
    "gaussian:rho=0.8",
    "gaussian:rho=0.97",
    "student:dof=2,rho=0.3",
    "student:dof=5,rho=0.8",
    "sine:periods=1,noise=0.5",
    "sine:periods=3,noise=0.2",
    "sine:periods=6,noise=0.1",
    "quadratic:noise=0.2",
    "absolute-value:noise=0.2",
    "step:noise=0.2",
    "heteroscedastic:noise=0.3",
    "x-shape:rho=0.7",
    "blobs:n_blobs=3,noise=0.4",
    "additive-uniform:width=0.2",
    "additive-uniform:width=0.02",
    "circle:noise=0.25",
    "bimodal:rho=0.5",
    "wiggly:rho=0.6",
    "gaussian:rho=0.6,dim_x=2,dim_y=1",
    "gaussian:rho=0.7,dim_x=2,dim_y=2",
    "gaussian:rho=0.5,dim_x=3,dim_y=3",
    "gaussian:rho=0.6,dim_x=8,dim_y=8",
    "gaussian:rho=0,dim_x=2,dim_y=2",
    "student:dof=3,dim_x=2,dim_y=2",
    "spiral:rho=0.7,dim_x=3,dim_y=3,n_pairs=2",
    "half-cube:rho=0.6,dim_x=2,dim_y=2",
    "rounded:rho=0.5,grid_x=0.2,grid_y=0.2",
    "censored:rho=0.7",
    "gaussian-atoms:rho=0.8,flip=0.1",
    "labelled-normal:n_levels=2,separation=2",
)
SIZES = (500, 1000)


class Job(NamedTuple):
    label: str
    n: int
    repeats: int


class Score(NamedTuple):
    bias: float
    sd: float
    covered: np.ndarray
    low: np.ndarray
    flags: dict[str, float]

    @property
    def is_bad(self) -> bool:
        return abs(self.bias) > max(2 * self.sd, 0.05)


def score(job: Job) -> Score:
    truth, rows, flags = parse(job.label).mi, [], dict.fromkeys(DOUBTS, 0)
    for repeat in range(job.repeats):
        pair = variables(job.label, job.n, 10_000 + repeat)
        found = assess(*pair, uncertainty=Uncertainty(level=LEVEL))
        interval = found.interval
        covered = interval.low <= truth <= interval.high
        rows.append((found.mi - truth, covered, found.reliability == "low"))
        for code in {note.code for note in found.notes} & DOUBTS:
            flags[code] += 1 / job.repeats
    error, covered, low = np.array(rows, dtype=float).T
    return Score(error.mean(), error.std(ddof=1), covered > 0, low > 0, flags)


def share(values: np.ndarray) -> str:
    return f"{values.mean():.3f} ({len(values)})" if len(values) else "none"


def summary(scores: list[Score]) -> list[str]:
    covered = np.concatenate([s.covered for s in scores])
    low = np.concatenate([s.low for s in scores])
    bad = np.concatenate([np.full(len(s.low), s.is_bad) for s in scores])
    cells = (covered, covered[~low], covered[low], low[bad], low[~bad])
    return [share(cell) for cell in cells]


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=40)
    jobs = [Job(s, n, asked.repeats) for n in SIZES for s in FRESH if asked.only in s]
    found = list(zip(jobs, over(score, jobs, asked.jobs), strict=True))
    totals = [[n, *summary([s for job, s in found if job.n == n])] for n in SIZES]
    lines = [
        [
            job.label,
            job.n,
            f"{s.bias:+.3f}",
            f"{s.sd:.3f}",
            "bad" if s.is_bad else "",
            f"{s.covered.mean():.2f}",
            f"{s.low.mean():.2f}",
            " ".join(f"{code} {value:.2f}" for code, value in sorted(s.flags.items()) if value),
        ]
        for job, s in found
    ]
    write(
        "reliability",
        asked,
        SEED,
        [
            "Reliability of 95 % intervals",
            f"{len(FRESH)} distributions that the rule was not chosen on, with `auto`. Shares of "
            "samples, their number in brackets. Sensitivity is the share of samples of bad "
            "distributions that are flagged, false alarms that of the others.\n",
            table(
                ("n", "coverage", "not flagged", "flagged", "sensitivity", "false alarms"), totals
            ),
            "## Each distribution\n",
            table(("distribution", "n", "bias", "sd", "", "coverage", "flagged", "by"), lines),
        ],
    )


if __name__ == "__main__":
    main()
