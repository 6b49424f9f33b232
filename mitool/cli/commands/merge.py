"""``mitool merge``: the parts of one whole become one report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mitool.cli.options.output import OutputOptions
from mitool.errors import UsageError

EXAMPLES = (
    (
        "Two shares of one matrix, and the whole.",
        "mitool matrix sample_data/penguins.csv --shard 1/2 -o 1.part && "
        "mitool matrix sample_data/penguins.csv --shard 2/2 -o 2.part && "
        "mitool merge 1.part 2.part --format csv",
    ),
)

Parts = Annotated[
    list[Path],
    typer.Argument(
        metavar="PART...", help="What the shards wrote with -o, in any order.", show_default=False
    ),
]
Wide = Annotated[
    bool,
    typer.Option("--wide", help="A square table of numbers instead of a row for each pair."),
]


def merge(
    context: typer.Context, parts: Parts, *, wide: Wide = False, outputs: OutputOptions
) -> int:
    """Join the parts that matrix, screen or benchmark wrote with --shard.

    The result is what one run without shards would have written, byte for byte as CSV and JSON
    Lines. Parts of other data, settings or versions are refused, and so are parts that are
    missing, incomplete or there twice. A finished checkpoint is a part too.
    """
    from mitool.cli.messages import Messages
    from mitool.cli.records import written
    from mitool.report import Run
    from mitool.tasks import Square
    from mitool.tasks.merging import merged, opened
    from mitool.tasks.records import ITEMS

    output, whole = outputs.parse(), opened(parts)
    mark = whole[0].fingerprint
    if output.unit != mark.settings["units"]:
        raise UsageError(f"the parts are in {mark.settings['units']}; leave out -u")
    if wide and mark.command != "matrix":
        raise UsageError(f"--wide is for a matrix; these are parts of mitool {mark.command}")
    if wide and mark.n_each > 1:
        raise UsageError("--wide holds one number a pair; these parts have several estimators")
    run = Run(mark.command, context.obj, mark.settings, mark.inputs)
    messages = Messages(run, outputs)
    records = messages.progress(
        (r.new_to(run) for r in merged(whole)), len(mark.pairs), ITEMS[mark.command]
    )
    square = Square(mark.pairs, mark.names) if wide else None
    return written(records, output, run, messages, square)
