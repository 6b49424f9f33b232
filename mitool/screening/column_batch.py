"""Columns that are estimated one by one, in any shares; they are ranked once all are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from mitool.choices import Adjustment, Unit
from mitool.errors import MitoolError, UsageError
from mitool.inference.multiplicity import adjusted
from mitool.measure.settings import Settings
from mitool.once import once
from mitool.result import Note
from mitool.screening import Screened, on_rows, panels_named, parts, standing_notes
from mitool.screening.plan import Plan
from mitool.screening.question import Question
from mitool.tasks import Outline, Record
from mitool.variables import Variable, digest_of


class Stage(NamedTuple):
    """The columns and the question on those rows that place them, or that are reported."""

    columns: Sequence[Variable]
    question: Question


@dataclass(frozen=True, eq=False)
class ColumnBatch:
    """What ``screen`` asks of each column, whatever it asks of the others (a ``Batch``)."""

    columns: Sequence[Variable]
    question: Question
    plan: Plan
    unit: Unit = "nats"
    budget: ClassVar[float] = float("inf")
    """Bytes that may be kept of what is prepared: a column meets only the target."""

    def __post_init__(self) -> None:
        plan = self.plan
        if not self.columns:
            raise MitoolError("there is no column to rank against the target")
        if plan.method != "mi" or plan.adjust == "max" or plan.resolve_top or plan.budget_file:
            raise UsageError(
                "only columns that are ranked one by one can be shared out or kept: leave out "
                "--shard, --checkpoint, --scheduler and --dry-run, or --method, --adjust max, "
                "--resolve-top and --holdout reusable"
            )

    @property
    def outline(self) -> RankingOutline:
        """The columns as a ranking."""
        return RankingOutline(
            item_name="columns",
            n_tasks=len(self.columns),
            n_rows=1,
            fields=self.plan.fields,
            unit=self.unit,
            top=self.plan.top,
            adjust=self.plan.adjust or "bh",
        )

    @property
    def digest(self) -> str:
        """A checksum of all data that decide a number."""
        question = self.question
        shared = (question.target, question.given, question.groups)
        return digest_of([*self.columns, *(v for v in shared if v is not None)])

    @property
    def variables(self) -> Sequence[Variable]:
        """The columns and the target, on the rows that are reported."""
        return [*self._reporting.columns, self._reporting.question.target]

    def variables_of(self, number: int) -> Sequence[Variable]:
        """Give a column and the target, on the rows that are reported."""
        return [self._reporting.columns[number], self._reporting.question.target]

    @property
    def settings(self) -> Sequence[Settings]:
        """How each column is estimated."""
        return (self.question.settings,)

    @once
    def _stages(self) -> tuple[Stage, Stage]:
        alone = replace(self.question, n_jobs=1)
        placing, reporting = parts(alone, self.plan)
        return (
            Stage(*on_rows(self.columns, alone.estimates_only(), placing)),
            Stage(*on_rows(self.columns, alone, reporting)),
        )

    @property
    def _placing(self) -> Stage:
        return self._stages[0]

    @property
    def _reporting(self) -> Stage:
        return self._stages[1]

    @once
    def _notes(self) -> list[Note]:
        return list(standing_notes(self.question, self.plan, len(self.columns)))

    def run(self, numbers: range) -> list[Record]:
        """Estimate the columns of these numbers; their places are known when all are there."""
        notes, some = self._notes, slice(numbers.start, numbers.stop)
        placed = self._placing.question.answers(self._placing.columns[some])
        scores = [estimate.mi for estimate in placed]
        reporting = self._reporting
        answers = list(reporting.question.answers(reporting.columns[some]))
        reported = panels_named(
            answers, reporting.columns[some], reporting.question, reporting.columns, None
        )
        records = []
        for number, estimate, score in zip(numbers, reported, scores, strict=True):
            noted = replace(estimate, notes=(*estimate.notes, *notes))
            records.append(Record.of(number, [Screened(noted, 0, score).to(self.unit)]))
        return records


@dataclass(frozen=True, kw_only=True)
class RankingOutline(Outline):
    """Columns that are ranked by their scores; ``top`` None keeps all."""

    kind: ClassVar[str] = "ranking"

    top: int | None
    adjust: Adjustment

    def finish(self, records: Iterable[Record]) -> Iterator[Record]:
        """Rank the records of all columns, cut them off and adjust their p-values."""
        ranked = sorted(records, key=_place)[: self.top]
        p_values = np.array([record.rows[0]["p_value"] for record in ranked], dtype=float)
        if self.adjust == "none" or np.isnan(p_values).all():
            p_values[:] = np.nan
        else:
            p_values = adjusted(p_values, self.adjust)
        for rank, (record, p) in enumerate(zip(ranked, p_values, strict=True), start=1):
            place = {"rank": rank, "p_adjusted": None if np.isnan(p) else float(p)}
            yield replace(record, rows=[{**record.rows[0], **place}])


def _place(record: Record) -> tuple[bool, float]:
    """Give what sorts the best score first, and columns without one last."""
    score = record.rows[0]["score"]
    return score is None, -(score or 0.0)
