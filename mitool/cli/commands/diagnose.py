"""``mitool diagnose``: whether an estimate is to be trusted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from itertools import product
from typing import TYPE_CHECKING

import typer

from mitool.cli.options import Files, Reduce, report_settings
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.uncertainty import SeriesOptions
from mitool.cli.options.variables import VariableOptions
from mitool.cli.panels import Panels

if TYPE_CHECKING:
    from mitool.choices import Unit
    from mitool.diagnosis import Diagnosis
    from mitool.plots import Picture
    from mitool.report import Report, Run
    from mitool.result import Note

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


def diagnose(
    context: typer.Context,
    files: Files,
    *,
    variables: VariableOptions,
    inputs: InputOptions,
    reduce: Reduce = None,
    estimators: EstimatorOptions,
    series: SeriesOptions,
    outputs: OutputOptions,
) -> int:
    """Check an estimate from every side, and say in words whether to trust it.

    The first row is the estimate with its interval and the verdict: trust, caution or do not
    report. The rows below make it again with other numbers of neighbours, from fewer rows, on
    other scales of the columns and with other bandwidths.
    """
    from mitool.cli.messages import Messages
    from mitool.diagnosis import diagnose as examine
    from mitool.diagnosis import diagnose_one_of_many
    from mitool.report import Run, open_report

    output, uncertainty = outputs.parse(), series.parse(inputs)
    methods = estimators.parse(inputs.missing, steadying=series.steadying(), reduce=reduce)
    options, more = (variables, inputs, estimators, series), {"reduce": reduce}
    settings = report_settings(*options, **more, units=outputs.units)
    run = Run("diagnose", context.obj, settings)
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        tables = variables.open(files, inputs, estimators.seed)
        run.inputs = [asdict(entry) for table in tables for entry in table.inputs]
        xs, ys, given = variables.read(tables, inputs)
    work, panels = list(product(xs, ys, [given], methods)), Panels(tables)
    pictures: list[Picture] = []
    output = output.showing(lambda rows: pictures)
    act = examine if len(work) == 1 else diagnose_one_of_many
    with messages.capture(), open_report(output, run) as report, run.phase("diagnose"):
        for question in messages.progress(work, len(work), "diagnoses"):
            diagnosis = act(*question, uncertainty, columns=panels)
            messages.show(_added(diagnosis, report, run, output.unit))
            pictures += _pictures(diagnosis) if output.companions else ()
    return report.exit_status


def _added(diagnosis: Diagnosis, report: Report, run: Run, unit: Unit) -> Iterator[Note]:
    """Add all checks to the report; yield what is to be said of them."""
    from mitool.diagnosis.checks import checks
    from mitool.result.wording import in_unit

    for check in checks(diagnosis):
        yield from report.add(check)
    if diagnosis.estimate.status != "failed":  # which has said why
        yield from run.note([in_unit(diagnosis.note, unit)])


def _pictures(diagnosis: Diagnosis) -> list[Picture]:
    from mitool.plots import diagnosis_pictures

    return diagnosis_pictures(diagnosis)
