"""The option that corrects p-values for their number, and the pairs of a matrix as one family."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import Adjustment
from mitool.cli.options.batch import BatchOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.tasks import Work
    from mitool.tasks.maximum import Family

Adjust = Annotated[
    Adjustment | None,
    typer.Option(
        "--adjust",
        show_default="bh",
        help="Adjust p-values for the number of tests: false discoveries by bh or by, any error "
        "by holm, or by max, which tests all by the same permutations and needs fewer.",
    ),
]


def check_maximum(batching: BatchOptions) -> None:
    """Refuse what would part a run from its permutations."""
    if batching.is_asked or batching.scheduler is not None or batching.dry_run:
        raise UsageError(
            "--adjust max permutes all columns at once, in one run on one machine; leave out "
            "--shard, --checkpoint, --scheduler and --dry-run, or use --adjust holm"
        )


def by_maximum(work: Work, n_threads: int, messages: Messages) -> tuple[Work, Family]:
    """Permute all columns at once; give the work that is left, and the tests of all pairs."""
    from mitool.tasks.families import untested
    from mitool.tasks.maximum import family_of

    total = len(work.pairs)
    family = family_of(
        work, n_threads, partial(messages.progress, total=total, what="pairs permuted")
    )
    return replace(work, uncertainty=untested(work.uncertainty)), family
