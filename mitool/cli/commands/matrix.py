"""``mitool matrix``: mutual information of all pairs of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options import Files, Normalize, report_settings
from mitool.cli.options.adjustment import Adjust, by_maximum
from mitool.cli.options.batch import BatchOptions
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.matrix_request import MatrixRequest
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.prescreen import PrescreenOptions
from mitool.cli.options.streaming import StreamAll
from mitool.cli.options.uncertainty import UncertaintyOptions

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.report import Run
    from mitool.streaming.matrix_batch import StreamedMatrix
    from mitool.tasks import PairBatch

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
    (
        "Each measure with the one that shares most with it, which half of the rows chooses and "
        "the other half reports.",
        "mitool matrix sample_data/penguins.csv --cols 'bill*,flip*,body*' --prescreen 1 "
        "--permutations 999 --format csv",
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
    prescreening: PrescreenOptions,
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

    Of thousands of columns most pairs tell nothing, and all of them are too many rows to read.
    --prescreen K looks at all pairs by their bins, millions a second, and estimates those
    of each column and its K best partners. What was chosen for being large is too large on the rows
    that chose it: with intervals or tests, one half of the rows chooses and the other reports, and
    p-values hold for the pairs that were chosen, adjusted for their number; of pairs that are left
    out nothing is said. With --holdout none p_adjusted counts all pairs that were looked at.
    """
    from mitool.cli.messages import Messages
    from mitool.report import Run

    batching.check(outputs)
    request = MatrixRequest(
        *(cols, against, wide, prescreening.parse(), adjust, stream, inputs, batching),
        output=batching.output(outputs),
        settings=estimators.parse(inputs.missing, normalize, uncertainties.steadying()),
        uncertainty=uncertainties.parse(),
    )
    request.check()
    columns = {"cols": cols, "against": against}
    more = {"normalize": normalize, "units": outputs.units, "adjust": request.adjustment}
    groups = (inputs, estimators, uncertainties, prescreening)
    settings = report_settings(*groups, **columns, **more)
    run = Run("matrix", context.obj, settings, n_threads=batching.n_threads())
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        batch = request.read(files, run, messages)
    return _write(request, batch, outputs, run, messages)


def _write(
    request: MatrixRequest,
    batch: PairBatch | StreamedMatrix,
    outputs: OutputOptions,
    run: Run,
    messages: Messages,
) -> int:
    """Run the pairs, as one pass after another or as tasks of their own, and write them."""
    from mitool.cli.batch_reports import run_batch, run_streamed, written_forecast
    from mitool.tasks import PairBatch

    batching, wide = request.batching, request.wide
    if isinstance(batch, PairBatch) and batching.dry_run:
        predicted = request.forecast(batch, batching.share(outputs), run.n_threads)
        return written_forecast(predicted, request.output)
    if not isinstance(batch, PairBatch):
        with messages.capture(), run.phase("estimate"):
            return run_streamed(batch, request.output, run, messages, wide=wide)
    with messages.capture():
        chosen = request.chosen(batch, run, messages)
    with messages.capture(), run.phase("estimate"):
        is_family = request.adjust == "max"
        tasks = by_maximum(chosen, run.n_threads, messages) if is_family else chosen
        return run_batch(tasks, batching, outputs, run, messages, wide=wide)
