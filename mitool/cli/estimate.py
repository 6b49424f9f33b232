"""``mitool estimate``: mutual information between columns, or between two array files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import typer

from mitool.cli.choosing import EstimatorOptions
from mitool.cli.comparing import ComparisonOptions
from mitool.cli.doubting import UncertaintyOptions
from mitool.cli.inputs import VariableOptions
from mitool.cli.options import Files, GroupColumns, Normalize, Threads, report_settings
from mitool.cli.pointwise import PointwiseFile, checked_pointwise, write_pointwise
from mitool.cli.reading import InputOptions
from mitool.cli.streaming import StreamOption, is_streamed, needing_whole, stream_estimates
from mitool.cli.times import TimeOptions
from mitool.cli.writing import OutputOptions
from mitool.errors import UsageError

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
    pointwise: PointwiseFile = None,
    inputs: InputOptions,
    estimators: EstimatorOptions,
    groups: GroupColumns = None,
    uncertainties: UncertaintyOptions,
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
    from mitool.report import Run, open_report
    from mitool.uncertainty import assess, attempt

    conditional = bool(variables.given) or times.transfer
    output, rows_output = (
        outputs.parse(),
        checked_pointwise(pointwise, conditional, inputs, outputs),
    )
    settings = [replace(s, normalize=normalize) for s in estimators.parse(inputs.missing)]
    uncertainty = uncertainties.parse(in_time=times.in_time)
    inputs.check_order("time" if times.in_time else uncertainty.order)
    _check_together(comparison, variables, times, groups, normalize)
    wanted = {"normalize": normalize, "groups": groups, "units": outputs.units}
    options = (variables, times, inputs, estimators, uncertainties, comparison)
    run = Run(
        "estimate", context.obj, report_settings(*options, **wanted), n_threads=n_threads(threads)
    )
    messages = Messages(run, outputs)
    parallel = partial(threads_inside, run.n_threads)
    with messages.capture(), run.phase("read"), parallel():
        tables = variables.opened(files, inputs, estimators.seed)
        whole = needing_whole(variables, times, inputs, comparison, groups, pointwise, uncertainty)
        if is_streamed(stream, tables, variables, whole):
            return stream_estimates(tables[0], variables, inputs, settings, output, run, messages)
        more = [spec for spec in (groups, comparison.by) if spec]
        xs, ys, z, others = variables.gathered_with(more, tables, inputs, run)
        rows = others[0] if others else None
        compared = comparison.groups(tables, rows, len(ys))
        pairs = [pair for x in xs for y in ys for pair in times.arranged(x, y, z)]
    work = [(pair, each) for pair in pairs for each in settings]
    if rows_output:  # first: where there are no local terms, nothing is printed
        write_pointwise(rows_output, run, work, inputs.first_row)
    act = assess if len(work) == 1 else attempt
    with messages.capture(), open_report(output, run) as report, run.phase("estimate"), parallel():
        if comparison.compare:
            asked = (settings, uncertainty, run.n_threads)
            for found in comparison.differences(xs, ys, compared, *asked):
                messages.show(report.add(found))
            return report.exit_status
        for pair, each in messages.progress(work, len(work), "estimates"):
            found = act(pair.x, pair.y, pair.given, each, uncertainty, rows, run.n_threads)
            messages.show(report.add(replace(found, **pair.words)))
    return report.exit_status


def _check_together(
    comparison: ComparisonOptions,
    variables: VariableOptions,
    times: TimeOptions,
    groups: str | None,
    normalize: str,
) -> None:
    if comparison.compare and (variables.given or times.in_time or groups):
        raise UsageError("--compare takes no -z, --lag, --transfer or --groups")
    if comparison.compare and normalize != "none":
        raise UsageError("--compare takes no --normalize: a difference is no share of an entropy")
    if groups and times.in_time:
        raise UsageError("--groups and rows in time exclude each other: leave out one")
