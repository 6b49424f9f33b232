"""The option ``--pointwise``: what each row adds to an estimate, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.inputs import VariableOptions
from mitool.cli.reading import InputOptions
from mitool.cli.times import Pairing, TimeOptions
from mitool.cli.writing import OutputOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.method import Settings
    from mitool.report import Output, Run

SUFFIXES = (".csv", ".jsonl", ".parquet")

PointwiseFile = Annotated[
    Path | None,
    typer.Option(
        "--pointwise",
        metavar="FILE",
        show_default=False,
        help="Write what each row adds, whose mean is the estimate, to a .csv, .jsonl or .parquet.",
    ),
]


def parse_pointwise(
    path: Path | None,
    variables: VariableOptions,
    times: TimeOptions,
    inputs: InputOptions,
    outputs: OutputOptions,
) -> Output | None:
    """Give where local terms go, None if nowhere; refuse what could not be written in the end."""
    from mitool.report import Output

    if path is None:
        return None
    if variables.given or times.transfer:
        raise UsageError("--pointwise has no conditional form; leave out -z, --transfer or itself")
    if inputs.sample is not None:
        raise UsageError("--pointwise numbers the rows of the input; use --rows, not --sample")
    if path.suffix not in SUFFIXES:
        allowed = ", ".join(SUFFIXES)
        raise UsageError(f"--pointwise writes files named {allowed}, got {str(path)!r}")
    return Output.checked(path, unit=outputs.units)


def write_pointwise(
    output: Output, run: Run, work: Sequence[tuple[Pairing, Settings]], first_row: int
) -> None:
    """Write the local terms of each pair and estimator; ``first_row`` is the number of row 0."""
    from mitool.pointwise import FIELDS, local_terms
    from mitool.report import open_report

    with open_report(output, run, FIELDS) as report, run.phase("pointwise"):
        for pairing, settings in work:
            terms = local_terms(pairing.x, pairing.y, settings, pairing.fields.get("lag"))
            for record in terms.records(output.unit):
                report.write({**record, "row": first_row + record["row"]})
