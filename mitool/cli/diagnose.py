"""``mitool diagnose``: whether an estimate is to be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mitool.cli.choosing import Choosing
from mitool.cli.inputs import Sides
from mitool.cli.options import Files, recorded
from mitool.cli.reading import Reading
from mitool.cli.writing import Writing
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
    sides: Sides,
    reading: Reading,
    choosing: Choosing,
    writing: Writing,
    plot: Plot = None,
) -> int:
    """Check an estimate from every side, and say in words whether to trust it.

    The first row is the estimate with its interval and the verdict: trust, caution or do not
    report. The rows below make it again with other numbers of neighbours, from fewer rows, on
    other scales of the columns and with other bandwidths.
    """
    from mitool.checks import checks
    from mitool.cli.messages import Voice
    from mitool.diagnosis import diagnose as examine
    from mitool.report import Run, open_report

    output, settings = writing.checked(), choosing.settings(reading.missing)
    run = Run("diagnose", context.obj, recorded(sides, reading, choosing, units=writing.units))
    voice = Voice(run, writing)
    with voice.hearing(), run.phase("read"):
        xs, ys, z = sides.gathered(files, reading, choosing.seed, run)
    tasks = [(x, y, z, how) for x in xs for y in ys for how in settings]
    if plot and len(tasks) > 1:
        raise UsageError("--plot draws one estimate; give one -x, one -y and one -e")
    with voice.hearing(), open_report(output, run) as report, run.phase("diagnose"):
        for task in voice.follow(tasks, len(tasks), "diagnoses"):
            diagnosis = examine(*task)
            for check in checks(diagnosis):
                voice.say(report.add(check))
            voice.say(run.note([diagnosis.note]))
            if plot:
                from mitool.plots import draw

                draw(diagnosis.sweeps, plot)
    return report.exit_status
