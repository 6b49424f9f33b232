"""``mitool report``: a report that was written before, as a page or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mitool.cli.named_files import Role
from mitool.errors import UsageError

EXAMPLES = (
    (
        "A page of a matrix, to read and to send.",
        "mitool matrix sample_data/wine.csv -o wine.json && mitool report wine.json -o wine.html",
    ),
    (
        "The same of a report in CSV, whose run is told by another file.",
        "mitool screen sample_data/penguins.csv -t species -o s.csv --meta s.meta.json && "
        "mitool report s.csv --meta s.meta.json -o s.html",
    ),
)

Written = Annotated[
    Path,
    typer.Argument(
        metavar="REPORT",
        help="A report as JSON, or as JSON Lines, CSV or TSV with --meta.",
        show_default=False,
    ),
    Role.READ,
]
Meta = Annotated[
    Path | None,
    typer.Option(
        "--meta",
        metavar="FILE",
        show_default=False,
        help="What --meta wrote beside the report, where that is not JSON.",
    ),
    Role.READ,
]
Target = Annotated[
    Path,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        show_default=False,
        help="The page (.html), or a picture (.png, .svg, .pdf).",
    ),
    Role.WRITTEN,
]


def report(context: typer.Context, written: Written, output: Target, meta: Meta = None) -> int:
    """Make a page, or a picture, of a report that was written before.

    The page is one file that needs no network: the answer, the results, pictures, warnings, a
    paragraph on methods with citations, and the command that made it. Nothing is estimated again.
    """
    from mitool.errors import ExitStatus
    from mitool.pages.written import read_report
    from mitool.report.atomic import atomic

    is_page = output.suffix in (".html", ".htm")
    if not is_page and output.suffix not in (".png", ".svg", ".pdf"):
        raise UsageError(f"-o must be named .html, .png, .svg or .pdf, got {output.name!r}")
    if is_page:
        from mitool.pages import Page as Form
    else:
        from mitool.plots import Drawing as Form  # type: ignore[assignment]
    form = Form.checked(output)
    found = read_report(written, meta)
    with atomic(output) as file:
        form.write(file, found.rows, found.fields, found.record)
    return ExitStatus.OK
