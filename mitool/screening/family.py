"""p-values of all columns that are reported, adjusted for how many they are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np

from mitool.errors import MitoolError
from mitool.inference.multiplicity import adjusted, by_largest
from mitool.inference.permutation import null
from mitool.parallel import ordered_map
from mitool.result import Estimate
from mitool.screening.plan import Plan
from mitool.screening.question import Question
from mitool.tasks.families import Scored, untested
from mitool.uncertainty.chosen_units import units_of
from mitool.uncertainty.test import trial_of
from mitool.variables import Variable

TASK = "screen"
"""Permutations of this name move the rows of the target alike for every column."""

Follow = Callable[[Iterable[Estimate], int], Iterable[Estimate]]
"""Sees the estimates pass, to show progress."""


def answered(
    columns: Sequence[Variable], question: Question, plan: Plan, follow: Follow
) -> tuple[list[Estimate], list[float | None]]:
    """Estimate and test columns as a family; give the adjusted p-values too, None of no test."""
    if plan.adjust == "max":
        plain = replace(question, uncertainty=untested(question.uncertainty))
        estimates = list(follow(plain.answers(columns), len(columns)))
        return _by_maximum(estimates, columns, question)
    estimates = list(follow(question.answers(columns), len(columns)))
    return estimates, _adjusted(estimates, plan.adjust or "bh")


def _adjusted(estimates: Sequence[Estimate], how: str) -> list[float | None]:
    if how == "none":
        return [None] * len(estimates)
    p = np.array([np.nan if e.test is None else e.test.p_value for e in estimates])
    return [None if q != q else q for q in adjusted(p, how).tolist()]


def _by_maximum(
    estimates: Sequence[Estimate], columns: Sequence[Variable], question: Question
) -> tuple[list[Estimate], list[float | None]]:
    """Test every column, and compare it with the best of all, by one set of permutations."""
    valid = [i for i, estimate in enumerate(estimates) if estimate.status == "ok"]
    by_column = ordered_map(lambda i: _scored(columns[i], question), valid, question.n_jobs)
    scored = dict(zip(valid, by_column, strict=True))
    if not scored:
        return list(estimates), [None] * len(estimates)
    scores = np.array([column.scores for column in scored.values()])
    p_values = dict(zip(scored, by_largest(scores[:, 0], scores[:, 1:].max(axis=0)), strict=True))
    tail = question.uncertainty.tail
    tested = [
        replace(estimate, test=scored[i].test(tail=tail)) if i in scored else estimate
        for i, estimate in enumerate(estimates)
    ]
    return tested, [float(p_values[i]) if i in p_values else None for i in range(len(estimates))]


def _scored(column: Variable, question: Question) -> Scored:
    measurement, uncertainty = question.measurement(column), question.uncertainty
    if len(measurement.x) != len(question.target):
        raise MitoolError(
            f"--adjust max needs the same rows for all columns, but {column.name!r} or the target "
            "lacks a value in some: drop these rows or columns first, or use --adjust holm"
        )
    units = units_of(measurement, uncertainty.order, uncertainty.block)
    trial = trial_of(measurement, units, uncertainty, TASK)
    drawn = np.array(list(null(trial.statistics, trial.n_permutations)))
    return Scored.of(trial, drawn)
