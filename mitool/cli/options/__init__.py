"""Single options that more than one command takes, and what the groups of options share.

The groups are ``InputOptions``, ``EstimatorOptions``, ``OutputOptions`` and so on, each in its own
file: a command names a group in its signature and gets all its options; see
``mitool.cli.groups``. Only what works is listed: no option is accepted and ignored.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from mitool.choices import Normalization, Order
from mitool.cli.named_files import Role

Files = Annotated[
    list[str],
    typer.Argument(
        metavar="FILE...",
        help="Table or array file; several are row-wise parts of one table; - is standard input.",
        show_default=False,
    ),
    Role.READ,
]
GroupColumns = Annotated[
    str | None,
    typer.Option(
        "--groups",
        metavar="COLS",
        show_default=False,
        help="Rows of one value belong together (subjects, batches): they are resampled, permuted "
        "and kept aside whole.",
    ),
]
Seed = Annotated[
    int, typer.Option("-s", "--seed", metavar="N", min=0, help="Seed of every random choice.")
]

HoldoutShare = Annotated[
    float,
    typer.Option("--holdout-share", metavar="SHARE", help="Share of the rows to report from."),
]
Normalize = Annotated[
    Normalization,
    typer.Option(
        "--normalize",
        help="Add the share of an entropy (of labels or bins: the smaller, the larger, their "
        "geometric mean, or that of both together), or of the most that labels of these counts "
        "could share (coupling), or r, the correlation of Gaussian variables "
        "of this information.",
    ),
]
RowsFor = Annotated[
    float | None,
    typer.Option(
        "--rows-for",
        metavar="H",
        show_default=False,
        help="With --ci: how many rows an interval of ± H would need, and a test to find an "
        "information of H in 8 of 10 samples; in the unit of the report.",
    ),
]
Reduce = Annotated[
    str | None,
    typer.Option(
        "--reduce",
        metavar="pca:K|cca:K",
        show_default=False,
        help="Project variables of more than K columns to K first, by principal components, or by "
        "canonical directions fitted on one half of the rows; half and twice K stand beside.",
    ),
]
RowOrder = Annotated[
    Order,
    typer.Option("--order", help="Are the rows a time series? auto only warns."),
]
Difference = Annotated[
    bool,
    typer.Option(
        "--difference",
        show_default=False,
        help="Take the step from row to row of every column of numbers.",
    ),
]
Detrend = Annotated[
    int | None,
    typer.Option(
        "--detrend",
        metavar="DEGREE",
        min=1,
        max=3,
        show_default=False,
        help="Subtract a trend in time of this degree (1 is a line) from columns of numbers.",
    ),
]
Threads = Annotated[
    str | None,
    typer.Option(
        "-j",
        "--threads",
        metavar="N",
        show_default=False,
        help="Threads, or auto: as many as affinity, control group and batch system grant; "
        "MITOOL_THREADS sets another default.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def option(*names: str, **more: Any) -> Any:
    """Give an option whose default is not shown unless ``show_default`` says how."""
    return typer.Option(*names, show_default=more.pop("show_default", False), **more)


def report_settings(*groups: Any, **more: Any) -> dict[str, Any]:
    """Give the settings that a report records: what decides the numbers, not the machine."""
    return {name: value for group in groups for name, value in asdict(group).items()} | more
