"""The option ``--pointwise``: a file of what each row adds to an estimate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.named_files import Role
from mitool.cli.options.input import InputOptions
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.times import TimeOptions
from mitool.cli.options.variables import VariableOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.report import Output

SUFFIXES = (".csv", ".jsonl", ".parquet")

PointwiseFile = Annotated[
    Path | None,
    typer.Option(
        "--pointwise",
        metavar="FILE",
        show_default=False,
        help="Write what each row adds, whose mean is the estimate, to a .csv, .jsonl or .parquet.",
    ),
    Role.WRITTEN,
]


def parse_pointwise(
    path: Path | None,
    variables: VariableOptions,
    times: TimeOptions,
    inputs: InputOptions,
    outputs: OutputOptions,
) -> Output | None:
    """Give where local terms go, None if nowhere; refuse what could not be written in the end."""
    if path is None:
        return None
    if variables.given or times.transfer:
        raise UsageError("--pointwise has no conditional form; leave out -z, --transfer or itself")
    if inputs.sample is not None:
        raise UsageError("--pointwise numbers the rows of the input; use --rows, not --sample")
    return checked_pointwise(path, outputs)


def checked_pointwise(path: Path | None, outputs: OutputOptions) -> Output | None:
    """Give where records of rows go, None if nowhere; refuse other formats."""
    from mitool.report import Output

    if path is None:
        return None
    if path.suffix not in SUFFIXES:
        allowed = ", ".join(SUFFIXES)
        raise UsageError(f"--pointwise writes files named {allowed}, got {str(path)!r}")
    return Output.checked(path, unit=outputs.units)
