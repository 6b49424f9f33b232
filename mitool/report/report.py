"""The door that every command's results leave by: one row at a time, in any format."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import IO, Any

from mitool.codes import note_of
from mitool.errors import ExitStatus
from mitool.once import once
from mitool.report.atomic import atomic
from mitool.report.formats import Writer, writer_of
from mitool.report.output import Output
from mitool.report.rows import FIELDS, Field, row_of
from mitool.report.run import Run
from mitool.result import Estimate, Note
from mitool.units import Unit


class Report:
    """Takes results as they come and counts how they went; made by ``open_report``.

    Nothing is written before the first result is there: an error on the way to it leaves
    standard output empty.
    """

    def __init__(self, start: Callable[[], Writer], run: Run, unit: Unit) -> None:
        self.n_by_status: Counter[str] = Counter()
        self._start, self._run, self._unit = start, run, unit

    @once
    def _writer(self) -> Writer:
        return self._start()

    def add(self, estimate: Estimate, **more: Any) -> list[Note]:
        """Write an estimate in the unit asked for; give those of its notes not seen before."""
        self.write(row_of(estimate.to(self._unit), **more))
        return self._run.note([*estimate.notes, *failure(estimate)])

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row that is strict already; fields it lacks are null."""
        self.n_by_status[row.get("status") or "ok"] += 1
        writer = self._writer
        writer.write({field.name: row.get(field.name) for field in writer.fields})

    def close(self) -> None:
        """Complete the document."""
        self._writer.close()

    def abandon(self) -> None:
        """Leave the document as it is."""
        if "_writer" in vars(self):
            self._writer.abandon()

    @property
    def exit_status(self) -> int:
        """What the run leaves with, by how many estimates failed."""
        return ExitStatus.of_results(self.n_by_status["failed"], self.n_by_status.total())


def failure(estimate: Estimate) -> list[Note]:
    """Say what a failed estimate is to be warned of with."""
    if estimate.status != "failed":
        return []
    columns = (estimate.x,) if estimate.y is None else (estimate.x, estimate.y)
    words = {"names": " with ".join(columns), "reason": estimate.message}
    return [note_of("failed", columns, estimator=estimate.estimator, **words)]


@contextmanager
def open_report(output: Output, run: Run, fields: Sequence[Field] = FIELDS) -> Iterator[Report]:
    """Open the way out; an error inside leaves no file behind.

    CSV and JSON Lines hold one row in memory, Parquet one group of rows, a table all of them.
    A command with columns of its own gives ``fields=(*FIELDS, Field("truth", "number"))``.
    """
    with ExitStack() as stack:
        file: IO[bytes] = (
            stack.enter_context(atomic(output.path)) if output.path else sys.stdout.buffer
        )
        start = partial(writer_of(output.format), file, fields, run)
        report = Report(start, run, output.unit)
        try:
            yield report
        except BaseException:
            report.abandon()
            raise
        report.close()
        file.flush()
    if output.meta:
        with atomic(output.meta) as beside:
            record = json.dumps(run.head() | run.tail(), indent=2, ensure_ascii=False)
            beside.write(f"{record}\n".encode())
