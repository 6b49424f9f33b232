"""``mitool screen``: rank all columns against a target, honestly after the choice."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.batching import Batching
from mitool.cli.choosing import Choosing
from mitool.cli.doubting import Doubting
from mitool.cli.options import Files, GroupColumns, Normalize, recorded
from mitool.cli.ranking import Ranking
from mitool.cli.reading import Reading
from mitool.cli.writing import Writing
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
    from mitool.result import Note
    from mitool.tables import Table
    from mitool.variables import Variable

EXAMPLES = (
    (
        "Which columns tell most of the species?",
        "mitool screen sample_data/penguins.csv -t species --format csv",
    ),
    (
        "The three that together tell most, reported from rows that did not choose them.",
        "mitool screen sample_data/penguins.csv -t species --method jmi -e bins --top 3 --ci 0.95 "
        "--format csv",
    ),
    (
        "All columns with the weight, at a false-discovery rate.",
        "mitool screen sample_data/penguins.csv -t body_mass_g --permutations 199 --adjust bh "
        "--format csv",
    ),
)

Target = Annotated[
    str,
    typer.Option("-t", "--target", metavar="COLS", help="What to rank against, taken jointly."),
]
Cols = Annotated[
    list[str] | None,
    typer.Option(
        "--cols",
        metavar="COLS",
        show_default=False,
        help="Columns to rank, each by itself; all others if not given.",
    ),
]
Given = Annotated[
    str | None,
    typer.Option(
        "-z", "--given", metavar="COLS", show_default=False, help="Columns to condition on."
    ),
]


def screen(
    context: typer.Context,
    files: Files,
    *,
    target: Target,
    cols: Cols = None,
    given: Given = None,
    groups: GroupColumns = None,
    ranking: Ranking,
    normalize: Normalize = "none",
    reading: Reading,
    choosing: Choosing,
    doubting: Doubting,
    sharing: Batching,
    writing: Writing,
) -> int:
    """Rank columns by their mutual information with a target.

    Columns of any kind, the best first. Where only the best are reported they come from rows that
    did not choose them; otherwise the best would look better than they are.

    Columns that are ranked one by one, by the method mi, can be shared out among jobs (--shard) or
    kept in a checkpoint, or done on a cluster; the report is the same byte for byte.
    """
    from mitool.cli.messages import Voice
    from mitool.cli.recording import written, written_forecast
    from mitool.limits import one_blas_thread
    from mitool.report import FIELDS, Run, open_report
    from mitool.screening import Question
    from mitool.screening import screen as ranked
    from mitool.tasks.forecast import forecast

    sharing.check(writing)
    output, settings = sharing.output(writing), _only(choosing.settings(reading.missing, normalize))
    plan, uncertainty = ranking.plan(), doubting.asked()
    reading.check_order(uncertainty.order)
    names = {"target": target, "cols": cols, "given": given, "groups": groups}
    wanted = {**names, "normalize": normalize, "units": writing.units}
    asked = recorded(ranking, reading, choosing, doubting, **wanted)
    run = Run("screen", context.obj, asked, n_threads=sharing.n_threads())
    voice = Voice(run, writing)
    with voice.hearing(), run.phase("read"):
        table = reading.open(files, choosing.seed)
        run.inputs = [asdict(entry) for entry in table.inputs]
        reading.refuse_identifiers(table.read(table.select(target)), table.names)
        columns, notes = _candidates(table, cols, [target, given, groups], reading)
        voice.say(run.note(notes))
        y, z, together = (_joint(table, spec, reading) for spec in (target, given, groups))
    assert y is not None  # the target is required
    question = Question(y, z, together, settings, uncertainty, run.n_threads)
    if sharing.is_asked or sharing.dry_run:
        from mitool.screening.columns import Columns

        batch = Columns(columns, question, plan)
        if sharing.dry_run:
            share = sharing.share(writing)
            return written_forecast(forecast(batch, share, run.n_threads), output)
        with voice.hearing(), run.phase("screen"), sharing.course(writing, batch, run) as course:
            found = course.records(batch, run, output.unit)
            followed = voice.follow(found, course.shard.n_pairs(len(columns)), "columns")
            return written(followed, None if sharing.shard else output, run, voice)
    with (
        voice.hearing(),
        open_report(output, run, (*FIELDS, *ranking.fields())) as report,
        run.phase("screen"),
        one_blas_thread(),
    ):
        for place in ranked(columns, question, plan, partial(voice.follow, what="columns")):
            voice.say(report.add(place.estimate, **place.fields(writing.units)))
    return report.exit_status


def _only(settings: list[Settings]) -> Settings:
    if len(settings) > 1:
        raise UsageError("columns are ranked by one estimator; name one with -e")
    return settings[0]


def _joint(table: Table, spec: str | None, reading: Reading) -> Variable | None:
    if spec is None:
        return None
    return reading.gather(table.read(table.select(spec)), table.names)


def _candidates(
    table: Table, cols: list[str] | None, others: list[str | None], reading: Reading
) -> tuple[list[Variable], list[Note]]:
    """Every column that may be ranked: not the target, the condition or the groups."""
    from mitool.tasks.columns import usable, variables_of

    taken = {name for spec in others if spec for name in table.select(spec)}
    readable, notes = usable(table) if not cols else ([], [])
    chosen = [name for spec in cols for name in table.select(spec)] if cols else readable
    wanted = [name for name in dict.fromkeys(chosen) if name not in taken]
    variables, more = variables_of(table.read(wanted), *reading.declared(table.names))
    return variables, [*notes, *more]
