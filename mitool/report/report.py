"""A report while it is written: records in, one row each, in any format."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from typing import IO, Any

from mitool.errors import ExitStatus, UsageError
from mitool.once import once
from mitool.report.atomic import atomic, held_back, together
from mitool.report.kept import Companion, KeptRow, keeper
from mitool.report.output import Output
from mitool.report.rows import Reportable
from mitool.report.run import Run
from mitool.report.writers import Writer, writer_of
from mitool.result import Note
from mitool.result.blocks import RowBlock
from mitool.result.fields import ESTIMATE_FIELDS, Field

DOCUMENTS = ("json", "parquet")
"""Formats that cannot be read before their end."""


class Report:
    """Takes results as they come and counts how they went; made by ``open_report``.

    Nothing is written before the first result is there: an error on the way to it leaves
    standard output empty.
    """

    def __init__(
        self,
        start: Callable[[Sequence[Field]], Writer],
        run: Run,
        output: Output,
        fields: Sequence[Field] | None,
        is_square: bool,
    ) -> None:
        self.n_by_status: Counter[str] = Counter()
        self._start, self._run, self._fields = start, run, fields
        self._unit, self._chosen = output.unit, output.chosen
        self._keep = keeper() if output.companions else None
        self._kept: list[KeptRow] = []
        self._is_square = is_square

    @once
    def _writer(self) -> Writer:
        return self._start(chosen_fields(self._fields or ESTIMATE_FIELDS, self._chosen))

    def add(self, record: Reportable) -> list[Note]:
        """Write a record in the unit asked for; give those of its remarks not seen before."""
        self._fields = self._fields or record.fields
        shown = record.to(self._unit)
        self.write(shown.row())
        return self._run.note(shown.remarks)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write a row that is strict already; fields it lacks are null."""
        writer = self._writer
        self.n_by_status[row.get("status") or "ok"] += 1
        writer.write(writer.cells(row))
        if not self._is_square:
            self.keep(row)

    def write_together(self, rows: RowBlock) -> None:
        """Write rows that are told together: the same as if they were not."""
        self._writer.write_together(rows)
        for status, n_rows in rows.statuses():
            self.n_by_status[status] += n_rows
        self.keep_together(rows)

    def keep_together(self, rows: RowBlock) -> None:
        """Keep rows that are told together, as ``keep`` keeps each."""
        if self._keep:
            self._kept.extend(map(self._keep, rows))

    def keep(self, row: Mapping[str, Any]) -> None:
        """Keep a row for what is written beside the report, if anything is."""
        if self._keep:
            self._kept.append(self._keep(row))

    def close(self) -> None:
        """Complete the document."""
        self._writer.close()

    def accompany(self, companion: Companion) -> None:
        """Write what stands beside the report, from all of its rows."""
        with atomic(companion.path) as file:
            fields = ESTIMATE_FIELDS if self._is_square else self._writer.fields
            companion.write(file, self._kept, fields, self._run.head() | self._run.tail())

    def abandon(self) -> None:
        """Leave the document as it is."""
        if "_writer" in vars(self):
            self._writer.abandon()

    @property
    def exit_status(self) -> int:
        """What the command leaves with."""
        return exit_status(self.n_by_status)


def chosen_fields(fields: Sequence[Field], names: Sequence[str]) -> Sequence[Field]:
    """Give the fields of these names in this order, all of them if there are no names."""
    named = {field.name: field for field in fields}
    unknown = [name for name in names if name not in named]
    if unknown:
        is_head = unknown[0] == "value" and "mi" in named  # so tables of several estimands call it
        remedy = "the number is the field mi" if is_head else f"it has {', '.join(named)}"
        raise UsageError(f"--fields: this report has no field {unknown[0]!r}; {remedy}")
    return [named[name] for name in names] or fields


def exit_status(n_by_status: Counter[str]) -> int:
    """Give what a command leaves with, by how many rows of its report failed."""
    return ExitStatus.of_results(n_by_status["failed"], n_by_status.total())


@contextmanager
def open_report(
    output: Output,
    run: Run,
    fields: Sequence[Field] | None = None,
    *,
    is_square: bool = False,
) -> Iterator[Report]:
    """Begin a report, and complete it at the end of the block; an error leaves no file behind.

    CSV and JSON Lines hold one row in memory, Parquet one group of rows, a table all of them; JSON
    and Parquet reach standard output when they are complete. ``fields`` are the columns; None are
    those of the first record, of an estimate if none comes. The rows of a square are no results:
    what is written beside it is made of those that are kept.
    """
    if fields is not None:
        chosen_fields(fields, output.chosen)
    with together():
        with _destination(output) as file:
            writer = writer_of(output.format, spreadsheet_safe=output.spreadsheet_safe)
            start = partial(writer, file, run=run)
            report = Report(start, run, output, fields, is_square)
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
        for companion in output.companions:
            report.accompany(companion)


def _destination(output: Output) -> AbstractContextManager[IO[bytes]]:
    """Open what the report is written to; half a document is of no use to its reader."""
    if output.path is not None:
        return atomic(output.path)
    stream = sys.stdout.buffer
    return held_back(stream) if output.format in DOCUMENTS else nullcontext(stream)
