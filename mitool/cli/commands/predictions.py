"""``mitool predictions``: what class probabilities, ensembles and token distributions tell."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.named_files import Role
from mitool.cli.options import option, report_settings
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.pointwise import checked_pointwise
from mitool.cli.options.predictions import PredictionOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.models.classes.answering import Answer, PredictionQuestion
    from mitool.report import Run

EXAMPLES = (
    (
        "What the probabilities of a classifier prove of images and digits.",
        "mitool predictions sample_data/digits_classes.npz --format table",
    ),
    (
        "What the trees of a forest disagree about, in bits, image by image.",
        "mitool predictions sample_data/digits_forest.npz --axes member,item,class -u bits "
        "--pointwise items.csv --format table",
    ),
    (
        "Conformal sets at one level, calibrated by the first half of the rows.",
        "mitool predictions sample_data/digits_classes.npz --alpha 0.1 --score lac --calibration "
        "first:0.5 --format csv",
    ),
)

PredictionFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="PROBS [LABELS]",
        help="NPZ (smx, labels), two NPY, or a table of p_... , label [, split]; JSONL with "
        "--tokens.",
        show_default=False,
    ),
    Role.READ,
]
PointwiseFile = Annotated[
    Path | None,
    option(
        "--pointwise",
        metavar="FILE",
        help="Write what each row, item or token adds to a .csv, .jsonl or .parquet.",
    ),
    Role.WRITTEN,
]


def predictions(
    context: typer.Context,
    files: PredictionFiles,
    *,
    asked: PredictionOptions,
    pointwise: PointwiseFile = None,
    outputs: OutputOptions,
) -> int:
    """Bound mutual information by the class probabilities of a model, or split an ensemble's.

    Lower bounds of I(X;Y) hold in expectation for any model that these rows did not train; the
    conformal one is also given as a guarantee. Each number says what kind it is.
    """
    from mitool.cli.messages import Messages
    from mitool.report import Run, open_report

    output, question = outputs.parse(), asked.question(outputs.units)
    where = checked_pointwise(pointwise, outputs)
    run = Run("predictions", context.obj, report_settings(asked, units=outputs.units))
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        answer = _answer(files, asked, question, run)
    with messages.capture(), open_report(output, run) as report, run.phase("bound"):
        for finding in answer.findings:
            messages.show(report.add(finding))
    if where is not None:
        with open_report(where, run, answer.pointwise_fields) as rows, run.phase("pointwise"):
            for record in answer.pointwise(outputs.units):
                rows.write(record)
    return report.exit_status


def _answer(
    files: list[str], asked: PredictionOptions, question: PredictionQuestion, run: Run
) -> Answer:
    """Read the files as what they are said to be, and answer."""
    from mitool.models.classes.completions import completions
    from mitool.models.classes.prediction_files import read_predictions
    from mitool.tables.namedarrays import is_numpy

    if asked.tokens and len(files) > 1:
        raise UsageError(f"--tokens takes one file, got {len(files)}")
    if asked.tokens and not is_numpy(files[0]):
        entry, sequences = completions(files[0])
        run.inputs = [entry]
        return question.of_sequences(sequences)
    given = read_predictions(files, asked.split_column, splits_itself=asked.splits_itself)
    run.inputs = list(given.entries)
    return question.of_tokens(given) if asked.tokens else question.of(given)
