"""The order of columns: by their own MI with the target, or by what each adds to the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mitool.choices import Criterion
from mitool.errors import MitoolError, UsageError
from mitool.inference.forward_selection import CRITERIA, Gain, greedy
from mitool.measure.estimation import measurement_of
from mitool.result import Estimate, Note
from mitool.result.codes import note_of
from mitool.screening.attribution import attributed
from mitool.screening.plan import Plan
from mitool.screening.pursuit import pursued
from mitool.screening.question import Question
from mitool.variables import Variable


@dataclass(frozen=True)
class Place:
    """A column, by its number, and the score it was placed by; None where it failed.

    ``score_se`` is the error that sampling leaves in the score, where it was sampled; ``whole`` is
    what all scores add up to, where they are shares.
    """

    column: int
    score: float | None
    score_se: float | None = None
    whole: float | None = None


def ranked(columns: Sequence[Variable], question: Question, plan: Plan) -> list[Place]:
    """Give the columns in order, the best first, no more than the plan keeps."""
    if plan.method == "pursuit":
        return [Place(step.column, step.gain) for step in pursued(columns, question, plan.top)]
    if plan.method == "shapley":
        return _shared(columns, question)[: plan.top]
    scores = [answer.mi for answer in question.estimates_only().answers(columns)]
    if plan.method == "mi":
        places = [Place(number, score) for number, score in enumerate(scores)]
        places.sort(key=lambda place: (place.score is None, -(place.score or 0.0)))
        return places[: plan.top]
    usable = [number for number, score in enumerate(scores) if score is not None]
    if not usable:
        raise MitoolError("no column could be estimated against the target")
    gain = _gain([columns[number] for number in usable], question, plan.method)
    relevance = [scores[number] or 0.0 for number in usable]
    n_chosen = plan.top or len(usable)
    chosen = greedy(relevance, gain, n_chosen, CRITERIA[plan.method], question.n_jobs)
    return [Place(usable[index], score) for index, score in chosen]


def _shared(columns: Sequence[Variable], question: Question) -> list[Place]:
    """Place columns by their share of what all of them tell."""
    found = attributed(columns, question)
    errors = [None] * len(columns) if found.se is None else found.se.tolist()
    places = [
        Place(number, share, error, found.whole)
        for number, (share, error) in enumerate(zip(found.shares.tolist(), errors, strict=True))
    ]
    return sorted(places, key=lambda place: -(place.score or 0.0))


def sum_notes(
    places: Sequence[Place], n_columns: int, estimates: Sequence[Estimate]
) -> Iterator[Note]:
    """Say what shares add up to, in the unit of the estimates, which no row of a report has."""
    whole = places[0].whole if places else None
    if whole is not None:
        target, unit = estimates[0].y or "", estimates[0].unit
        words = {"n_columns": n_columns, "target": target, "whole": whole}
        yield note_of("shares", (target,), unit=f" {unit}" if unit else "", **words)


def _gain(columns: Sequence[Variable], question: Question, criterion: Criterion) -> Gain:
    """What one column owes another: their MI for mrmr, else what it adds to the other."""
    settings = question.settings
    if criterion == "mrmr":
        return lambda i, j: measurement_of(columns[i], columns[j], None, settings)[0].value.mi
    if question.given is not None:
        raise UsageError(f"{criterion} conditions on the columns chosen before; leave out -z")
    return lambda i, j: replace(question, given=columns[j]).measurement(columns[i]).value.mi
