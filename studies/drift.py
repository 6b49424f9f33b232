"""How often a test of rows in time rejects where two series do not know of each other.

``python -m studies.drift`` writes drift.md: rejections at 0.05 of ``--order time --permutations
19 -e ksg -p n_neighbors=10``, of series that stay, that wander and that have trends.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from mitool.diagnostics import drift_notes
from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.uncertainty import Uncertainty, assess
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.test import independence_test
from mitool.variables.drifting import Steadying
from studies.record import options, over, table, write
from studies.sealed_nulls import SERIES
from studies.significance import LEVEL, N_NULL, numbers

SEED = 13
SIZES = (200, 500)
SERIES_SIZES = (200, 500, 1000)
TOLD = 300
"""Pairs of sealed series that are asked what is said of them."""
KSG = Settings("ksg", {"n_neighbors": 10})
TESTED = Uncertainty(n_permutations=N_NULL, statistic="estimate", order="time")
LINE, BEND, STEPS = Steadying(detrend=1), Steadying(detrend=2), Steadying(difference=True)


class Series(NamedTuple):
    """An autoregression about a line, a bend or a step, all in units of its innovations.

    ``way`` is what makes such a series stay, if it does not.
    """

    phi: float
    line: float = 0.0
    bend: float = 0.0
    step: float = 0.0
    way: Steadying = Steadying()

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
    **{f"AR(1) {phi}": Series(phi) for phi in (0.5, 0.8, 0.9, 0.95)},
    "AR(1) 0.98": Series(0.98, way=STEPS),
    "random walks": Series(1.0, way=STEPS),
    "lines of 1 sd, AR(1) 0.3": Series(0.3, line=1.0, way=LINE),
    "lines of 2 sd, AR(1) 0.3": Series(0.3, line=2.0, way=LINE),
    "lines of 4 sd, AR(1) 0.8": Series(0.8, line=4.0, way=LINE),
    "bends of 2 sd, AR(1) 0.3": Series(0.3, bend=2.0, way=BEND),
    "steps of 1.5 sd, AR(1) 0.3": Series(0.3, step=1.5, way=STEPS),
}


class Job(NamedTuple):
    name: str
    n: int
    repeats: int


def shares(job: Job) -> list[float]:
    """Rejected if nobody looks, withheld, rejected of all, and rejected of steadied series."""
    case, rows = CASES[job.name], []
    for repeat in range(job.repeats):
        rng = np.random.default_rng([SEED, repeat])
        x, y = (numbers(name, case(rng, job.n)) for name in "xy")
        measurement, _ = measurement_of(x, y, None, KSG)
        units = units_of(measurement, "time", None)
        blind = independence_test(measurement, units, TESTED).p_value <= LEVEL
        withheld = drift_notes.both_drift(drift_notes.drift_notes(x, y))
        steadied = False
        if case.way:
            test = assess(x, y, None, replace(KSG, steadying=case.way), TESTED).test
            steadied = test is not None and test.p_value <= LEVEL
        rows.append((blind, withheld, blind and not withheld, steadied))
    return list(np.mean(rows, axis=0))


def line(job: Job, row: list[float]) -> list[object]:
    """Leave the last shares out where nothing is done to the series."""
    way, shown = CASES[job.name].way, [f"{share:.3f}" for share in row]
    option = "--difference" if way.difference else f"--detrend {way.detrend}"
    return [job.name, job.n, *shown[:3], *((option, shown[3]) if way else ("", ""))]


def told(name: str, n: int, repeats: int) -> list[object]:
    """What is said of a sealed pair of series: both found to drift, or one of them, by what."""
    draw, _, expected = SERIES[name]
    both, said = 0, Counter()
    for repeat in range(repeats):
        x, y = draw(n, np.random.default_rng([SEED, n, repeat]))
        notes = list(drift_notes.drift_notes(numbers("x", x), numbers("y", y)))
        both += drift_notes.both_drift(notes)
        said.update({note.code for note in notes})
    shares = (both, said["trend"], said["unit_root"])
    return [name, n, expected, *(f"{share / repeats:.3f}" for share in shares)]


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=1000)
    jobs = [Job(name, n, asked.repeats) for n in SIZES for name in CASES if asked.only in name]
    found = over(shares, jobs, asked.jobs)
    head = ("series", "n", "if nobody looks", "withheld", "rejected", "steadied by", "rejected")
    text = (
        f"{asked.repeats} pairs of independent series of one kind, at {LEVEL} by {N_NULL} circular "
        "shifts, `ksg` with 10 neighbours; the standard error of a rate near 0.05 is "
        f"{(0.05 * 0.95 / asked.repeats) ** 0.5:.4f}. `withheld` is the share of pairs in which "
        "both series are found to drift, so that no test is made; `rejected` is that of all "
        "pairs, with these as not rejected.\n"
    )
    lines = [line(job, row) for job, row in zip(jobs, found, strict=True)]
    of_series = [told(name, n, TOLD) for n in SERIES_SIZES for name in SERIES]
    parts = [
        "Series that drift: rejections at 0.05",
        text,
        table(head, lines),
        "## What is said of the sealed series\n",
        f"`both` is the share of {TOLD} pairs in which both drift, so that a warning is given and "
        "no test made; `trend` and `unit root` are those in which that is said of either.\n",
        table(("series", "n", "made with", "both", "trend", "unit root"), of_series),
    ]
    write("drift", asked, SEED, parts)


if __name__ == "__main__":
    main()
