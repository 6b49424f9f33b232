"""The option ``--stream``: whether a table is read in batches of rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.options.input import InputOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.cli.options.batch import BatchOptions
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


def check_stream(
    inputs: InputOptions, uncertainty: Uncertainty, adjust: str | None, batching: BatchOptions
) -> None:
    """Refuse what a matrix in batches of rows cannot give."""
    given: Mapping[str, object] = {
        "--sample": inputs.sample,
        "intervals": uncertainty.level,
        "tests": uncertainty.tests,
        "--adjust": adjust,
        "--shard, --checkpoint and --scheduler": batching.is_batched,
        "--dry-run": batching.dry_run,
    }
    unwanted = [name for name, value in given.items() if value]
    if unwanted:
        raise UsageError(f"--stream gives estimates alone; leave out {', '.join(unwanted)}")
