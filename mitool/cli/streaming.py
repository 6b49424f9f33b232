"""``estimate --stream``: tables larger than memory, in batches of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.comparing import Comparing
from mitool.cli.inputs import Sides
from mitool.cli.reading import Reading
from mitool.cli.times import Times
from mitool.errors import MitoolError, UsageError

if TYPE_CHECKING:
    from mitool.cli.batching import Batching
    from mitool.cli.messages import Voice
    from mitool.measure.settings import Settings
    from mitool.report import Output, Run
    from mitool.tables import Table
    from mitool.uncertainty import Uncertainty

StreamOption = Annotated[
    bool,
    typer.Option(
        "--stream",
        show_default=False,
        help="Read in batches of rows, in bounded memory, for estimates alone; by itself where "
        "the columns would not fit in memory.",
    ),
]


StreamAll = Annotated[
    bool,
    typer.Option(
        "--stream",
        show_default=False,
        help="Read in batches of rows, in bounded memory, for estimates alone.",
    ),
]


def needing_whole(
    sides: Sides,
    times: Times,
    reading: Reading,
    comparing: Comparing,
    groups: str | None,
    pointwise: Path | None,
    uncertainty: Uncertainty,
) -> list[str]:
    """Name the options given that need all rows at once."""
    given: Mapping[str, object] = {
        "-z": sides.given,
        "--lag and --transfer": times.in_time,
        "--sample": reading.sample,
        "--compare": comparing.compare,
        "--groups": groups,
        "--pointwise": pointwise,
        "intervals": uncertainty.level,
        "tests": uncertainty.tests,
    }
    return [name for name, value in given.items() if value]


def is_streamed(asked: bool, tables: Sequence[Table], sides: Sides, whole: Sequence[str]) -> bool:
    """Decide whether to stream: where it is asked for, or where memory would not do."""
    if asked and len(tables) != 1:
        raise UsageError("--stream takes one table; name columns with -x and -y")
    if asked and whole:
        raise UsageError(f"--stream gives estimates alone; leave out {', '.join(whole)}")
    if asked or len(tables) != 1 or "--sample" in whole:
        return asked
    from mitool.limits import free_memory

    names = [name for group in sides.named(tables[0]) for names in group for name in names]
    needed, free = tables[0].bytes_when_read(names), free_memory()
    if needed > free and whole:
        raise MitoolError(
            f"the columns need about {needed / 1e6:,.0f} MB and {free / 1e6:,.0f} MB are free; "
            f"--sample N takes fewer rows, or leave out {', '.join(whole)}, which need them all"
        )
    return needed > free


def stream_estimates(
    table: Table,
    sides: Sides,
    reading: Reading,
    settings: Sequence[Settings],
    output: Output,
    run: Run,
    voice: Voice,
) -> int:
    """Estimate every pair from batches of rows, and report as ``estimate`` does."""
    from mitool.report import open_report
    from mitool.streaming import Stream, check_auto, counts_of, streamed, streamed_one_of_many

    xs, ys, _ = sides.named(table)
    counts = [c for each in settings for c in counts_of(each, table, (*xs[0], *ys[0]))]
    stream = Stream(table, reading.declared(table.names), run.n_threads)
    stream.survey([(x, y) for x in xs for y in ys], list(dict.fromkeys(counts)))
    run.inputs = [asdict(entry) for entry in table.inputs]
    for survey in stream.surveys.values():
        if survey.is_identifier:
            reading.refuse_identifier(survey.name, table.names)
    firsts, seconds = ([stream.variable(names) for names in group] for group in (xs, ys))
    check_auto(settings, [(x, y) for x in firsts for y in seconds], table)
    work = [(x, y, each) for x in firsts for y in seconds for each in settings]
    act = streamed if len(work) == 1 else streamed_one_of_many
    with open_report(output, run) as report:
        for x, y, each in voice.follow(work, len(work), "estimates"):
            voice.say(report.add(act(stream, x, y, each)))
    return report.exit_status


def check_stream(
    reading: Reading, uncertainty: Uncertainty, adjust: str | None, batching: Batching
) -> None:
    """Refuse what a matrix in batches of rows cannot give."""
    given: Mapping[str, object] = {
        "--sample": reading.sample,
        "intervals": uncertainty.level,
        "tests": uncertainty.tests,
        "--adjust": adjust,
        "--shard, --checkpoint and --scheduler": batching.is_asked,
        "--dry-run": batching.dry_run,
    }
    unwanted = [name for name, value in given.items() if value]
    if unwanted:
        raise UsageError(f"--stream gives estimates alone; leave out {', '.join(unwanted)}")


def stream_matrix(
    table: Table,
    columns: tuple[list[str], list[str] | None, tuple[frozenset[str], frozenset[str]]],
    settings: Sequence[Settings],
    output: Output,
    run: Run,
    voice: Voice,
    *,
    wide: bool,
) -> int:
    """Estimate all pairs from batches of rows, and report as ``matrix`` does.

    ``columns`` are those to pair, those to pair them with if others, and those decided.
    """
    from mitool.cli.recording import written
    from mitool.streaming.many import Many
    from mitool.tasks import Square

    chosen, others, decided = columns
    many = Many.planned(table, chosen, others, settings, decided, run.n_threads)
    run.inputs = [asdict(entry) for entry in table.inputs]
    voice.say(run.note(many.notes))
    square = Square(many.pairs, [variable.name for variable in many.variables]) if wide else None
    records = (record.new_to(run) for record in many.records(output.unit))
    return written(voice.follow(records, len(many.pairs), "pairs"), output, run, voice, square)
