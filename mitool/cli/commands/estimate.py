"""``mitool estimate``: mutual information between columns, or between two array files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from mitool.cli.options import (
    Files,
    GroupColumns,
    Normalize,
    Reduce,
    RowsFor,
    Threads,
    report_settings,
)
from mitool.cli.options.comparison import ComparisonOptions
from mitool.cli.options.estimate_data import Data
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.pointwise import PointwiseFile, parse_pointwise
from mitool.cli.options.request import Request
from mitool.cli.options.streaming import StreamOption
from mitool.cli.options.times import TimeOptions
from mitool.cli.options.uncertainty import UncertaintyOptions
from mitool.cli.options.variables import VariableOptions

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.report import Output, Run
    from mitool.result import Estimate

EXAMPLES = (
    (
        "How much does the length of a penguin's flipper tell of its weight?",
        "mitool estimate sample_data/penguins.csv -x flipper_length_mm -y body_mass_g",
    ),
    (
        "The same with a 95 % interval and a test of independence.",
        "mitool estimate sample_data/penguins.csv -x flipper_length_mm -y body_mass_g "
        "--ci 0.95 --permutations 199",
    ),
    (
        "Every bill measure with the species, by two estimators, as CSV.",
        "mitool estimate sample_data/penguins.csv -x bill_length_mm -x bill_depth_mm -y species "
        "-e ross -e bins --format csv",
    ),
    (
        "A number for a script, in bits, from standard input.",
        "mitool estimate - -x species -y island --value -u bits < sample_data/penguins.csv",
    ),
    (
        "The share of the entropy of the smaller, and what each row adds to it.",
        "mitool estimate sample_data/penguins.csv -x species -y island --normalize min "
        "--pointwise rows.csv",
    ),
    (
        "Two arrays of the same rows; the first 300 of them.",
        "mitool estimate sample_data/gaussian_x.npy sample_data/gaussian_y.npy --rows 0:300",
    ),
    (
        "In batches of rows, as for a file larger than memory.",
        "mitool estimate sample_data/penguins.csv -x species -y island --stream",
    ),
    (
        "How long do sunspots remember their number? One estimate for each lag in years.",
        "mitool estimate sample_data/sunspots.csv -x sunspots -y sunspots --lag 1:3 --format csv",
    ),
)


def estimate(
    context: typer.Context,
    files: Files,
    *,
    variables: VariableOptions,
    times: TimeOptions,
    normalize: Normalize = "none",
    reduce: Reduce = None,
    pointwise: PointwiseFile = None,
    inputs: InputOptions,
    estimators: EstimatorOptions,
    groups: GroupColumns = None,
    uncertainties: UncertaintyOptions,
    rows_for: RowsFor = None,
    comparison: ComparisonOptions,
    stream: StreamOption = False,
    threads: Threads = None,
    outputs: OutputOptions,
) -> int:
    """Estimate the mutual information of columns, or of two array files.

    COLS is a name, a list a,b of names, a glob gene_* or a range first..last; its columns are
    taken jointly, as one variable. Several -x and -y give all combinations. Two .npy files
    without -x and -y are taken as the first and the second variable.
    """
    from mitool.cli.messages import Messages
    from mitool.limits import n_threads
    from mitool.parallel import threads_inside
    from mitool.report import Run

    in_time = times.in_time
    steadying = uncertainties.steadying(in_time=in_time)
    request = Request(
        *(variables, times, inputs, comparison, groups),
        output=outputs.parse(),
        pointwise=parse_pointwise(pointwise, variables, times, inputs, outputs),
        settings=estimators.parse(inputs.missing, normalize, steadying, reduce),
        uncertainty=uncertainties.parse(in_time=in_time, rows_for=rows_for, unit=outputs.units),
    )
    request.check()
    more = {"normalize": normalize, "reduce": reduce, "groups": groups, "units": outputs.units}
    options = (variables, times, inputs, estimators, uncertainties, comparison)
    settings = report_settings(*options, **more, rows_for=rows_for)
    run = Run("estimate", context.obj, settings, n_threads=n_threads(threads))
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"), threads_inside(run.n_threads):
        tables = variables.open(files, inputs, estimators.seed)
        data = request.read(tables, stream, run)
    return _write(request, data, run, messages)


def _write(request: Request, data: Data, run: Run, messages: Messages) -> int:
    """Write local terms first: where an estimator has none, nothing is reported."""
    from mitool.parallel import threads_inside
    from mitool.report import open_report

    if request.pointwise:
        _write_local_terms(request, request.pointwise, data, run)
    with (
        messages.capture(),
        open_report(request.illustrated(data), run, request.fields) as report,
        run.phase("estimate"),
        threads_inside(run.n_threads),
    ):
        for result in _results(request, data, run.n_threads, messages):
            messages.show(report.add(result))
    return report.exit_status


def _write_local_terms(request: Request, output: Output, data: Data, run: Run) -> None:
    """Write what each row adds, of each pair and estimator; rows are numbered as in the input."""
    from mitool.measure.pointwise import FIELDS, local_terms, local_terms_of_many
    from mitool.report import open_report

    first_row, work = request.inputs.first_row, request.work(data)
    act = local_terms if len(work) == 1 else local_terms_of_many
    with open_report(output, run, FIELDS) as report, run.phase("pointwise"):
        for pairing, settings in work:
            terms = act(pairing.x, pairing.y, settings, pairing.fields.get("lag"))
            for record in terms.records(output.unit) if terms else ():
                report.write({**record, "row": first_row + record["row"]})


def _results(
    request: Request, data: Data, n_threads: int, messages: Messages
) -> Iterator[Estimate]:
    """Yield the differences that --compare asks for, or else the estimates."""
    if request.comparison.compare:
        by = (request.settings, request.uncertainty, n_threads)
        yield from request.comparison.differences(data.xs, data.ys, data.compared, *by)
        return
    work = request.work(data)
    is_alone = len(work) == 1
    for pairing, settings in messages.progress(work, len(work), "estimates"):
        how = (settings, request.uncertainty, n_threads)
        yield replace(data.estimate(pairing, *how, is_alone=is_alone), **pairing.fields)
