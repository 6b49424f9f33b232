"""``mitool estimate``: mutual information between columns, or between two array files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.doubting import Doubting
from mitool.cli.options import Choosing, Files, Normalize, Reading, Writing, recorded
from mitool.cli.pointwise import PointwiseFile, checked_pointwise, write_pointwise
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.tables import Table
    from mitool.variables import Variable

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
)

Several = list[str] | None

X = Annotated[
    Several,
    typer.Option(
        "-x",
        metavar="COLS",
        show_default=False,
        help="Columns of the first variable, taken jointly; repeated, each is one more variable.",
    ),
]
Y = Annotated[
    Several,
    typer.Option("-y", metavar="COLS", show_default=False, help="Columns of the second variable."),
]
Given = Annotated[
    str | None,
    typer.Option(
        "-z", "--given", metavar="COLS", show_default=False, help="Columns to condition on."
    ),
]


def estimate(
    context: typer.Context,
    files: Files,
    *,
    x: X = None,
    y: Y = None,
    given: Given = None,
    normalize: Normalize = "none",
    pointwise: PointwiseFile = None,
    reading: Reading,
    choosing: Choosing,
    doubting: Doubting,
    writing: Writing,
) -> int:
    """Estimate the mutual information of columns, or of two array files.

    COLS is a name, a list a,b of names, a glob gene_* or a range first..last; its columns are
    taken jointly, as one variable. Several -x and -y give all combinations. Two .npy files
    without -x and -y are taken as the first and the second variable.
    """
    from mitool.cli.messages import Voice
    from mitool.report import Run, open_report
    from mitool.uncertainty import assess, attempt

    output, rows_output = writing.checked(), checked_pointwise(pointwise, given, writing)
    settings = [replace(s, normalize=normalize) for s in choosing.settings(reading.missing)]
    uncertainty = doubting.asked()
    wanted = {"x": x, "y": y, "given": given, "normalize": normalize, "units": writing.units}
    run = Run("estimate", context.obj, recorded(reading, choosing, doubting, **wanted))
    voice = Voice(run, writing)
    with voice.hearing(), run.phase("read"):
        tables = _opened(files, x, y, reading, choosing.seed)
        run.inputs = [asdict(entry) for table in tables for entry in table.inputs]
        xs, ys, condition = _gathered(tables, x, y, given, reading)
        z = condition[0] if condition else None
    work = [(a, b, z, each) for a in xs for b in ys for each in settings]
    if rows_output:  # first: where there are no local terms, nothing is printed
        write_pointwise(rows_output, run, [(a, b, each) for a, b, _, each in work])
    act = assess if len(work) == 1 else attempt
    with voice.hearing(), open_report(output, run) as report, run.phase("estimate"):
        for job in voice.follow(work, len(work), "estimates"):
            voice.say(report.add(act(*job, uncertainty)))
    return report.exit_status


def _opened(
    files: Sequence[str], x: Several, y: Several, reading: Reading, seed: int
) -> list[Table]:
    """Open the files as one table, or as two where each is a variable."""
    if x or y or len(files) != 2:
        return [reading.open(files, seed)]
    tables = [reading.open([file], seed) for file in files]
    if any(entry.format != "npy" for table in tables for entry in table.inputs):
        raise UsageError("name columns with -x and -y; only two .npy files can do without")
    return tables


def _gathered(
    tables: Sequence[Table], x: Several, y: Several, given: str | None, reading: Reading
) -> list[list[Variable]]:
    """Give the variables of x, of y and of the condition."""
    if len(tables) == 2:
        if given:
            raise UsageError("-z names columns of a table; two array files have only x and y")
        return [*_arrays(tables, reading), []]
    table = tables[0]
    lacking = [name for name, specs in (("-x", x), ("-y", y)) if not specs]
    if lacking:
        shown = ", ".join(table.names[:10]) + (", …" if len(table.names) > 10 else "")
        raise UsageError(f"name columns with {' and '.join(lacking)}; {table.label} has {shown}")
    specs = (x or [], y or [], [given] if given else [])
    groups = [[table.select(spec) for spec in group] for group in specs]
    read = table.read([name for group in groups for names in group for name in names])
    reading.refuse_identifiers(read, table.names)
    return [[reading.gather(table.read(names), table.names) for names in group] for group in groups]


def _arrays(tables: Sequence[Table], reading: Reading) -> list[list[Variable]]:
    """Take each array as one variable, its columns named after its file."""
    paths = [Path(table.inputs[0].path) for table in tables]
    by_stem = paths[0].stem != paths[1].stem
    found = []
    for path, table in zip(paths, tables, strict=True):
        name = path.stem if by_stem else str(path)
        names = [f"{name}_{i + 1}" for i in range(len(table.names))]
        if len(names) == 1:
            names = [name]
        columns = zip(table.read(table.names), names, strict=True)
        found.append([replace(column, name=new) for column, new in columns])
    known = [column.name for columns in found for column in columns]
    return [[reading.gather(columns, known)] for columns in found]
