"""``mitool matrix``: mutual information of all pairs of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options import Files, Normalize, report_settings
from mitool.cli.options.adjustment import Adjust, by_maximum, check_maximum
from mitool.cli.options.batch import BatchOptions
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.streaming import StreamAll, check_stream
from mitool.cli.options.uncertainty import UncertaintyOptions
from mitool.cli.streaming import stream_matrix
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.report import Output
    from mitool.tables import Table
    from mitool.uncertainty import Uncertainty

EXAMPLES = (
    (
        "All pairs of columns, in any order of work but always the same order of rows.",
        "mitool matrix sample_data/penguins.csv --format csv",
    ),
    (
        "A square table of the numeric columns, in bits.",
        "mitool matrix sample_data/penguins.csv --cols bill_length_mm..body_mass_g --wide -u bits "
        "--format csv",
    ),
    (
        "Every measure with species and sex, by two threads.",
        "mitool matrix sample_data/penguins.csv --cols '*_mm,body_mass_g' --against species,sex "
        "-j 2 --format csv",
    ),
)

Cols = Annotated[
    list[str] | None,
    typer.Option(
        "--cols",
        metavar="COLS",
        show_default=False,
        help="Columns to pair with each other, each by itself; all columns if not given.",
    ),
]
Against = Annotated[
    list[str] | None,
    typer.Option(
        "--against",
        metavar="COLS",
        show_default=False,
        help="Pair each of --cols with each of these instead.",
    ),
]
Wide = Annotated[
    bool,
    typer.Option(
        "--wide",
        help="A square table of numbers instead of a row for each pair: of the estimates, or of "
        "what --normalize makes of them.",
    ),
]


def matrix(
    context: typer.Context,
    files: Files,
    *,
    cols: Cols = None,
    against: Against = None,
    wide: Wide = False,
    normalize: Normalize = "none",
    inputs: InputOptions,
    estimators: EstimatorOptions,
    uncertainties: UncertaintyOptions,
    adjust: Adjust = None,
    stream: StreamAll = False,
    batching: BatchOptions,
    outputs: OutputOptions,
) -> int:
    """Estimate the mutual information of all pairs of columns.

    Columns are taken one by one; identifiers and constant columns are left out with a note. Pairs
    come in the order of the columns, whatever the number of threads. A pair that cannot be
    estimated is reported with status failed, and the exit status is 4.

    With a checkpoint or as a shard the work can be killed at any moment and goes on when the same
    command is run again; the report is the same byte for byte.
    """
    from mitool.cli.batch_reports import run_batch, written_forecast
    from mitool.cli.messages import Messages
    from mitool.report import Run
    from mitool.tasks import forecast, planned
    from mitool.tasks.columns import usable
    from mitool.tasks.families import check_adjustment

    batching.check(outputs)
    if adjust == "max":
        check_maximum(batching)
    output = batching.output(outputs)
    settings = estimators.parse(inputs.missing, normalize)
    uncertainty = uncertainties.parse()
    inputs.check_order(uncertainty.order)
    if stream:
        check_stream(inputs, uncertainty, adjust, batching)
    if wide:
        _check_wide(output, settings, uncertainty)
    wanted = {"cols": cols, "against": against, "normalize": normalize, "units": outputs.units}
    how = (adjust or "bh") if uncertainty.tests else "none"
    asked = report_settings(inputs, estimators, uncertainties, **wanted, adjust=how)
    run = Run("matrix", context.obj, asked, n_threads=batching.n_threads())
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        table = inputs.open(files, estimators.seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        readable, notes = usable(table) if not cols else ([], [])
        chosen, others = _chosen(table, cols) or readable, _chosen(table, against)
        messages.show(run.note(notes))
        decided = inputs.declared(table.names)
        if stream:
            columns = (chosen, others, decided)
            return stream_matrix(table, columns, settings, output, run, messages, wide=wide)
        pairs, notes = planned(table, chosen, others, settings, uncertainty, decided)
        messages.show(run.note([*notes, *check_adjustment(adjust, uncertainty, len(pairs.pairs))]))
        del table  # its columns live on as variables
    if batching.dry_run:
        return written_forecast(forecast(pairs, batching.share(outputs), run.n_threads), output)
    pairs = replace(pairs, unit=output.unit, adjust=how)
    with messages.capture(), run.phase("estimate"):
        batch = by_maximum(pairs, run.n_threads, messages) if adjust == "max" else pairs
        return run_batch(batch, batching, outputs, run, messages, wide=wide)


def _check_wide(output: Output, settings: Sequence[Settings], uncertainty: Uncertainty) -> None:
    if len(settings) > 1:
        raise UsageError("--wide holds one number a pair; name one estimator with -e")
    if uncertainty.level is not None or uncertainty.tests:
        raise UsageError("--wide holds one number a pair: no interval and no p-value; leave it out")
    if output.format == "value":
        raise UsageError("--wide and --value cannot both be meant")


def _chosen(table: Table, specs: Sequence[str] | None) -> list[str] | None:
    if not specs:
        return None
    return list(dict.fromkeys(name for spec in specs for name in table.select(spec)))
