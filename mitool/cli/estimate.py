"""``mitool estimate``: mutual information between columns, or between two array files."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import typer

from mitool.cli.choosing import Choosing
from mitool.cli.comparing import Comparing
from mitool.cli.doubting import Doubting
from mitool.cli.inputs import Sides
from mitool.cli.options import Files, GroupColumns, Normalize, Threads, recorded
from mitool.cli.pointwise import PointwiseFile, checked_pointwise, write_pointwise
from mitool.cli.reading import Reading
from mitool.cli.streaming import StreamOption, is_streamed, needing_whole, stream_estimates
from mitool.cli.times import Times
from mitool.cli.writing import Writing
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
    sides: Sides,
    times: Times,
    normalize: Normalize = "none",
    pointwise: PointwiseFile = None,
    reading: Reading,
    choosing: Choosing,
    groups: GroupColumns = None,
    doubting: Doubting,
    comparing: Comparing,
    stream: StreamOption = False,
    threads: Threads = None,
    writing: Writing,
) -> int:
    """Estimate the mutual information of columns, or of two array files.

    COLS is a name, a list a,b of names, a glob gene_* or a range first..last; its columns are
    taken jointly, as one variable. Several -x and -y give all combinations. Two .npy files
    without -x and -y are taken as the first and the second variable.
    """
    from mitool.cli.messages import Voice
    from mitool.limits import n_threads
    from mitool.parallel import threads_inside
    from mitool.report import Run, open_report
    from mitool.uncertainty import assess, assess_one_of_many

    conditional = bool(sides.given) or times.transfer
    output, rows_output = (
        writing.checked(),
        checked_pointwise(pointwise, conditional, reading, writing),
    )
    settings = choosing.settings(reading.missing, normalize)
    uncertainty = doubting.asked(in_time=times.in_time)
    reading.check_order("time" if times.in_time else uncertainty.order)
    _check_together(comparing, sides, times, groups, normalize)
    wanted = {"normalize": normalize, "groups": groups, "units": writing.units}
    options = (sides, times, reading, choosing, doubting, comparing)
    run = Run("estimate", context.obj, recorded(*options, **wanted), n_threads=n_threads(threads))
    voice = Voice(run, writing)
    parallel = partial(threads_inside, run.n_threads)
    with voice.hearing(), run.phase("read"), parallel():
        tables = sides.opened(files, reading, choosing.seed)
        whole = needing_whole(sides, times, reading, comparing, groups, pointwise, uncertainty)
        if is_streamed(stream, tables, sides, whole):
            return stream_estimates(tables[0], sides, reading, settings, output, run, voice)
        rows = {"--groups": groups, "--by": comparing.by}
        xs, ys, z, named = sides.gathered_with(rows, tables, reading, run)
        together, by = named.get("--groups"), named.get("--by")
        compared = comparing.groups(tables, by, len(ys))
        pairs = [pair for x in xs for y in ys for pair in times.arranged(x, y, z)]
    work = [(pair, each) for pair in pairs for each in settings]
    if rows_output:  # first: where there are no local terms, nothing is printed
        write_pointwise(rows_output, run, work, reading.first_row)
    act = assess if len(work) == 1 else assess_one_of_many
    with voice.hearing(), open_report(output, run) as report, run.phase("estimate"), parallel():
        if comparing.compare:
            asked = (settings, uncertainty, run.n_threads)
            for found in comparing.differences(xs, ys, compared, *asked):
                voice.say(report.add(found))
            return report.exit_status
        for pair, each in voice.follow(work, len(work), "estimates"):
            found = act(pair.x, pair.y, pair.given, each, uncertainty, together, run.n_threads)
            voice.say(report.add(replace(found, **pair.words)))
    return report.exit_status


def _check_together(
    comparing: Comparing, sides: Sides, times: Times, groups: str | None, normalize: str
) -> None:
    if comparing.compare and (sides.given or times.in_time or groups):
        raise UsageError("--compare takes no -z, --lag, --transfer or --groups")
    if comparing.compare and normalize != "none":
        raise UsageError("--compare takes no --normalize: a difference is no share of an entropy")
    if groups and times.in_time:
        raise UsageError("--groups and rows in time exclude each other: leave out one")
