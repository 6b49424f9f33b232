"""Contests on many distributions, done one by one in any shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from mitool.choices import Unit
from mitool.simulate.benchmark import Entrant, contest
from mitool.simulate.scores import COVERAGE_FIELDS, SCORE_FIELDS
from mitool.tasks import Outline, Record


@dataclass(frozen=True, eq=False)
class ContestBatch:
    """Every entrant on each distribution and size of ``plan`` (a ``Batch``).

    ``has_coverage`` says whether the entrants give intervals, which are scored too.
    """

    digest: ClassVar[str] = ""
    """Nothing: the samples follow from the settings."""

    plan: Sequence[tuple[str, int]]
    entrants: Sequence[Entrant]
    n_repeats: int
    seed: int
    has_coverage: bool = False
    unit: Unit = "nats"

    @property
    def outline(self) -> Outline:
        """Distributions, with one row an entrant."""
        return Outline(
            item_name="distributions",
            n_tasks=len(self.plan),
            n_rows=len(self.entrants),
            fields=(*SCORE_FIELDS, *(COVERAGE_FIELDS if self.has_coverage else ())),
            unit=self.unit,
        )

    def run(self, numbers: range) -> list[Record]:
        """Hold the contests of these numbers; a row for each entrant."""
        records = []
        for number in numbers:
            scores = contest(*self.plan[number], self.entrants, self.n_repeats, self.seed)
            records.append(Record.of(number, [score.to(self.unit) for score in scores]))
        return records
