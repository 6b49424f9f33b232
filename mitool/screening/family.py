"""p-values of all columns that are reported, adjusted for how many they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference.multiplicity import ADJUSTMENTS, adjusted, check_resolution, maximum
from mitool.inference.permutation import joined, null
from mitool.parallel import ordered_map
from mitool.result import Estimate, Note
from mitool.screening.plan import Plan
from mitool.screening.question import Question
from mitool.uncertainty import Uncertainty
from mitool.uncertainty.rows import units_of
from mitool.uncertainty.significance import trial_of
from mitool.variables import Variable, Vector

TASK = "screen"
"""Permutations of this name move the rows of the target alike for every column."""


def check_tests(uncertainty: Uncertainty, plan: Plan, n_tests: int) -> Iterator[Note]:
    """Refuse so few permutations that no column could pass; note it if none was asked for."""
    how = plan.adjust or "bh"
    n_permutations = uncertainty.n_permutations
    if plan.adjust == "max" and n_permutations is None:
        raise UsageError("--adjust max compares permutations; use --permutations 999")
    if plan.adjust not in (None, "none") and not uncertainty.tests:
        raise UsageError(f"--adjust {plan.adjust} is for p-values; add --permutations 999")
    if n_permutations is None or how == "none":
        return
    try:
        check_resolution(n_permutations, n_tests, how)
    except MitoolError as error:
        if plan.adjust is not None:
            raise
        yield Note("perm_floor", str(error))


def adjusted_p(
    estimates: Sequence[Estimate], columns: Sequence[Variable], question: Question, plan: Plan
) -> list[float | None]:
    """Adjust the p-values of a family of columns; None where there is no test."""
    how = plan.adjust or "bh"
    if how == "none" or not question.uncertainty.tests:
        return [None] * len(estimates)
    p = np.array([np.nan if e.test is None else e.test.p_value for e in estimates])
    valid = [index for index, estimate in enumerate(estimates) if estimate.test is not None]
    found: list[float | None] = [None] * len(estimates)
    if how in ADJUSTMENTS:
        values = adjusted(p, how)[valid]
    else:
        values = _by_maximum([columns[i] for i in valid], question)
    for index, value in zip(valid, values, strict=True):
        found[index] = float(value)
    return found


def _by_maximum(columns: Sequence[Variable], question: Question) -> Vector:
    """Compare every column with the best of all under the same permutations of the target."""

    def statistics(column: Variable) -> Vector:
        measurement, asked = question.measurement(column), question.uncertainty
        if len(measurement.x) != len(question.target):
            raise MitoolError(
                f"--adjust max needs the same rows for all columns, but {column.name!r} or the "
                "target has missing values; use --adjust bh"
            )
        units = units_of(measurement, asked.order, asked.block)
        trial = trial_of(measurement, units, asked, TASK)
        drawn = np.array(list(null(trial.statistic, trial.n_permutations)))
        return joined(trial.observed, drawn)

    rows = np.array(list(ordered_map(statistics, columns, question.n_jobs)))
    return maximum(rows[:, 0], rows[:, 1:].T) if len(rows) else np.empty(0)
