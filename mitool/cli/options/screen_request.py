"""What one run of ``mitool screen`` is to rank, and the columns and the target that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

from mitool.cli.options.batch import BatchOptions
from mitool.cli.options.input import InputOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.measure.settings import Settings
    from mitool.report import Output, Run
    from mitool.result import Note
    from mitool.screening import Plan, Question
    from mitool.tables import Table
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Variable


@dataclass(frozen=True)
class ScreenRequest:
    """The parsed options of one run; target, condition and groups are COLS expressions."""

    target: str
    cols: Sequence[str] | None
    given: str | None
    groups: str | None
    inputs: InputOptions
    batching: BatchOptions
    output: Output
    settings: Sequence[Settings]
    plan: Plan
    uncertainty: Uncertainty

    def check(self) -> None:
        """Refuse options that exclude each other."""
        if len(self.settings) > 1:
            raise UsageError("columns are ranked by one estimator; name one with -e")
        self.inputs.check_order(self.uncertainty.order)

    def read(
        self, files: Sequence[str], run: Run, messages: Messages
    ) -> tuple[list[Variable], Question]:
        """Read the columns to rank, and what they are compared with; say which are left out."""
        from mitool.screening import Question

        table = self.inputs.open(files, self.settings[0].seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        self.inputs.refuse_identifiers(table.read(table.select(self.target)), table.names)
        columns, notes = self._candidates(table)
        messages.show(run.note(notes))
        target, given, groups = (
            self.inputs.read_jointly(table, spec) for spec in (self.target, self.given, self.groups)
        )
        assert target is not None  # it is required
        how = (self.settings[0], self.uncertainty, run.n_threads)
        return columns, Question(target, given, groups, *how)

    def illustrated(self, columns: Sequence[Variable], question: Question) -> Output:
        """Give where the ranking goes, with a picture that knows the columns."""
        if not self.output.companions:
            return self.output
        from mitool.plots.of_columns import ranking_of_columns

        act = partial(ranking_of_columns, columns=columns, target=question.target)
        return self.output.showing(act)

    def _candidates(self, table: Table) -> tuple[list[Variable], list[Note]]:
        """Read every column that may be ranked: not the target, the condition or the groups."""
        from mitool.variables.tablecolumns import candidates, named

        taken = named(table, [spec for spec in (self.target, self.given, self.groups) if spec])
        columns = named(table, self.cols) if self.cols else None
        return candidates(table, columns, set(taken), self.inputs.declared(table.names))
