"""Rows that are times: lags and transfer entropy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from mitool.errors import UsageError
from mitool.limits import MOST_DIGITS

if TYPE_CHECKING:
    from mitool.variables import Variable


class Pairing(NamedTuple):
    """Variables whose rows belong together; ``fields`` are what the report says of the pairing."""

    x: Variable
    y: Variable
    given: Variable | None
    fields: dict[str, Any]


@dataclass(frozen=True)
class TimeOptions:
    """How rows follow one another, where they are times."""

    lag: Annotated[
        str | None,
        typer.Option(
            "--lag",
            metavar="A[:B]",
            show_default=False,
            help="Pair x at time t with y at time t + lag, for each lag from A to B.",
        ),
    ] = None
    transfer: Annotated[
        bool,
        typer.Option(
            "--transfer",
            show_default=False,
            help="Transfer entropy: what the past of x tells of y beyond the past of y.",
        ),
    ] = False
    history: Annotated[
        str | None,
        typer.Option(
            "--history",
            metavar="K[,L]",
            show_default="1,1",
            help="How many rows of the past of y, and of x, --transfer looks at.",
        ),
    ] = None

    def __post_init__(self) -> None:
        if self.history and not self.transfer:
            raise UsageError("--history is for --transfer")
        if self.transfer and self.lag:
            raise UsageError("--transfer has its own lags; leave out --lag")

    @property
    def in_time(self) -> bool:
        """Whether the order of rows is time."""
        return self.transfer or self.lag is not None

    def pairings(self, x: Variable, y: Variable, z: Variable | None) -> list[Pairing]:
        """Give the variables as they are, or once for each lag, or as transfer entropy does."""
        from mitool.variables.lags import lagged, transferred

        if self.transfer:
            if z is not None:
                raise UsageError("--transfer has its own condition; leave out -z")
            history_y, history_x = self._histories()
            source, future, past = transferred(x, y, history_x, history_y)
            return [Pairing(source, future, past, {"estimand": "transfer_entropy"})]
        if self.lag is None:
            return [Pairing(x, y, z, {})]
        lags = self._lags()
        for lag in (lags[0], lags[-1]):  # before all those between them are made
            lagged(x, y, z, lag)
        return [Pairing(*lagged(x, y, z, lag), {"lag": lag}) for lag in lags]

    def _lags(self) -> range:
        first, _, last = (self.lag or "").partition(":")
        ends = _whole_numbers([first, last or first])
        if not ends or ends[1] < ends[0]:
            raise UsageError(
                "--lag takes a whole number, or a range A:B of them with A at most B, got "
                f"{self.lag!r}"
            )
        return range(ends[0], ends[1] + 1)

    def _histories(self) -> tuple[int, int]:
        parts = _whole_numbers((self.history or "1").split(","))
        if len(parts) not in (1, 2) or min(parts) < 1:
            raise UsageError(f"--history takes one or two numbers from 1 on, got {self.history!r}")
        return parts[0], parts[-1]


def _whole_numbers(texts: Sequence[str]) -> list[int]:
    """Read whole numbers; none where a text is not one."""
    if any(len(text) > MOST_DIGITS for text in texts):
        return []
    try:
        return [int(text) for text in texts]
    except ValueError:
        return []
