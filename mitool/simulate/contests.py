"""Contests on many distributions, done one by one in any shares."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from mitool.simulate.benchmark import Entrant, contest
from mitool.tasks import Pairs, Record, Stretch
from mitool.units import Unit


@dataclass(frozen=True, eq=False)
class Contests:
    """Every entrant on each distribution and size of ``plan`` (a ``Batch``)."""

    plan: Sequence[tuple[str, int]]
    entrants: Sequence[Entrant]
    n_repeats: int
    seed: int

    @property
    def pairs(self) -> Pairs:
        """Each distribution with the truth, which comes last."""
        return Pairs(tuple(range(len(self.plan))), (len(self.plan),))

    @property
    def names(self) -> Sequence[str]:
        """Distributions with their sizes."""
        return [*(f"{label} n={n_samples}" for label, n_samples in self.plan), "truth"]

    @property
    def digest(self) -> str:
        """Nothing: the samples follow from the settings."""
        return ""

    @property
    def n_each(self) -> int:
        """One row an entrant."""
        return len(self.entrants)

    def run(self, numbers: range) -> Stretch:
        """Hold the contests of these numbers."""
        start = time.perf_counter()
        found = [
            list(contest(*self.plan[number], self.entrants, self.n_repeats, self.seed))
            for number in numbers
        ]
        return Stretch(numbers, found, time.perf_counter() - start)

    def records(self, done: Stretch, unit: Unit) -> list[Record]:
        """Give a row for each score."""
        return [
            Record.of(number, [score.to(unit) for score in scores])
            for number, scores in zip(done.numbers, done.results, strict=True)
        ]
