"""Estimates of tables larger than memory, in batches of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.cli.options.request import Request
    from mitool.measure.settings import Settings
    from mitool.report import Output, Run
    from mitool.streaming import Stream
    from mitool.tables import Table


def stream_estimates(request: Request, table: Table, run: Run, messages: Messages) -> int:
    """Estimate every pair from batches of rows, and report as ``estimate`` does."""
    from mitool.report import open_report
    from mitool.streaming import check_auto, streamed, streamed_one_of_many

    x_names, y_names, _ = request.variables.column_names(table)
    stream = _surveyed(request, table, x_names, y_names, run)
    xs, ys = ([stream.variable(names) for names in groups] for groups in (x_names, y_names))
    check_auto(request.settings, list(product(xs, ys)), table)
    work = list(product(xs, ys, request.settings))
    act = streamed if len(work) == 1 else streamed_one_of_many
    with open_report(request.output, run) as report:
        for x, y, settings in messages.progress(work, len(work), "estimates"):
            estimate = act(stream, x, y, settings)
            messages.show(report.add(estimate))
    return report.exit_status


def _surveyed(
    request: Request, table: Table, xs: list[list[str]], ys: list[list[str]], run: Run
) -> Stream:
    """Open a stream of columns and count their values in one pass; refuse identifiers."""
    from mitool.streaming import Stream, counts_of

    inputs = request.inputs
    counts = [c for s in request.settings for c in counts_of(s, table, (*xs[0], *ys[0]))]
    stream = Stream(table, inputs.declared(table.names), run.n_threads)
    stream.survey(list(product(xs, ys)), list(dict.fromkeys(counts)))
    run.inputs = [asdict(entry) for entry in table.inputs]
    for survey in stream.surveys.values():
        inputs.refuse_identifier(survey.name, survey.naming, table.names)
    return stream


def stream_matrix(
    table: Table,
    columns: tuple[list[str], list[str] | None, tuple[frozenset[str], frozenset[str]]],
    settings: Sequence[Settings],
    output: Output,
    run: Run,
    messages: Messages,
    *,
    wide: bool,
) -> int:
    """Estimate all pairs from batches of rows, and report as ``matrix`` does.

    ``columns`` are those to pair, those to pair them with if others, and those decided.
    """
    from mitool.cli.batch_reports import written
    from mitool.streaming.many import Many

    chosen, others, decided = columns
    many = Many.planned(table, chosen, others, settings, decided, run.n_threads)
    run.inputs = [asdict(entry) for entry in table.inputs]
    messages.show(run.note(many.notes))
    outline = many.outline(output.unit)
    records = (record.new_to(run) for record in many.records(output.unit))
    shown = messages.progress(records, outline.n_tasks, outline.item_name)
    return written(shown, outline, output, run, messages, wide=wide)
