"""The option ``--pointwise``: what each row adds to an estimate, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.cli.reading import Reading
from mitool.cli.times import Arranged
from mitool.cli.writing import Writing
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measure.settings import Settings
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


def checked_pointwise(
    path: Path | None, conditional: bool, reading: Reading, writing: Writing
) -> Output | None:
    """Refuse a file of local terms that could not be written in the end."""
    from mitool.report import Output

    if path is None:
        return None
    if conditional:
        raise UsageError("--pointwise has no conditional form; leave out -z, --transfer or itself")
    if reading.sample is not None:
        raise UsageError("--pointwise numbers the rows of the input; use --rows, not --sample")
    if path.suffix not in SUFFIXES:
        allowed = ", ".join(SUFFIXES)
        raise UsageError(f"--pointwise writes files named {allowed}, got {str(path)!r}")
    return Output.checked(path, unit=writing.units)


def write_pointwise(
    output: Output, run: Run, work: Sequence[tuple[Arranged, Settings]], first_row: int
) -> None:
    """Write the local terms of each pair by each of its estimators; rows count from the first."""
    from mitool.measure.pointwise import FIELDS, local_terms
    from mitool.report import open_report

    with open_report(output, run, FIELDS) as report, run.phase("pointwise"):
        for pair, settings in work:
            terms = local_terms(pair.x, pair.y, settings, pair.words.get("lag"))
            for record in terms.records(output.unit):
                report.write({**record, "row": first_row + record["row"]})
