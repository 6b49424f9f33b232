"""``mitool diagnose``: whether an estimate is to be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mitool.cli.choosing import EstimatorOptions
from mitool.cli.inputs import VariableOptions
from mitool.cli.options import Files, report_settings
from mitool.cli.reading import InputOptions
from mitool.cli.writing import OutputOptions
from mitool.errors import UsageError

EXAMPLES = (
    (
        "May the information between two measures of a penguin be reported?",
        "mitool diagnose sample_data/penguins.csv -x bill_length_mm -y flipper_length_mm",
    ),
    (
        "How much does a kernel measure depend on its bandwidth?",
        "mitool diagnose sample_data/wine.csv -x alcohol -y color_intensity -e csqmi --format csv",
    ),
)

Plot = Annotated[
    Path | None,
    typer.Option(
        "--plot",
        metavar="FILE",
        show_default=False,
        help="Draw the sweeps into FILE (.png, .svg or .pdf); needs matplotlib.",
    ),
]


def diagnose(
    context: typer.Context,
    files: Files,
    *,
    variables: VariableOptions,
    inputs: InputOptions,
    estimators: EstimatorOptions,
    outputs: OutputOptions,
    plot: Plot = None,
) -> int:
    """Check an estimate from every side, and say in words whether to trust it.

    The first row is the estimate with its interval and the verdict: trust, caution or do not
    report. The rows below make it again with other numbers of neighbours, from fewer rows, on
    other scales of the columns and with other bandwidths.
    """
    from mitool.cli.messages import Messages
    from mitool.diagnosis import diagnose as examine
    from mitool.report import FIELDS, Field, Run, open_report

    output, settings = outputs.parse(), estimators.parse(inputs.missing)
    run = Run(
        "diagnose", context.obj, report_settings(variables, inputs, estimators, units=outputs.units)
    )
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        xs, ys, z = variables.gathered(files, inputs, estimators.seed, run)
    work = [(x, y, z, each) for x in xs for y in ys for each in settings]
    if plot and len(work) > 1:
        raise UsageError("--plot draws one estimate; give one -x, one -y and one -e")
    fields = (Field("check"), Field("at", "number"), *FIELDS, Field("verdict"))
    with messages.capture(), open_report(output, run, fields) as report, run.phase("diagnose"):
        for job in messages.progress(work, len(work), "diagnoses"):
            found = examine(*job)
            messages.show(report.add(found.estimate, check="estimate", verdict=found.verdict))
            for check, at, estimate in found.steps():
                report.add(estimate, check=check, at=at)
            messages.show(run.note([found.note]))
            if plot:
                from mitool.plots import draw

                draw(found.sweeps, plot)
    return report.exit_status
