"""``mitool screen``: rank all columns against a target, honestly after the choice."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options import Files, GroupColumns, Normalize, report_settings
from mitool.cli.options.batch import BatchOptions
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.ranking import RankingOptions
from mitool.cli.options.uncertainty import UncertaintyOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.result import Note
    from mitool.tables import Table
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
    from mitool.cli.batch_reports import run_batch, written_forecast
    from mitool.cli.messages import Messages
    from mitool.limits import one_blas_thread
    from mitool.report import Run, open_report
    from mitool.screening import Question
    from mitool.screening import screen as ranked
    from mitool.tasks.forecast import forecast

    batching.check(outputs)
    output, settings = batching.output(outputs), _only(estimators.parse(inputs.missing, normalize))
    plan, uncertainty = ranking.parse(), uncertainties.parse()
    inputs.check_order(uncertainty.order)
    names = {"target": target, "cols": cols, "given": given, "groups": groups}
    wanted = {**names, "normalize": normalize, "units": outputs.units}
    asked = report_settings(ranking, inputs, estimators, uncertainties, **wanted)
    run = Run("screen", context.obj, asked, n_threads=batching.n_threads())
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        table = inputs.open(files, estimators.seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        inputs.refuse_identifiers(table.read(table.select(target)), table.names)
        columns, notes = _candidates(table, cols, [target, given, groups], inputs)
        messages.show(run.note(notes))
        y, z, together = (_joint(table, spec, inputs) for spec in (target, given, groups))
    assert y is not None  # the target is required
    question = Question(y, z, together, settings, uncertainty, run.n_threads)
    if batching.is_batched or batching.dry_run:
        from mitool.screening.column_batch import ColumnBatch

        batch = ColumnBatch(columns, question, plan, output.unit)
        if batching.dry_run:
            share = batching.share(outputs)
            return written_forecast(forecast(batch, share, run.n_threads), output)
        with messages.capture(), run.phase("screen"):
            return run_batch(batch, batching, outputs, run, messages)
    with (
        messages.capture(),
        open_report(output, run, plan.fields) as report,
        run.phase("screen"),
        one_blas_thread(),
    ):
        for screened in ranked(columns, question, plan, partial(messages.progress, what="columns")):
            messages.show(report.add(screened))
    return report.exit_status


def _only(settings: list[Settings]) -> Settings:
    if len(settings) > 1:
        raise UsageError("columns are ranked by one estimator; name one with -e")
    return settings[0]


def _joint(table: Table, spec: str | None, inputs: InputOptions) -> Variable | None:
    if spec is None:
        return None
    return inputs.gather(table.read(table.select(spec)), table.names)


def _candidates(
    table: Table, cols: list[str] | None, others: list[str | None], inputs: InputOptions
) -> tuple[list[Variable], list[Note]]:
    """Every column that may be ranked: not the target, the condition or the groups."""
    from mitool.tasks.columns import candidates

    taken = {name for spec in others if spec for name in table.select(spec)}
    chosen = [name for spec in cols for name in table.select(spec)] if cols else None
    return candidates(table, chosen, taken, inputs.declared(table.names))
