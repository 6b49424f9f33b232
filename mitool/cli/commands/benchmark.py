"""``mitool benchmark``: how far estimators fall from truths that are known."""

from __future__ import annotations

from typing import Annotated

import typer

from mitool.cli.options import report_settings
from mitool.cli.options.batch import ShardOptions
from mitool.cli.options.estimator import EstimatorOptions
from mitool.cli.options.output import OutputOptions

EXAMPLES = (
    (
        "Two estimators on a correlated and on a circular pair of columns.",
        "mitool benchmark gaussian:rho=0.9 circle -e ksg -e gcmi -n 300 --repeats 10 "
        "--format table",
    ),
    (
        "How often the intervals of the default estimator hold the truth.",
        "mitool benchmark clayton -n 200 --repeats 10 --coverage --json",
    ),
)

Labels = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[NAME[:KEY=VALUE,...]]...",
        help="Distributions, as mitool simulate lists them; gaussian:rho=0.9 sets a parameter.",
        show_default=False,
    ),
]
SuiteName = Annotated[
    list[str] | None,
    typer.Option(
        "--suite",
        metavar="NAME",
        help="All of a named set: continuous-24, discrete-36, tied, high-dim, conditional, time "
        "or others; repeatable.",
        show_default=False,
    ),
]
Sizes = Annotated[
    list[int] | None,
    typer.Option(
        "-n",
        metavar="N",
        min=4,
        help="Rows of a sample; repeatable.",
        show_default="those of the suite, else 1000",
    ),
]
Repeats = Annotated[
    int, typer.Option("--repeats", metavar="R", min=2, help="Fresh samples of each distribution.")
]
Coverage = Annotated[
    bool,
    typer.Option(
        "--coverage", help="Also how often 95 % intervals, or the widest there are, hold the truth."
    ),
]


def benchmark(
    context: typer.Context,
    labels: Labels = None,
    *,
    suite: SuiteName = None,
    sizes: Sizes = None,
    repeats: Repeats = 20,
    coverage: Coverage = False,
    estimators: EstimatorOptions,
    sharding: ShardOptions,
    outputs: OutputOptions,
) -> int:
    """Measure bias, spread, error and time of estimators on known distributions.

    Every estimator sees the same samples. Without NAME and --suite, the 24 continuous families
    are run. In a report, mi is the mean over the repeats and seconds the median of one estimate.
    """
    from mitool.cli.batch_reports import run_batch
    from mitool.cli.messages import Messages
    from mitool.report import Run
    from mitool.simulate.benchmark import entrant, planned
    from mitool.simulate.contests import ContestBatch
    from mitool.uncertainty.uncertainty import DEFAULT_LEVEL, Uncertainty

    sharding.check(outputs)
    output = sharding.output(outputs)
    plan = planned(labels or [], suite or [], sizes or [])
    uncertainty = Uncertainty(level=DEFAULT_LEVEL if coverage else None)
    entrants = [entrant(settings, uncertainty) for settings in estimators.parse()]
    settings = report_settings(
        estimators, plan=plan, repeats=repeats, coverage=coverage, units=outputs.units
    )
    run = Run("benchmark", context.obj, settings)
    messages = Messages(run, outputs)
    batch = ContestBatch(plan, entrants, repeats, estimators.seed, coverage, output.unit)
    with messages.capture(), run.phase("benchmark"):
        return run_batch(batch, sharding, outputs, run, messages)
