"""The variables that one run of ``mitool estimate`` reads, and how each pair is estimated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from mitool.cli.options.times import Pairing
from mitool.cli.panels import Panels

if TYPE_CHECKING:
    from mitool.cli.options.comparison import Compared
    from mitool.measure.settings import Settings
    from mitool.result import Estimate
    from mitool.streaming import Stream
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Variable


@dataclass(frozen=True)
class Data:
    """The variables of a request: all of the same rows, but for the lags of ``pairings``."""

    xs: Sequence[Variable]
    ys: Sequence[Variable]
    pairings: Sequence[Pairing]
    groups: Variable | None
    compared: Compared | None
    panels: Panels
    has_rows: ClassVar[bool] = True

    @property
    def compared_names(self) -> Sequence[str]:
        """What ``--compare`` compares: groups of rows, files, or the two targets."""
        return self.compared.names if self.compared else [y.name for y in self.ys]

    def estimate(
        self,
        pairing: Pairing,
        settings: Settings,
        uncertainty: Uncertainty,
        n_threads: int,
        *,
        is_alone: bool,
    ) -> Estimate:
        """Estimate one pairing; what cannot be estimated is an error only where it is alone."""
        from mitool.diagnostics.panel import panel_named
        from mitool.uncertainty import assess, assess_one_of_many

        act = assess if is_alone else assess_one_of_many
        variables = (pairing.x, pairing.y, pairing.given)
        result = act(*variables, settings, uncertainty, self.groups, n_threads)
        return panel_named(result, pairing.x, pairing.y, self.panels)


@dataclass(frozen=True)
class StreamedData(Data):
    """Variables of a table that is read in batches: they hold no rows."""

    has_rows: ClassVar[bool] = False

    stream: Stream

    def estimate(
        self,
        pairing: Pairing,
        settings: Settings,
        uncertainty: Uncertainty,
        n_threads: int,
        *,
        is_alone: bool,
    ) -> Estimate:
        """Estimate one pairing; a stream has neither an uncertainty nor other threads."""
        from mitool.streaming import streamed, streamed_one_of_many

        act = streamed if is_alone else streamed_one_of_many
        return act(self.stream, pairing.x, pairing.y, settings)
