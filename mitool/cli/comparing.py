"""``estimate --compare``: the difference between two groups of rows, two files or two targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.measurement import Settings
    from mitool.result import Estimate
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Variable


@dataclass(frozen=True)
class Comparing:
    """Whether two numbers are compared, and which."""

    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            show_default=False,
            help="The difference of two -y, or of two groups of rows by --by, with an interval and "
            "a test.",
        ),
    ] = False
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="COL",
            show_default=False,
            help="Column of two values whose rows --compare compares.",
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.by and not self.compare:
            raise UsageError("--by is for --compare; add it")

    def differences(
        self,
        xs: Sequence[Variable],
        ys: Sequence[Variable],
        by: Variable | None,
        settings: Sequence[Settings],
        asked: Uncertainty,
        n_jobs: int,
    ) -> list[Estimate]:
        """Compare for every x: groups of rows for each y, or the two y."""
        from mitool.comparison import between_groups, between_targets

        if by is not None:
            return [
                between_groups(x, y, by, each, asked, n_jobs)
                for x in xs
                for y in ys
                for each in settings
            ]
        if len(ys) != 2:
            raise UsageError(f"--compare compares two -y, or groups with --by; got {len(ys)} -y")
        return [
            between_targets(x, ys[0], ys[1], each, asked, n_jobs) for x in xs for each in settings
        ]
