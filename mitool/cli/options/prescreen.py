"""The options that have few of many pairs chosen before they are estimated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import PairHoldout
from mitool.cli.options import HoldoutShare

if TYPE_CHECKING:
    from mitool.tasks.prescreening import Prescreen


@dataclass(frozen=True)
class PrescreenOptions:
    """How many partners each column keeps, and from which rows they are reported."""

    prescreen: Annotated[
        int | None,
        typer.Option(
            "--prescreen",
            metavar="K",
            show_default=False,
            help="Look at all pairs by equally full bins, less what chance shares, and estimate "
            "each column of --cols with its K best partners alone.",
        ),
    ] = None
    holdout: Annotated[
        PairHoldout,
        typer.Option(
            "--holdout",
            help="With --prescreen: report from rows that did not choose; auto splits where "
            "intervals or tests are wanted.",
        ),
    ] = "auto"
    holdout_share: HoldoutShare = 0.5

    def parse(self) -> Prescreen | None:
        """Give the checked plan, if pairs are to be chosen."""
        if self == PrescreenOptions():
            return None
        from mitool.tasks.prescreening import Prescreen

        return Prescreen.asked(self.prescreen, self.holdout, self.holdout_share)
