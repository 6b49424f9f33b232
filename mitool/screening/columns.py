"""Columns that are answered one by one, in any shares; they are ranked once all are there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.inference.multiplicity import adjusted
from mitool.measure.settings import Settings
from mitool.once import once
from mitool.report import failure, row_of
from mitool.screening import Screened, on_rows, parts, standing_notes
from mitool.screening.plan import Plan
from mitool.screening.question import Question
from mitool.tasks import Pairs, Record, Stretch
from mitool.units import Unit
from mitool.variables import Variable, digest_of


@dataclass(frozen=True, eq=False)
class Columns:
    """What ``screen`` asks of each column, whatever it asks of the others (a ``Batch``)."""

    columns: Sequence[Variable]
    question: Question
    plan: Plan
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
    def pairs(self) -> Pairs:
        """Each column with the target, which comes last."""
        return Pairs(tuple(range(len(self.columns))), (len(self.columns),))

    @property
    def names(self) -> Sequence[str]:
        """The names of the columns and of the target."""
        return [variable.name for variable in (*self.columns, self.question.target)]

    @property
    def digest(self) -> str:
        """A checksum of all data that decide a number."""
        asked = self.question
        others = [v for v in (asked.target, asked.given, asked.groups) if v is not None]
        return digest_of([*self.columns, *others])

    @property
    def variables(self) -> Sequence[Variable]:
        """The columns and the target, on the rows that are reported."""
        columns, asked = self._asked[1]
        return [*columns, asked.target]

    @property
    def settings(self) -> Sequence[Settings]:
        """How each column is estimated."""
        return (self.question.settings,)

    @property
    def n_each(self) -> int:
        """One row a column."""
        return 1

    @once
    def _asked(self) -> tuple[tuple[Any, Question], tuple[Any, Question], list[Any]]:
        """Columns and question on the rows that place, on those that are reported; the notes."""
        alone = replace(self.question, n_jobs=1)
        placing, reporting = parts(alone, self.plan)
        notes = list(standing_notes(alone, self.plan, len(self.columns)))
        return (
            on_rows(self.columns, alone.plainly(), placing),
            on_rows(self.columns, alone, reporting),
            notes,
        )

    def run(self, numbers: range) -> Stretch:
        """Answer the columns of these numbers."""
        start = time.perf_counter()
        (placing, plainly), (reporting, asked), notes = self._asked
        chosen = slice(numbers.start, numbers.stop)
        scores = [answer.mi for answer in plainly.answers(placing[chosen])]
        answers = list(asked.answers(reporting[chosen]))
        found = [
            Screened(replace(answer, notes=(*answer.notes, *notes)), 0, score)
            for answer, score in zip(answers, scores, strict=True)
        ]
        return Stretch(numbers, found, time.perf_counter() - start)

    def records(self, done: Stretch, unit: Unit) -> list[Record]:
        """Give a row for each column, with what it is to be ranked by."""
        return [
            Record(
                number,
                [row_of(found.estimate.to(unit), score=found.fields(unit)["score"])],
                [*found.estimate.notes, *failure(found.estimate)],
            )
            for number, found in zip(done.numbers, done.results, strict=True)
        ]


def placed(records: Iterable[Record], settings: Mapping[str, Any]) -> Iterator[Record]:
    """Rank the records of all columns, cut them off and adjust their p-values, as was asked."""
    held = sorted(records, key=lambda r: (r.rows[0]["score"] is None, -(r.rows[0]["score"] or 0.0)))
    held = held[: settings["top"]]
    p_values = np.array([record.rows[0]["p_value"] for record in held], dtype=float)
    how = settings["adjust"] or "bh"
    if how != "none" and not np.isnan(p_values).all():
        p_values = adjusted(p_values, how)
    else:
        p_values[:] = np.nan
    for rank, (record, p) in enumerate(zip(held, p_values, strict=True), start=1):
        place = {"rank": rank, "p_adjusted": None if np.isnan(p) else float(p)}
        yield replace(record, rows=[{**record.rows[0], **place}])
