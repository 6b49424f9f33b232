"""``mitool bounds``: lower and upper bounds of information from the scores of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mitool.cli.named_files import Role
from mitool.cli.options import option, report_settings
from mitool.cli.options.output import OutputOptions
from mitool.cli.options.scores import ScoreOptions

EXAMPLES = (
    (
        "All bounds of a matrix of scores, pairs on its diagonal, in bits.",
        "mitool bounds sample_data/digits_scores.npy -u bits --format table",
    ),
    (
        "The rate of a Gaussian encoder, and both bounds of what it transmits, with a picture.",
        "mitool bounds --gaussian sample_data/encoder.npz --plot bounds.png --format table",
    ),
    (
        "Two embeddings, the temperature fitted on one half and evaluated on the other.",
        "mitool bounds --embeddings sample_data/digits_left.npy sample_data/digits_right.npy "
        "--fit bilinear --bound infonce --format table",
    ),
)

ScoreFiles = Annotated[
    list[str],
    typer.Argument(
        metavar="SCORES...",
        help="NPY or NPZ (scores, sim, logits_per_image, logp, mu, logvar, z), or a long table of "
        "ctx_sampled, ctx_scored, logprob [, sample, n_tokens, group].",
        show_default=False,
    ),
    Role.READ,
]


Plot = Annotated[
    Path | None,
    option(
        "--plot",
        metavar="FILE",
        help="Draw the bounds into FILE (.png, .svg or .pdf); needs matplotlib.",
    ),
    Role.WRITTEN,
]


def bounds(
    context: typer.Context,
    files: ScoreFiles,
    *,
    plot: Plot = None,
    scores: ScoreOptions,
    outputs: OutputOptions,
) -> int:
    """Bound mutual information by the scores that a model gave to pairs.

    Rows are contexts, columns samples, and pairs stand on the diagonal. In the mean of the draws
    infonce, nwj, tuba and included lie below the information of contexts and samples, the rate of
    an encoder above it, and leave-one-out and club too if the scores are the true log-densities;
    dv and smile are estimates that bound nothing. Each number says what it is.
    """
    from mitool.cli.messages import Messages
    from mitool.models.score_files import open_scores
    from mitool.report import Run, open_report

    output, request = outputs.parse(), scores.request()
    run = Run("bounds", context.obj, report_settings(scores, units=outputs.units))
    messages = Messages(run, outputs)
    if plot is not None:
        from mitool.plots import check_drawable

        check_drawable(plot)
    with messages.capture(), run.phase("read"):
        given = open_scores(files, gaussian=scores.gaussian, embeddings=scores.embeddings)
        question = scores.question(request, is_long=given.is_long)
        run.inputs = given.entries
    with messages.capture(), open_report(output, run) as report, run.phase("bound"):
        found = given.answer(question)
        for finding in found:
            messages.show(report.add(finding))
    if plot is not None:
        from mitool.plots.bounded import draw_bounds

        draw_bounds([finding.to(outputs.units) for finding in found], plot)
    return report.exit_status
