"""The option that corrects p-values for their number, and the pairs of a matrix as one family."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from mitool.choices import Adjustment
from mitool.cli.options.batch import BatchOptions
from mitool.errors import UsageError

if TYPE_CHECKING:
    from mitool.cli.messages import Messages
    from mitool.tasks import PairBatch
    from mitool.tasks.maximum import FamilyBatch
    from mitool.tasks.prescreened import PrescreenedBatch

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
    if batching.is_batched or batching.scheduler is not None or batching.dry_run:
        raise UsageError(
            "--adjust max permutes all columns at once, in one run on one machine; leave out "
            "--shard, --checkpoint, --scheduler and --dry-run, or use --adjust holm"
        )


def by_maximum(
    pairs: PairBatch | PrescreenedBatch, n_threads: int, messages: Messages
) -> FamilyBatch | PrescreenedBatch:
    """Permute all columns at once; give the pairs, still to be estimated, with their tests."""
    from mitool.tasks.estimating import tested_together

    n_pairs = pairs.outline.n_tasks
    return tested_together(
        pairs, n_threads, lambda scores: messages.progress(scores, n_pairs, "pairs permuted")
    )
