"""Rank many columns against one target, and report what survives having been chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

from mitool.choices import Unit
from mitool.diagnostics.panel import Grouping, groupings_among, panel_named
from mitool.errors import MitoolError
from mitool.inference.holdout import digest_of, split
from mitool.result import Estimate, Note
from mitool.result.codes import note_of
from mitool.result.fields import ESTIMATE_FIELDS, Field, strict
from mitool.screening import reusable
from mitool.screening.family import Follow, answered
from mitool.screening.plan import PLACE_FIELDS, RANGE_FIELDS, SHARE_FIELDS, Plan
from mitool.screening.question import Question
from mitool.screening.ranking import ranked, sum_notes
from mitool.screening.resolving import UNRESOLVED, resolved
from mitool.seeds import stream
from mitool.tasks.families import check_adjustment
from mitool.units import PER_NAT
from mitool.variables import Rows, Variable

__all__ = ["Plan", "Question", "Screened", "screen"]


PLACE = tuple(field.name for field in (*PLACE_FIELDS, *SHARE_FIELDS, *RANGE_FIELDS))


@dataclass(frozen=True)
class Screened:
    """One column's place: the estimate to report, and what it was ranked by.

    ``rank_low`` and ``rank_high`` are the ranks that the data leave open, where asked for;
    ``score_se`` is the error that sampled orders leave in a Shapley share.
    """

    fields: ClassVar[tuple[Field, ...]] = (
        *ESTIMATE_FIELDS,
        *PLACE_FIELDS,
        *SHARE_FIELDS,
        *RANGE_FIELDS,
    )

    estimate: Estimate
    rank: int
    score: float | None
    p_adjusted: float | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    score_se: float | None = None

    def sampled(self, score_se: float | None) -> Self:
        """Give the same with the error that sampling leaves in the score."""
        return self if score_se is None else replace(self, score_se=score_se)

    def to(self, unit: Unit) -> Self:
        """Give the same in another unit; scores are in that of the estimate."""
        if self.estimate.unit is None:
            return self
        factor = PER_NAT[unit] / PER_NAT[self.estimate.unit]
        score, error = (
            None if number is None else number * factor for number in (self.score, self.score_se)
        )
        return replace(self, estimate=self.estimate.to(unit), score=score, score_se=error)

    def row(self) -> dict[str, Any]:
        """Give its row in a report: the estimate and, behind it, the place."""
        place = {name: getattr(self, name) for name in PLACE}
        return strict(self.estimate.row() | place)

    @property
    def remarks(self) -> tuple[Note, ...]:
        """What is to be said of the estimate."""
        return self.estimate.remarks


def screen(
    columns: Sequence[Variable],
    question: Question,
    plan: Plan | None = None,
    follow: Follow = lambda estimates, total: estimates,
) -> list[Screened]:
    """Rank columns against the target; the same for any number of threads.

    Where rows are kept aside, columns are placed by the other rows, and all that is reported
    comes from those kept. ``follow`` sees the estimates pass, to show progress.
    """
    plan = plan or Plan()
    if not columns:
        raise MitoolError("there is no column to rank against the target")
    if plan.holdout == "reusable":
        return _answered(columns, question, plan)
    notes = list(standing_notes(question, plan, len(columns)))
    placing, reporting = parts(question, plan)
    places = ranked(*on_rows(columns, question, placing), plan)
    ranges = resolved(*on_rows(columns, question, placing), places, plan)
    best = [columns[place.column] for place in places]
    estimates, p_values = answered(*on_rows(best, question, reporting), plan, follow)
    named = panels_named(estimates, *on_rows(best, question, reporting), columns, reporting)
    notes += sum_notes(places, len(columns), estimates)
    return [
        Screened(
            replace(estimate, notes=(*estimate.notes, *notes)),
            rank,
            place.score,
            p_value,
            *ranges.get(place.column, UNRESOLVED),
        ).sampled(place.score_se)
        for rank, (place, estimate, p_value) in enumerate(
            zip(places, named, p_values, strict=True), start=1
        )
    ]


def panels_named(
    estimates: Sequence[Estimate],
    columns: Sequence[Variable],
    question: Question,
    others: Sequence[Variable],
    rows: Rows | None,
) -> list[Estimate]:
    """Name which of the ``others``, to be cut to ``rows``, explains why neighbours are alike."""

    def groupings() -> list[Grouping]:
        return groupings_among(v if rows is None else v.take(rows) for v in others)

    return [
        panel_named(estimate, column, question.target, groupings)
        for estimate, column in zip(estimates, columns, strict=True)
    ]


def standing_notes(question: Question, plan: Plan, n_columns: int) -> Iterator[Note]:
    """Yield what is to be said of every column that is reported; refuse too few permutations."""
    n_kept = min(plan.top or n_columns, n_columns)
    yield from check_adjustment(plan.adjust, question.uncertainty, n_kept)
    if not plan.splits and n_kept < n_columns:
        yield _optimism(n_kept, n_columns)


def _answered(columns: Sequence[Variable], question: Question, plan: Plan) -> list[Screened]:
    """Rank by the answers of a reusable holdout."""
    halves = [rows for rows in parts(question, plan) if rows is not None]  # such a plan splits
    training, holdout = (on_rows(columns, question, rows) for rows in halves)
    estimates = reusable.answers(training, holdout, plan, digest_of(*halves))
    estimates.sort(key=lambda estimate: -(estimate.mi or 0.0))
    return [
        Screened(estimate, rank, estimate.extras["training"])
        for rank, estimate in enumerate(estimates[: plan.top], 1)
    ]


def parts(question: Question, plan: Plan) -> tuple[Rows | None, Rows | None]:
    """Rows to place by and rows to report from; None is all of them."""
    if not plan.splits:
        return None, None
    whose = "" if plan.holdout == "reusable" else question.target.name  # one split for all
    rng = stream(question.settings.seed, f"screen holdout {whose}")
    return split(question.units, plan.holdout_share, rng)


def on_rows(
    columns: Sequence[Variable], question: Question, rows: Rows | None
) -> tuple[Sequence[Variable], Question]:
    """Give columns and question on some of the rows; None is all of them."""
    if rows is None:
        return columns, question
    return [column.take(rows) for column in columns], question.on(rows)


def _optimism(n_kept: int, n_columns: int) -> Note:
    return note_of("selected", n_kept=n_kept, n_columns=n_columns)
