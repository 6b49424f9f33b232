"""``mitool merge``: the parts of one whole become one report."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from mitool.choices import Unit
from mitool.cli.named_files import Role
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
    Role.READ,
]
Wide = Annotated[
    bool,
    typer.Option("--wide", help="A square table of numbers instead of a row for each pair."),
]


def merge(
    context: typer.Context, parts: Parts, *, wide: Wide = False, outputs: OutputOptions
) -> int:
    """Join the parts that matrix, screen, layers or benchmark wrote with --shard.

    The result is what one run without shards would have written, byte for byte as CSV and JSON
    Lines. Parts of other data, settings or versions are refused, and so are parts that are
    missing, incomplete or there twice. A finished checkpoint is a part too.
    """
    from mitool.cli.batch_reports import written
    from mitool.cli.messages import Messages
    from mitool.report import Run
    from mitool.tasks.merging import merged, opened

    output, whole = outputs.parse(), opened(parts)
    mark, outline = whole[0].fingerprint, whole[0].fingerprint.outline
    output = replace(output, unit=_unit(outline.unit, output.unit, context))
    if wide and outline.square() is None:
        raise UsageError(f"--wide is for a matrix; these are parts of mitool {mark.command}")
    if wide and outline.n_rows > 1:
        raise UsageError("--wide holds one number a pair; these parts have several estimators")
    run = Run(mark.command, context.obj, mark.settings, mark.inputs)
    messages = Messages(run, outputs)
    records = (record.new_to(run) for record in merged(whole))
    followed = messages.progress(records, outline.n_tasks, outline.item_name)
    return written(followed, outline, output, run, messages, wide=wide)


def _unit(found: Unit, asked: Unit, context: typer.Context) -> Unit:
    """Give the unit of the parts; -u may repeat it, and a default is none that was asked for."""
    source = context.get_parameter_source("units")
    if asked != found and source is not None and source.name == "COMMANDLINE":
        raise UsageError(f"the parts are in {found}; leave out -u {asked}")
    return found
