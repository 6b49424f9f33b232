"""``mitool coupling``: how much marginals could share, and maps of their levels."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.named_files import Role
from mitool.cli.options import Seed, option, report_settings
from mitool.cli.options.input import InputOptions
from mitool.cli.options.marginals import counted_marginals, given_marginals
from mitool.cli.options.output import OutputOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.models.coupling_findings import Columns
    from mitool.report import Output, Run

EXAMPLES = (
    (
        "How much could species and island share at most, and what part of it do they?",
        "mitool coupling sample_data/penguins.csv --cols species,island --format table",
    ),
    (
        "A map of species of at most half a bit, written beside the report.",
        "mitool coupling sample_data/penguins.csv --cols species --bottleneck 0.5 -u bits "
        "--table map.csv --json",
    ),
    (
        "The seven levels of income to three, by what they tell of the vote.",
        "mitool coupling sample_data/election.csv --cols income --target vote --levels 3 "
        "--format table",
    ),
)

CouplingFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="A table of columns; or marginals: arrays, or files of one column of numbers (--pmf); "
        "or a contingency table: an array, or a file (--contingency).",
        show_default=False,
    ),
    Role.READ,
]
ColumnSets = Annotated[
    list[str] | None,
    option("--cols", metavar="COLS", help="Columns of labels, each a marginal; repeatable."),
]
Pmf = Annotated[
    bool, option("--pmf", help="Each file is a marginal: probabilities, which sum to 1.")
]
Contingency = Annotated[
    bool, option("--contingency", help="The file is a contingency table of counts or shares.")
]
Bottleneck = Annotated[
    float | None,
    option("--bottleneck", metavar="R", help="Map levels so that the entropy is R, in --units."),
]
Target = Annotated[
    str | None,
    option("-t", "--target", metavar="COL", help="Merge levels by what they tell of COL."),
]
Levels = Annotated[
    int | None, option("--levels", metavar="L", min=1, help="Merge down to so many levels.")
]
Loss = Annotated[
    float | None,
    option("--loss", metavar="X", help="Merge as long as no more is lost, in --units."),
]
TableFile = Annotated[
    Path | None,
    option(
        "--table",
        metavar="FILE",
        help="Write the coupling, or where each level goes, to a .csv, .jsonl or .parquet.",
    ),
    Role.WRITTEN,
]


def coupling(
    context: typer.Context,
    files: CouplingFiles,
    *,
    cols: ColumnSets = None,
    pmf: Pmf = False,
    contingency: Contingency = False,
    bottleneck: Bottleneck = None,
    target: Target = None,
    levels: Levels = None,
    loss: Loss = None,
    table: TableFile = None,
    seed: Seed = 0,
    inputs: InputOptions,
    outputs: OutputOptions,
) -> int:
    """Bound what marginals could share, or map their levels to fewer.

    By the greedy coupling of least entropy (some coupling shares at least so much) and by
    majorisation (none shares more). Bottleneck and merging are greedy, and claim no optimum.
    """
    from mitool.cli.messages import Messages
    from mitool.models.coupling_question import CouplingQuestion
    from mitool.report import Run, open_report

    output, written = outputs.parse(), _table_output(table)
    question = CouplingQuestion(bottleneck, target, levels, loss, seed, outputs.units)
    asked = {**asdict(question), "cols": cols, "pmf": pmf, "contingency": contingency}
    run = Run("coupling", context.obj, report_settings(inputs, **asked))
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        question.merges()
        if pmf or contingency:
            if cols or target or (pmf and contingency):
                raise UsageError("--pmf, --contingency and --cols with --target exclude each other")
            marginals = given_marginals(files, run, inputs, contingency=contingency)
        else:
            marginals = counted_marginals(files, run, inputs, cols, question)
    with messages.capture(), open_report(output, run) as report, run.phase("couple"):
        found = question.answer(marginals)
        for finding in found:
            messages.show(report.add(finding))
        if written is not None:
            _write(written, run, [each.table for each in found if each.table is not None])
    return report.exit_status


def _table_output(path: Path | None) -> Output | None:
    from mitool.cli.options.pointwise import SUFFIXES
    from mitool.report import Output

    if path is None:
        return None
    if path.suffix not in SUFFIXES:
        allowed = ", ".join(SUFFIXES)
        raise UsageError(f"--table writes files named {allowed}, got {str(path)!r}")
    return Output.checked(path)


def _write(output: Output, run: Run, tables: list[Columns]) -> None:
    from mitool.models.coupling_findings import table_fields
    from mitool.report import open_report

    if len(tables) != 1:
        raise UsageError(f"--table holds one map, but there are {len(tables)}; name one column")
    (table,) = tables
    with open_report(output, run, table_fields(table)) as report:
        for row in zip(*table.values(), strict=True):
            report.write(dict(zip(table, row, strict=True)))
