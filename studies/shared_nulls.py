"""Nulls that many columns beside labels share: how often their tests reject, and when own ones do.

``python -m studies.shared_nulls`` writes shared_nulls.md. Columns are drawn anew for each repeat,
the null once: a rate strays by its repeats and by the null's permutations.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from mitool.measure.estimation import measurement_of
from mitool.measure.settings import Settings
from mitool.tables.column import Column
from mitool.uncertainty import Uncertainty, assess
from mitool.uncertainty.shared import SharedNulls
from mitool.variables import Variable, gather
from studies.record import options, over, table, write

SEED = 23
LEVELS = (0.05, 0.01)
N_SHARED, N_OWN = 3999, 199
SIZES = ((100, 100), (20, 180), (1, 2, 7, 80, 110))
EFFECT = 0.35


class Job(NamedTuple):
    """Labels of these sizes beside independent normal columns."""

    estimator: str
    statistic: str
    sizes: tuple[int, ...]
    repeats: int

    def rejected(self) -> list[float]:
        """Give the share of columns whose p reaches each level."""
        asked = Uncertainty(n_permutations=N_SHARED, statistic=self.statistic)
        nulls, rng = SharedNulls(asked), np.random.default_rng([SEED, *self.sizes])
        label, n, p = labelled(self.sizes), sum(self.sizes), np.empty(self.repeats)
        for i in range(self.repeats):
            x = numbers(rng.standard_normal(n))
            measurement, _ = measurement_of(x, label, None, Settings(self.estimator))
            test = nulls.test(measurement)
            assert test is not None
            p[i] = test.p_value
        return [float(np.mean(p <= level)) for level in LEVELS]


class Both(NamedTuple):
    """The same dependent columns against a shared null and against permutations of their own."""

    sizes: tuple[int, ...]
    repeats: int

    def rejected(self) -> list[float]:
        """Give the share that each finds at 0.05, and how far their p-values lie apart."""
        asked, rng = Uncertainty(n_permutations=N_OWN), np.random.default_rng([SEED, *self.sizes])
        nulls, label, p = SharedNulls(asked), labelled(self.sizes), np.empty((self.repeats, 2))
        for i in range(self.repeats):
            shift = EFFECT * (label.values[:, 0] == len(self.sizes) - 1)
            x = numbers(shift + rng.standard_normal(len(label)))
            for j, of in enumerate((nulls, None)):
                test = assess(x, label, uncertainty=asked, nulls=of).test
                assert test is not None
                p[i, j] = test.p_value
        return [*np.mean(p <= 0.05, axis=0).tolist(), float(np.abs(p[:, 0] - p[:, 1]).mean())]


def numbers(values: np.ndarray) -> Variable:
    return gather([Column("x", values)], continuous=["x"])


def labelled(sizes: tuple[int, ...]) -> Variable:
    codes = np.repeat(np.arange(len(sizes)), sizes).astype(float)
    return gather([Column("label", codes)], discrete=["label"])


def main() -> None:
    asked = options(__doc__.splitlines()[0], repeats=2000)
    jobs = [Job("ross", "auto", sizes, asked.repeats) for sizes in SIZES]
    both = [Both(sizes, max(asked.repeats // 20, 1)) for sizes in SIZES]
    rates = over(Job.rejected, jobs, asked.jobs)
    found = over(Both.rejected, both, asked.jobs)
    errors = [(a * (1 - a) * (1 / asked.repeats + 1 / N_SHARED)) ** 0.5 for a in LEVELS]
    parts = [
        "Nulls that columns beside labels share",
        f"{N_SHARED} permutations for all columns; the standard errors of rates near "
        f"{LEVELS[0]} and {LEVELS[1]} are {errors[0]:.4f} and {errors[1]:.4f}.\n",
        "## Nothing is there\n",
        table(
            ("estimator", "statistic", "sizes of levels", *(f"p ≤ {level}" for level in LEVELS)),
            (
                [job.estimator, job.statistic, job.sizes, *(f"{rate:.4f}" for rate in row)]
                for job, row in zip(jobs, rates, strict=True)
            ),
        ),
        f"## The largest level is shifted by {EFFECT} ({both[0].repeats} repeats)\n",
        f"The default test of `ross` with {N_OWN} permutations, of the same columns.\n",
        table(
            ("sizes of levels", "shared null", "own permutations", "mean distance of p"),
            (
                [job.sizes, *(f"{value:.3f}" for value in row)]
                for job, row in zip(both, found, strict=True)
            ),
        ),
    ]
    write("shared_nulls", asked, SEED, parts)


if __name__ == "__main__":
    main()
