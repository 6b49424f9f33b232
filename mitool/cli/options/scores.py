"""The options of bounds: what the scores are, what belongs together, and which bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import ContextAxis, Critic, Densities, ScoreAxis
from mitool.cli.named_files import Role
from mitool.cli.options import option
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.models.measured_bounds import BoundRequest
    from mitool.models.score_question import ScoreQuestion
    from mitool.variables import Vector


@dataclass(frozen=True)
class ScoreOptions:
    """What the input holds, and which of it is paired."""

    gaussian: Annotated[
        bool,
        option(
            "--gaussian",
            help="The files are MU LOGVAR [Z] of a Gaussian encoder: its log-densities are scores.",
        ),
    ] = False
    embeddings: Annotated[
        bool, option("--embeddings", help="The files are two embeddings: their cosines are scores.")
    ] = False
    temperature: Annotated[
        float | None,
        option("--temperature", metavar="T", help="What cosines are divided by, as in training."),
    ] = None
    fit: Annotated[
        Critic,
        typer.Option(
            "--fit",
            help="Fit a temperature or a bilinear critic of two embeddings on one half of the "
            "rows, and evaluate it on the other, and back.",
        ),
    ] = "none"
    log_probs: Annotated[
        bool,
        option("--log-probs", help="Scores are log-densities of samples under contexts."),
    ] = False
    densities: Annotated[
        Densities,
        typer.Option(
            "--densities",
            help="Whether log-densities are the true ones of the samples, which makes "
            "leave-one-out and club upper bounds, or a model's.",
        ),
    ] = "model"
    contexts: Annotated[
        ContextAxis,
        typer.Option("--contexts", help="Where the contexts of log-densities stand."),
    ] = "rows"
    direction: Annotated[
        ScoreAxis, typer.Option("--direction", help="What infonce normalises over.")
    ] = "both"
    samples: Annotated[
        int,
        typer.Option(
            "--samples", metavar="M", min=1, help="Samples a context; theirs stand together."
        ),
    ] = 1
    positives: Annotated[
        str,
        typer.Option(
            "--positives",
            metavar="diagonal|FILE",
            help="Which row, from 0, each column belongs to: a file of one number a column.",
        ),
    ] = "diagonal"
    by: Annotated[
        str | None,
        option(
            "--by",
            metavar="FILE|COLUMN",
            help="Groups of contexts, such as questions: a file of one label a context, or a "
            "column of a long table; bounds are then given the group.",
        ),
    ] = None
    tokens: Annotated[
        str | None,
        option(
            "--tokens",
            metavar="FILE",
            help="Tokens of each sample, a number each: for bits a token.",
        ),
        Role.READ,
    ] = None
    bound: Annotated[
        list[str] | None,
        option(
            "--bound",
            metavar="NAME",
            help="One of infonce, dv, nwj, tuba, smile, and of log-densities included, "
            "leave-one-out, club; repeatable, all if none is named.",
        ),
    ] = None
    clip: Annotated[
        float, typer.Option("--clip", metavar="T", help="What smile cuts scores at, ±T.")
    ] = 5.0
    ci: Annotated[
        float,
        typer.Option(
            "--ci", metavar="LEVEL", help="Level of the jackknife interval over contexts."
        ),
    ] = 0.95
    seed: Annotated[
        int, typer.Option("-s", "--seed", metavar="N", min=0, help="Seed of every random choice.")
    ] = 0

    def request(self) -> BoundRequest:
        """Give what is wanted; refuse names and levels that there are not."""
        from mitool.models.measured_bounds import requested

        return requested(
            self.bound or (),
            log_probs=self.log_probs,
            contexts=self.contexts,
            direction=self.direction,
            clip=self.clip,
            level=self.ci,
        )

    def question(self, request: BoundRequest, *, is_long: bool) -> ScoreQuestion:
        """Read the files that say what belongs together; a long table says it by its columns."""
        from mitool.models.belonging import Belonging
        from mitool.models.score_question import ScoreQuestion

        positives = None if self.positives == "diagonal" else _column(self.positives, numbers=True)
        if positives is not None and self.samples > 1:
            raise UsageError("--positives says all that --samples does; leave out --samples")
        groups = None if self.by is None or is_long else _column(self.by)
        tokens = None if self.tokens is None else _column(self.tokens, numbers=True)
        belonging = Belonging(self.samples, positives, groups, self.by, tokens)
        return ScoreQuestion(
            request, belonging, self.densities, self.temperature, self.fit, self.seed
        )


def _column(path: str, *, numbers: bool = False) -> Vector:
    """Read the one column of a file: its numbers, or the codes of labels.

    A text file need not have a header: one that is a number is the first value.
    """
    from mitool.tables import ReadOptions, open_table
    from mitool.tables.columnspecs import is_number

    table = open_table([path])
    if path != "-" and is_number(table.names[0]):
        table = open_table([path], ReadOptions(header=False))
    if len(table.names) != 1:
        raise UsageError(f"{path} has {len(table.names)} columns; it needs one")
    (column,) = table.read(table.names)
    if numbers and column.labels is not None:
        raise UsageError(f"{path} holds text, where numbers are needed")
    return column.values
