"""``mitool entropy``: entropies of columns, one by one or taken jointly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.choosing import Choosing
from mitool.cli.options import Files, recorded
from mitool.cli.reading import Reading
from mitool.cli.writing import Writing
from mitool.errors import MitoolError, UsageError
from mitool.result import Note

if TYPE_CHECKING:
    from mitool.tables import Table
    from mitool.variables import Variable

EXAMPLES = (
    (
        "Every column of a table.",
        "mitool entropy sample_data/penguins.csv --format table",
    ),
    (
        "Species and island together, in bits, by counts and by the Bayesian estimator.",
        "mitool entropy sample_data/penguins.csv --cols species,island --joint -e plugin -e nsb "
        "-u bits",
    ),
    (
        "The differential entropy of two columns jointly.",
        "mitool entropy sample_data/gaussian.csv --cols x1,y1 --joint --value",
    ),
)

Columns = Annotated[
    list[str] | None,
    typer.Option(
        "--cols",
        metavar="COLS",
        show_default="all",
        help="Columns, each a variable of its own; repeatable.",
    ),
]
Joint = Annotated[
    bool, typer.Option("--joint", help="Take the columns of each --cols jointly, as one variable.")
]


def entropy(
    context: typer.Context,
    files: Files,
    *,
    cols: Columns = None,
    joint: Joint = False,
    reading: Reading,
    choosing: Choosing,
    writing: Writing,
) -> int:
    """Estimate the entropy of columns of labels, or the differential entropy of numbers.

    COLS is a name, a list a,b of names, a glob gene_* or a range first..last. Differential entropy
    may be negative and changes with the unit of its column.
    """
    from mitool.cli.messages import Voice
    from mitool.measure.entropy import measure_entropy, measure_one_entropy_of_many
    from mitool.report import Run, open_report

    output, settings = writing.checked(), choosing.settings(reading.missing)
    asked = recorded(reading, choosing, cols=cols, joint=joint, units=writing.units)
    run = Run("entropy", context.obj, asked)
    voice = Voice(run, writing)
    with voice.hearing(), run.phase("read"):
        table = reading.open(files, choosing.seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        if joint and not cols:
            raise UsageError("--joint needs --cols, which says what to take together")
        groups, notes = _groups(table, cols, joint) if cols else _worth_it(table, reading)
        voice.say(run.note(notes))
        variables = _gathered(table, groups, reading)
    work = [(variable, each) for variable in variables for each in settings]
    act = measure_entropy if len(work) == 1 else measure_one_entropy_of_many
    with voice.hearing(), open_report(output, run) as report, run.phase("estimate"):
        for job in voice.follow(work, len(work), "entropies"):
            voice.say(report.add(act(*job)))
    return report.exit_status


def _groups(table: Table, cols: Sequence[str], joint: bool) -> tuple[list[list[str]], list[Note]]:
    """Give the columns of each variable that is asked for; of these there is nothing to note."""
    chosen = [table.select(spec) for spec in cols]
    if joint:
        return chosen, []
    return [[name] for name in dict.fromkeys(name for names in chosen for name in names)], []


def _worth_it(table: Table, reading: Reading) -> tuple[list[list[str]], list[Note]]:
    """Of all columns of a table leave out what names every row, or has no value, with a note."""
    from mitool.tasks.columns import reason_to_skip, usable

    labels = reading.declared(table.names)[0]
    names, notes = usable(table)
    columns = table.read(names)
    reasons = [reason_to_skip(column, column.name in labels) for column in columns]
    skipped = [why if why and why.code != "constant" else None for why in reasons]
    kept = [[name] for name, why in zip(names, skipped, strict=True) if why is None]
    if not kept:
        raise MitoolError(f"{table.label} has no column with an entropy worth estimating")
    return kept, [*notes, *(why for why in skipped if why)]


def _gathered(table: Table, groups: Sequence[Sequence[str]], reading: Reading) -> list[Variable]:
    read = table.read([name for names in groups for name in names])
    reading.refuse_identifiers(read, table.names)
    return [reading.gather(table.read(names), table.names) for names in groups]
