"""``mitool simulate``: samples whose mutual information is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from mitool.cli.named_files import Role
from mitool.cli.options import Seed
from mitool.errors import UsageError

EXAMPLES = (
    ("What there is.", "mitool simulate"),
    ("What one of them is, and its parameters.", "mitool simulate student --describe"),
    (
        "A sample as a table on standard output, its truth on standard error.",
        "mitool simulate sine -p periods=2 -n 500 -s 1 | mitool estimate - -x x -y y --value",
    ),
    (
        "Ten columns a side, with their truth in the file.",
        "mitool simulate gaussian -p dim_x=10 -p dim_y=10 -o sample.parquet",
    ),
)

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME]",
        help="Distribution; without it, all are listed.",
        show_default=False,
    ),
]
Size = Annotated[int, typer.Option("-n", "--rows", metavar="N", min=1, help="Rows to draw.")]
Param = Annotated[
    list[str] | None,
    typer.Option(
        "-p",
        "--param",
        metavar="KEY=VALUE",
        help="Parameter of the distribution; repeatable.",
        show_default=False,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "-o",
        "--output",
        metavar="FILE",
        help="Write to FILE; its suffix is the format, and - is standard output.",
        show_default=False,
    ),
    Role.WRITTEN,
]
FormatName = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="csv, tsv, parquet, feather, npy or npz.",
        show_default="by the suffix of FILE, else csv",
    ),
]
Meta = Annotated[
    Path | None,
    typer.Option(
        "--meta", metavar="FILE", help="Write the truth to FILE, as JSON.", show_default=False
    ),
    Role.WRITTEN,
]
Quiet = Annotated[
    bool, typer.Option("-q", "--quiet", help="Do not say the truth on standard error.")
]
Help = Annotated[
    bool, typer.Option("--describe", help="Describe NAME and its parameters, and draw nothing.")
]


def simulate(
    name: Name = None,
    *,
    n_samples: Size = 1000,
    seed: Seed = 0,
    param: Param = None,
    output: Output = None,
    format: FormatName = None,  # noqa: A002
    meta: Meta = None,
    describe: Help = False,
    quiet: Quiet = False,
) -> None:
    """Draw samples of distributions with exactly known mutual information.

    Columns are x, y and z, numbered where there are several. The truth, in nats, is said on
    standard error; Parquet and Feather files hold it too. Without NAME, what there is to
    draw is listed.
    """
    from mitool.simulate.listing import description, listing

    if name is None and (param or output or meta):
        raise UsageError("name a distribution to draw; mitool simulate lists them")
    if name is None or describe:
        print("\n".join(listing() if name is None else description(name)))
        return
    from mitool.simulate import labelled
    from mitool.simulate.export import draw_to, form_of, write_record

    path = None if output is None or str(output) == "-" else output
    form = form_of(path, format, on_terminal=sys.stdout.isatty())
    record = draw_to(path, form, labelled(name, param or []), n_samples, seed)
    if meta is not None:
        write_record(record, meta)
    if not quiet:
        truth = f"{record['quantity']} = {record['truth']!r} nats in {record['distribution']}"
        print(f"mitool: {truth}", file=sys.stderr)
