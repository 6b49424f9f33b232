"""The options of uncertainty: the interval, the test, and the order of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import IntervalMethod, Order, Statistic, TestMethod, Unit
from mitool.cli.options import Detrend, Difference, RowOrder, option

if TYPE_CHECKING:
    from mitool.cli.options.input import InputOptions
    from mitool.uncertainty import Uncertainty
    from mitool.variables.drifting import Steadying


@dataclass(frozen=True)
class SeriesOptions:
    """How rows follow one another, for a command that makes an interval in any case."""

    order: RowOrder = "auto"
    difference: Difference = False
    detrend: Detrend = None

    def steadying(self) -> Steadying:
        """Give what is done to rows in time before anything else."""
        from mitool.variables.drifting import Steadying

        return Steadying.of_rows(self.order, self.difference, self.detrend)

    def parse(self, inputs: InputOptions) -> Uncertainty:
        """Give the settings, checked against how rows are read."""
        from mitool.uncertainty import Uncertainty

        inputs.check_order(self.order)
        return Uncertainty(order=self.order)


@dataclass(frozen=True)
class UncertaintyOptions:
    """The interval and the test that are added to an estimate."""

    ci: Annotated[
        float | None,
        option("--ci", metavar="LEVEL", help="Add a confidence interval, such as 0.95."),
    ] = None
    ci_method: Annotated[
        IntervalMethod,
        typer.Option("--ci-method", help="How; auto takes what is valid for the estimator."),
    ] = "auto"
    bootstrap: Annotated[
        int | None,
        option("-b", "--bootstrap", metavar="N", help="Resamples of the interval."),
    ] = None
    permutations: Annotated[
        int | None,
        option("--permutations", metavar="N", min=1, help="Test independence by N permutations."),
    ] = None
    test: Annotated[
        TestMethod,
        typer.Option("--test", help="Another test: g-test or exact, for tables of labels."),
    ] = "auto"
    statistic: Annotated[
        Statistic,
        typer.Option(
            "--statistic",
            help="Test the estimate, or its maximum over resolutions and correlations.",
        ),
    ] = "auto"
    sequential: Annotated[
        bool, option("--sequential", help="Stop the permutations once the answer is clear.")
    ] = False
    tail: Annotated[
        bool, option("--tail", help="Add an approximate p-value from a fitted tail.")
    ] = False
    order: RowOrder = "auto"
    block: Annotated[
        int | None,
        option("--block", metavar="N", min=1, help="Rows of a block under --order time."),
    ] = None
    difference: Difference = False
    detrend: Detrend = None

    def steadying(self, *, in_time: bool = False) -> Steadying:
        """Give what is done to rows in time before anything else."""
        from mitool.variables.drifting import Steadying

        return Steadying.of_rows(self._order(in_time), self.difference, self.detrend)

    def parse(
        self, *, in_time: bool = False, rows_for: float | None = None, unit: Unit = "nats"
    ) -> Uncertainty:
        """Give the checked settings; rows of lags or of a transfer are times without --order.

        ``rows_for`` is in ``unit``.
        """
        from mitool.uncertainty import Uncertainty
        from mitool.units import in_nats

        return Uncertainty(
            level=self.ci,
            ci_method=self.ci_method,
            n_resamples=self.bootstrap,
            n_permutations=self.permutations,
            test=self.test,
            statistic=self.statistic,
            sequential=self.sequential,
            tail=self.tail,
            order=self._order(in_time),
            block=self.block,
            rows_for=in_nats(rows_for, unit),
        )

    def _order(self, in_time: bool) -> Order:
        return "time" if in_time and self.order == "auto" else self.order
