"""``mitool screen``: rank all columns against a target, honestly after the choice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options import Files, GroupColumns, Normalize, Reduce, report_settings
from mitool.cli.options.batch import BatchOptions
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.ranking import RankingOptions
from mitool.cli.options.screen_request import ScreenRequest
from mitool.cli.options.uncertainty import UncertaintyOptions

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.report import Run
    from mitool.screening import Question
    from mitool.variables import Variable

EXAMPLES = (
    (
        "Which columns tell most of the species?",
        "mitool screen sample_data/penguins.csv -t species --format csv",
    ),
    (
        "The three that together tell most, reported from rows that did not choose them.",
        "mitool screen sample_data/penguins.csv -t species --method jmi -e bins --top 3 --ci 0.95 "
        "--format csv",
    ),
    (
        "All columns with the weight, at a false-discovery rate.",
        "mitool screen sample_data/penguins.csv -t body_mass_g --permutations 199 --adjust bh "
        "--format csv",
    ),
)

Target = Annotated[
    str,
    typer.Option("-t", "--target", metavar="COLS", help="What to rank against, taken jointly."),
]
Cols = Annotated[
    list[str] | None,
    typer.Option(
        "--cols",
        metavar="COLS",
        show_default=False,
        help="Columns to rank, each by itself; all others if not given.",
    ),
]
Given = Annotated[
    str | None,
    typer.Option(
        "-z", "--given", metavar="COLS", show_default=False, help="Columns to condition on."
    ),
]


def screen(
    context: typer.Context,
    files: Files,
    *,
    target: Target,
    cols: Cols = None,
    given: Given = None,
    groups: GroupColumns = None,
    ranking: RankingOptions,
    normalize: Normalize = "none",
    reduce: Reduce = None,
    inputs: InputOptions,
    estimators: EstimatorOptions,
    uncertainties: UncertaintyOptions,
    batching: BatchOptions,
    outputs: OutputOptions,
) -> int:
    """Rank columns by their mutual information with a target.

    Columns of any kind, the best first. Where only the best are reported they come from rows that
    did not choose them; otherwise the best would look better than they are.

    Columns that are ranked one by one, by the method mi, can be shared out among jobs (--shard) or
    kept in a checkpoint, or done on a cluster; the report is the same byte for byte.
    """
    from mitool.cli.messages import Messages
    from mitool.report import Run

    batching.check(outputs)
    request = ScreenRequest(
        *(target, cols, given, groups, inputs, batching),
        output=batching.output(outputs),
        settings=estimators.parse(inputs.missing, normalize, uncertainties.steadying(), reduce),
        plan=ranking.parse(),
        uncertainty=uncertainties.parse(),
    )
    request.check()
    names = {"target": target, "cols": cols, "given": given, "groups": groups}
    more = {**names, "normalize": normalize, "reduce": reduce, "units": outputs.units}
    settings = report_settings(ranking, inputs, estimators, uncertainties, **more)
    run = Run("screen", context.obj, settings, n_threads=batching.n_threads())
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        columns, question = request.read(files, run, messages)
    if batching.is_batched or batching.dry_run:
        return _share_out(request, columns, question, outputs, run, messages)
    return _write(request, columns, question, run, messages)


def _share_out(
    request: ScreenRequest,
    columns: Sequence[Variable],
    question: Question,
    outputs: OutputOptions,
    run: Run,
    messages: Messages,
) -> int:
    """Run the columns as tasks of their own, which are ranked at the end; or only forecast it."""
    from mitool.cli.batch_reports import run_batch, written_forecast
    from mitool.screening.column_batch import ColumnBatch
    from mitool.tasks import forecast

    batching, output = request.batching, request.output
    batch = ColumnBatch(columns, question, request.plan, output.unit)
    if batching.dry_run:
        return written_forecast(forecast(batch, batching.share(outputs), run.n_threads), output)
    with messages.capture(), run.phase("screen"):
        return run_batch(batch, batching, outputs, run, messages)


def _write(
    request: ScreenRequest,
    columns: Sequence[Variable],
    question: Question,
    run: Run,
    messages: Messages,
) -> int:
    """Rank the columns and write their places."""
    from mitool.limits import one_blas_thread
    from mitool.report import open_report
    from mitool.screening import screen as ranked

    follow = partial(messages.progress, what="columns")
    with (
        messages.capture(),
        open_report(request.illustrated(columns, question), run, request.plan.fields) as report,
        run.phase("screen"),
        one_blas_thread(),
    ):
        for screened in ranked(columns, question, request.plan, follow):
            messages.show(report.add(screened))
    return report.exit_status
