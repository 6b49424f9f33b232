"""``mitool entropy``: entropies of columns, one by one or taken jointly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import product
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options import Files, Reduce, report_settings
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.errors import MitoolError, UsageError
from mitool.result import Note

if TYPE_CHECKING:
    from mitool.tables import Table
    from mitool.variables import Variable

EXAMPLES = (
    (
        "Every column of a table.",
        "mitool entropy sample_data/penguins.csv --format table",
    ),
    (
        "Species and island together, in bits, by counts and by the Bayesian estimator.",
        "mitool entropy sample_data/penguins.csv --cols species,island --joint -e plugin -e nsb "
        "-u bits",
    ),
    (
        "The differential entropy of two columns jointly.",
        "mitool entropy sample_data/gaussian.csv --cols x1,y1 --joint --value",
    ),
)

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--cols",
        metavar="COLS",
        show_default="all",
        help="Columns, each a variable of its own; repeatable.",
    ),
]
Joint = Annotated[
    bool, typer.Option("--joint", help="Take the columns of each --cols jointly, as one variable.")
]


def entropy(
    context: typer.Context,
    files: Files,
    *,
    cols: Columns = None,
    joint: Joint = False,
    reduce: Reduce = None,
    inputs: InputOptions,
    estimators: EstimatorOptions,
    outputs: OutputOptions,
) -> int:
    """Estimate the entropy of columns of labels, or the differential entropy of numbers.

    COLS is a name, a list a,b of names, a glob gene_* or a range first..last. Differential entropy
    may be negative and changes with the unit of its column.
    """
    from mitool.cli.messages import Messages
    from mitool.measure.entropy import measure_entropy, measure_one_entropy_of_many
    from mitool.report import Run, open_report

    output, methods = outputs.parse(), estimators.parse(inputs.missing, reduce=reduce)
    settings = report_settings(
        inputs, estimators, cols=cols, joint=joint, reduce=reduce, units=outputs.units
    )
    run = Run("entropy", context.obj, settings)
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        table = inputs.open(files, estimators.seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        if joint and not cols:
            raise UsageError("--joint needs --cols, which says what to take together")
        names, notes = _chosen(table, cols, joint) if cols else _all_columns(table, inputs)
        messages.show(run.note(notes))
        variables = _variables(table, names, inputs)
    work = list(product(variables, methods))
    act = measure_entropy if len(work) == 1 else measure_one_entropy_of_many
    with messages.capture(), open_report(output, run) as report, run.phase("estimate"):
        for variable, method in messages.progress(work, len(work), "entropies"):
            messages.show(report.add(act(variable, method)))
    return report.exit_status


def _chosen(table: Table, cols: Sequence[str], joint: bool) -> tuple[list[list[str]], list[Note]]:
    """Give the names of the columns of each variable, and no notes."""
    groups = [table.select(spec) for spec in cols]
    if joint:
        return groups, []
    return [[name] for name in dict.fromkeys(name for names in groups for name in names)], []


def _all_columns(table: Table, inputs: InputOptions) -> tuple[list[list[str]], list[Note]]:
    """Give each column by itself, but for those that name every row or hold nothing: notes."""
    from mitool.variables.tablecolumns import reason_to_skip, usable

    labels = inputs.declared(table.names)[0]
    names, notes = usable(table)
    columns = table.read(names)
    reasons = [reason_to_skip(column, column.name in labels) for column in columns]
    skipped = [note if note and note.code != "constant" else None for note in reasons]
    kept = [[name] for name, note in zip(names, skipped, strict=True) if note is None]
    if not kept:
        raise MitoolError(f"{table.label} has no column with an entropy worth estimating")
    return kept, [*notes, *(note for note in skipped if note)]


def _variables(
    table: Table, groups: Sequence[Sequence[str]], inputs: InputOptions
) -> list[Variable]:
    table.read([name for names in groups for name in names])  # all at once
    return [inputs.gather(table.read(names), table.names) for names in groups]
