"""Columns of a table ranked as ``mitool.screen`` was asked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from mitool.api.entering import follow, threads, warn_of
from mitool.api.pictured import Origin
from mitool.api.results import Results
from mitool.api.sides import Sides
from mitool.choices import Threads, Unit
from mitool.limits import one_blas_thread
from mitool.measure.settings import Settings
from mitool.report import Run
from mitool.tables import Table
from mitool.uncertainty import Uncertainty
from mitool.variables.tablecolumns import candidates

if TYPE_CHECKING:
    from mitool.screening import Plan, Screened


@dataclass(frozen=True)
class Ranking:
    """What is ranked against what: ``wanted`` columns, None for all; ``decided`` are kinds."""

    table: Table
    sides: Sides
    decided: tuple[frozenset[str], frozenset[str]]
    wanted: Sequence[str] | None
    plan: Plan

    def results(
        self,
        settings: Settings,
        uncertainty: Uncertainty,
        unit: Unit,
        n_jobs: Threads | None,
        progress: bool,
    ) -> Results[Screened]:
        """Rank, warning of columns that are left out."""
        from mitool.screening import Question, screen

        joint = self.sides.joint(self.decided)
        columns, notes = candidates(self.table, self.wanted, self.sides.taken, self.decided)
        n_threads = threads(n_jobs, self.table.n_rows, repeats=True)
        inputs = [asdict(entry) for entry in self.table.inputs]
        run = Run("screen", inputs=inputs, n_threads=n_threads)
        of_rows = (joint["target"], joint.get("given"), joint.get("groups"))
        question = Question(*of_rows, settings, uncertainty, n_threads)
        seen = follow(progress)
        warn_of(notes, run)
        with run.phase("screen"), one_blas_thread():
            places = screen(columns, question, self.plan, lambda c, n: seen(c, n, "columns"))
        return Results((place.to(unit) for place in places), Origin(run, self.plan.fields))
