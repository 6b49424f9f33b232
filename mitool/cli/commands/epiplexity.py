"""``mitool epiplexity``: structure and residual of learning curves."""

from __future__ import annotations

from typing import Annotated

import typer

from mitool.choices import FinalLoss, Unit
from mitool.cli.named_files import Role
from mitool.cli.options.output import OutputOptions

EXAMPLES = (
    (
        "What two runs took in of their data, in bits, with a picture.",
        "mitool epiplexity sample_data/loss_curves.csv -u bits --plot curves.png --format table",
    ),
)

LossFile = Annotated[
    str,
    typer.Argument(
        metavar="LOSSES",
        help="A table of tokens (or step), loss [, run, parameters], or a trainer's log in JSON.",
        show_default=False,
    ),
    Role.READ,
]
Final = Annotated[
    FinalLoss,
    typer.Option(
        "--final", help="The final loss: the mean beyond 0.95 of the tokens, or the last row's."
    ),
]
LossUnit = Annotated[
    Unit, typer.Option("--loss-unit", help="Unit of the losses, which are a token each.")
]
TokensPerStep = Annotated[
    float,
    typer.Option("--tokens-per-step", metavar="N", help="Tokens of each step, where steps count."),
]
Level = Annotated[
    float, typer.Option("--ci", metavar="LEVEL", help="Level of the jackknife interval over runs.")
]


def epiplexity(
    context: typer.Context,
    file: LossFile,
    *,
    final: Final = "window",
    loss_unit: LossUnit = "nats",
    tokens_per_step: TokensPerStep = 1.0,
    ci: Level = 0.95,
    outputs: OutputOptions,
) -> int:
    """Split a learning curve into what a model took in and what it could not.

    Structure is what was paid above the final loss, residual the final loss on all tokens. Both
    depend on the model, the order of the data and the learning rate.
    """
    from mitool.cli.messages import Messages
    from mitool.models.curve_files import read_curves
    from mitool.models.curve_findings import CurveRequest, curve_findings
    from mitool.report import Run, open_report

    output, request = outputs.parse(), CurveRequest(final, loss_unit, tokens_per_step, ci)
    settings = {"final": final, "loss_unit": loss_unit, "tokens_per_step": tokens_per_step}
    run = Run("epiplexity", context.obj, {**settings, "ci": ci, "units": outputs.units})
    messages = Messages(run, outputs)
    with messages.capture(), run.phase("read"):
        curves, entry = read_curves(file)
        run.inputs = [entry]
    if output.companions:
        from mitool.plots.learning import learning_pictures

        output = output.showing(lambda rows: learning_pictures(curves, request))
    with messages.capture(), open_report(output, run) as report, run.phase("split"):
        for finding in curve_findings(str(entry["path"]), curves, request):
            messages.show(report.add(finding))
    return report.exit_status
