"""How often a test of rows in time rejects where two series do not know of each other.

``python -m studies.drift`` writes drift.md: rejections at 0.05 of ``--order time --permutations
19`` with every default, of series that stay, that wander and that have trends.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mitool.diagnostics import drift_notes
from mitool.measure.measurement import measurement_of
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.test import independence_test
from mitool.variables.drifting import Steadying
from studies.record import options, over, table, write
from studies.significance import LEVEL, N_NULL, numbers

SEED = 13
SIZES = (200, 500, 1000)
TESTED = Uncertainty(n_permutations=N_NULL, order="time")
WAYS = {"--detrend 1": Steadying(detrend=1), "--difference": Steadying(difference=True)}


class Series(NamedTuple):
    """An autoregression about a line, a bend or a step, all in units of its innovations."""

    phi: float
    line: float = 0.0
    bend: float = 0.0
    step: float = 0.0

    def __call__(self, rng: np.random.Generator, n: int) -> np.ndarray:
        x, time = rng.standard_normal(n), np.linspace(0.0, 1.0, n)
        if self.phi < 1.0:
            x[0] /= np.sqrt(1.0 - self.phi**2)
        for t in range(1, n):
            x[t] += self.phi * x[t - 1]
        drift = self.line * time + 4 * self.bend * (time - 0.5) ** 2 + self.step * (time > 0.5)
        return x + rng.choice([-1.0, 1.0]) * drift


CASES = {
    "white noise": Series(0.0),
    **{f"AR(1) {phi}": Series(phi) for phi in (0.5, 0.8, 0.9, 0.95, 0.98)},
    "random walks": Series(1.0),
    "lines of 1 sd, AR(1) 0.3": Series(0.3, line=1.0),
    "lines of 2 sd, AR(1) 0.3": Series(0.3, line=2.0),
    "lines of 4 sd, AR(1) 0.8": Series(0.8, line=4.0),
    "bends of 2 sd, AR(1) 0.3": Series(0.3, bend=2.0),
    "steps of 1.5 sd, AR(1) 0.3": Series(0.3, step=1.5),
}


class Job(NamedTuple):
    name: str
    n: int
    repeats: int


def shares(job: Job) -> list[float]:
    """Without a look, withheld, rejected of all, and so once steadied in each way."""
    rows = []
    for repeat in range(job.repeats):
        rng = np.random.default_rng([SEED, repeat])
        x, y = (numbers(name, CASES[job.name](rng, job.n)) for name in "xy")
        measurement, _ = measurement_of(x, y, None, Settings())
        units = units_of(measurement, "time", None)
        blind = independence_test(measurement, units, TESTED).p_value <= LEVEL
        withheld = drift_notes.both_drift(drift_notes.drift_notes(x, y))
        ways = [assess(x, y, None, Settings(steadying=way), TESTED) for way in WAYS.values()]
        steadied = [way.test is not None and way.test.p_value <= LEVEL for way in ways]
        rows.append((blind, withheld, blind and not withheld, *steadied))
    return list(np.mean(rows, axis=0))


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=1000)
    jobs = [Job(name, n, asked.repeats) for n in SIZES for name in CASES if asked.only in name]
    found = over(shares, jobs, asked.jobs)
    head = ("series", "n", "rejected if not looked at", "withheld", "rejected", *WAYS)
    lines = [
        [job.name, job.n, *(f"{share:.3f}" for share in row)]
        for job, row in zip(jobs, found, strict=True)
    ]
    text = (
        f"{asked.repeats} pairs of independent series of one kind, rejected at {LEVEL} by "
        f"{N_NULL} circular shifts, `auto`; the standard error of a rate near 0.05 is "
        f"{(0.05 * 0.95 / asked.repeats) ** 0.5:.4f}. `withheld` is the share of pairs in which "
        "both series are found to drift, so that no test is made; `rejected` is that of all "
        "pairs, those counted as not rejected; the last columns are that of steadied series.\n"
    )
    parts = ["Series that drift: rejections at 0.05", text, table(head, lines)]
    write("drift", asked, SEED, parts)


if __name__ == "__main__":
    main()
