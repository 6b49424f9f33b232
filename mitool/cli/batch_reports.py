"""The records of a batch as a report: their notes are shown, their rows written and counted."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

from mitool.cli.messages import Messages
from mitool.cli.options.batch import ShardOptions
from mitool.cli.options.output import OutputOptions
from mitool.errors import ExitStatus
from mitool.report import Output, Run, exit_status, open_report
from mitool.result.blocks import RowBlock
from mitool.tasks import Batch, Forecast, Outline
from mitool.tasks.fans import Block, Told, n_tasks_of, one_by_one
from mitool.tasks.wide import Square

if TYPE_CHECKING:
    from mitool.streaming.matrix_batch import StreamedMatrix


def run_batch(
    batch: Batch,
    sharding: ShardOptions,
    outputs: OutputOptions,
    run: Run,
    messages: Messages,
    *,
    wide: bool = False,
) -> int:
    """Run a batch, or the share of it that is asked for, and write its report, or its part."""
    output, outline = sharding.output(outputs), batch.outline
    with sharding.runner(outputs, batch, run) as runner:
        told = runner.told(batch, run)
        n_tasks = runner.shard.n_tasks(outline.n_tasks)
        followed = messages.progress(told, n_tasks, outline.item_name, n_tasks_of)
        if sharding.shard is not None:  # the runner writes the part
            return exit_status(Counter(_statuses(_with_notes_shown(followed, messages))))
        return written(followed, outline, output, run, messages, wide=wide)


def run_streamed(
    batch: StreamedMatrix, output: Output, run: Run, messages: Messages, *, wide: bool
) -> int:
    """Run a batch whose tasks share passes over a table, and write its report."""
    outline = batch.outline
    records = (record.new_to(run) for numbers in batch.passes for record in batch.run(numbers))
    followed = messages.progress(records, outline.n_tasks, outline.item_name)
    return written(followed, outline, output, run, messages, wide=wide)


def written(
    records: Iterable[Told],
    outline: Outline,
    output: Output,
    run: Run,
    messages: Messages,
    *,
    wide: bool = False,
) -> int:
    """Write the rows of all records of a batch, or its numbers as a square; give the status."""
    shown = _with_notes_shown(records, messages)
    square = outline.square() if wide else None
    if square is not None:
        return _write_square(shown, square, output, run)
    with open_report(output, run, outline.fields) as report:
        for record in shown if outline.passes else outline.finish(one_by_one(shown)):
            if isinstance(record, Block):
                report.write_together(record.rows)
                continue
            for row in record.rows:
                report.write(row)
    return report.exit_status


def _with_notes_shown(records: Iterable[Told], messages: Messages) -> Iterator[Told]:
    """Pass records on and show their notes."""
    for record in records:
        messages.show(record.notes)
        yield record


def _statuses(records: Iterable[Told]) -> Iterator[str]:
    return (row["status"] for record in records for row in record.rows)


def _write_square(records: Iterable[Told], square: Square, output: Output, run: Run) -> int:
    n_by_status: Counter[str] = Counter()
    with open_report(output, run, square.fields, is_square=True) as report:
        for record in records:
            rows = record.rows if isinstance(record, Block) else RowBlock.of(record.rows)
            square.put(record.numbers, rows)
            report.keep_together(rows)
            for status, n_rows in rows.statuses():
                n_by_status[status] += n_rows
        for row in square.rows():
            report.write(row)
    return exit_status(n_by_status)


def written_forecast(predicted: Forecast, output: Output) -> int:
    """Say what a run will take: lines for people, else an object for programs."""
    if output.format == "table":
        chosen = f"at most, chosen among {predicted.looked_at}, " if predicted.looked_at else ""
        lines = [
            f"{predicted.pairs} {predicted.task_name} {chosen}of {predicted.columns} "
            f"{predicted.column_name} of {predicted.rows} rows, {predicted.estimates} estimates",
            f"about {_duration(predicted.seconds)} with {predicted.threads} threads",
            f"about {predicted.memory_bytes / 1e6:.0f} MB of memory; "
            f"{predicted.free_memory_bytes / 1e6:.0f} MB are free",
        ]
    else:
        lines = [json.dumps(asdict(predicted))]
    print("\n".join(lines))
    return ExitStatus.OK


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
