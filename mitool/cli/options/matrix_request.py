"""What one run of ``mitool matrix`` is to give, and the batch of pairs that it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from mitool.choices import Adjustment
from mitool.cli.options.adjustment import check_maximum
from mitool.cli.options.batch import BatchOptions, whole_alone
from mitool.cli.options.input import InputOptions
from mitool.cli.options.streaming import check_stream
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.measure.settings import Settings
    from mitool.report import Output, Run
    from mitool.result import Note
    from mitool.streaming.matrix_batch import StreamedMatrix
    from mitool.tables import Table
    from mitool.tasks import Forecast, PairBatch
    from mitool.tasks.prescreened import PrescreenedBatch
    from mitool.tasks.prescreening import Prescreen
    from mitool.tasks.shards import Shard
    from mitool.uncertainty import Uncertainty


@dataclass(frozen=True)
class MatrixRequest:
    """The parsed options of one run; ``cols`` and ``against`` are COLS expressions, if any."""

    cols: Sequence[str] | None
    against: Sequence[str] | None
    wide: bool
    prescreen: Prescreen | None
    adjust: Adjustment | None
    stream: bool
    inputs: InputOptions
    batching: BatchOptions
    output: Output
    settings: Sequence[Settings]
    uncertainty: Uncertainty

    @property
    def adjustment(self) -> Adjustment:
        """How p-values are adjusted, if there are any."""
        return (self.adjust or "bh") if self.uncertainty.tests else "none"

    def check(self) -> None:
        """Refuse options that exclude each other."""
        if self.adjust == "max":
            check_maximum(self.batching)
        self.inputs.check_order(self.uncertainty.order)
        if self.stream:
            check_stream(self.inputs, self.uncertainty, self.adjust, self.batching)
        if self.stream and self.settings[0].steadying:
            raise UsageError("--stream takes rows as they are; leave out --difference, --detrend")
        if self.wide:
            self._check_wide()
        if self.prescreen is not None:
            self._check_prescreen(self.prescreen)

    def _check_prescreen(self, plan: Prescreen) -> None:
        plan.check(self.uncertainty, self.adjust)
        if self.stream:
            raise UsageError("--prescreen looks at all rows at once; leave out --stream")

    def _check_wide(self) -> None:
        if self.batching.shard is not None:
            raise whole_alone("--wide")
        if len(self.settings) > 1:
            raise UsageError("--wide holds one number a pair; name one estimator with -e")
        if self.uncertainty.level is not None or self.uncertainty.tests:
            raise UsageError(
                "--wide holds one number a pair: no interval and no p-value; leave it out"
            )
        if self.output.format == "value":
            raise UsageError("--wide and --value cannot both be meant")

    def read(
        self, files: Sequence[str], run: Run, messages: Messages
    ) -> PairBatch | StreamedMatrix:
        """Plan the pairs of the columns that are named, or usable; say which are left out."""
        from mitool.tasks.families import check_adjustment
        from mitool.variables.tablecolumns import chosen, named

        table = self.inputs.open(files, self.settings[0].seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        columns, notes = chosen(table, self.cols)
        others = named(table, self.against) if self.against else None
        messages.show(run.note(notes))
        batch, notes = self._planned(table, columns, others, run.n_threads)
        if self.prescreen is None:  # else it is not known yet how many are tested
            notes += check_adjustment(self.adjust, self.uncertainty, len(batch.pairs))
        messages.show(run.note(notes))
        return batch

    def _planned(
        self, table: Table, columns: list[str], others: list[str] | None, n_threads: int
    ) -> tuple[PairBatch | StreamedMatrix, list[Note]]:
        """Plan the pairs of columns, in batches of rows or in memory."""
        from mitool.tasks import planned

        declared, unit = self.inputs.declared(table.names), self.output.unit
        if self.stream:
            from mitool.streaming import matrix_batch

            how = (self.settings, declared, n_threads)
            streamed, notes = matrix_batch.planned(table, columns, others, *how)
            return replace(streamed, unit=unit), notes
        in_memory = (self.settings, self.uncertainty, declared)
        pairs, notes = planned(table, columns, others, *in_memory)
        return replace(pairs, unit=unit, adjust=self.adjustment), notes

    def chosen(
        self, batch: PairBatch, run: Run, messages: Messages
    ) -> PairBatch | PrescreenedBatch:
        """Give the pairs to estimate: all, or the best of them, and say how they were chosen."""
        if self.prescreen is None:
            return batch
        from mitool.tasks.prescreening import chosen_among

        plan, follow = self.prescreen, messages.progress
        with run.phase("prescreen"):
            made, notes = chosen_among(batch, plan, self.adjust, run.n_threads, follow)
        messages.show(run.note(notes))
        return made

    def forecast(self, batch: PairBatch, shard: Shard, n_threads: int) -> Forecast:
        """Predict the run by a few of its pairs, and what looking at all of them takes."""
        from mitool.tasks import forecast

        if self.prescreen is None:
            return forecast(batch, shard, n_threads)
        from mitool.tasks.foresight import forecast_of_chosen

        return forecast_of_chosen(batch, self.prescreen, shard, n_threads)
