"""The options of ranking: by what, how many, and from which rows they are reported."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import Criterion, Holdout
from mitool.cli.named_files import Role
from mitool.cli.options import HoldoutShare
from mitool.cli.options.adjustment import Adjust

if TYPE_CHECKING:
    from mitool.screening import Plan


@dataclass(frozen=True)
class RankingOptions:
    """How columns are put in order, and what is said of their places."""

    method: Annotated[
        Criterion,
        typer.Option(
            "--method",
            help="Rank by MI alone, by what each adds to those before it (pursuit: by smaller "
            "conformal sets of a classifier), or by its Shapley share of what all tell.",
        ),
    ] = "mi"
    top: Annotated[
        int | None,
        typer.Option("--top", metavar="K", show_default=False, help="Report only the K best."),
    ] = None
    holdout: Annotated[
        Holdout,
        typer.Option(
            "--holdout",
            help="Report from rows that did not choose: auto splits where columns are chosen; "
            "reusable answers from the same rows again and again, within a budget.",
        ),
    ] = "auto"
    holdout_share: HoldoutShare = 0.5
    budget_file: Annotated[
        Path | None,
        typer.Option(
            "--budget-file",
            metavar="FILE",
            show_default=False,
            help="What a reusable holdout has left; made if missing.",
        ),
        Role.KEPT,
    ] = None
    budget: Annotated[
        int,
        typer.Option("--budget", metavar="N", min=1, help="Answers a new budget file allows."),
    ] = 100
    adjust: Adjust = None
    resolve_top: Annotated[
        int | None,
        typer.Option(
            "--resolve-top",
            metavar="K",
            show_default=False,
            help="Resample until the order of the K best is settled, and tell which ranks are "
            "open.",
        ),
    ] = None

    def parse(self) -> Plan:
        """Give the checked plan."""
        from mitool.screening import Plan

        return Plan(**vars(self))
