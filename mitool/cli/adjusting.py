"""``matrix --adjust``: p-values corrected for the number of pairs, or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mitool.cli.batching import Batching
from mitool.errors import MitoolError, UsageError
from mitool.result import Note

if TYPE_CHECKING:
    from mitool.cli.messages import Voice
    from mitool.tasks import Work
    from mitool.uncertainty import Uncertainty
    from mitool.variables import Matrix

Adjust = Annotated[
    Literal["bh", "by", "holm", "max", "none"] | None,
    typer.Option(
        "--adjust",
        show_default="bh",
        help="Adjust p-values for the number of pairs: false discoveries by bh or by, any error "
        "by holm, or by max, which permutes all columns at once and needs fewer permutations.",
    ),
]


def adjustable(adjust: str | None, uncertainty: Uncertainty, n_tests: int) -> list[Note]:
    """Refuse so few permutations that no pair could pass; note it if no adjustment was asked."""
    from mitool.inference.multiplicity import check_resolution

    if adjust and not uncertainty.tests:
        raise UsageError("--adjust is for p-values; add --permutations")
    if adjust == "max" and uncertainty.n_permutations is None:
        raise UsageError("--adjust max compares permutations; use --permutations 999")
    if uncertainty.n_permutations is None or adjust == "none":
        return []
    try:
        check_resolution(uncertainty.n_permutations, n_tests, adjust or "bh")
    except MitoolError as error:
        if adjust:
            raise
        return [Note("perm_floor", str(error))]
    return []


def check_maximum(batching: Batching) -> None:
    """Refuse what would part a run from its permutations."""
    if batching.is_asked or batching.scheduler is not None or batching.dry_run:
        raise UsageError(
            "--adjust max permutes all columns at once, in one run on one machine; leave out "
            "--shard, --checkpoint, --scheduler and --dry-run, or use --adjust holm"
        )


def by_maximum(work: Work, n_threads: int, voice: Voice) -> Matrix:
    """Permute all columns at once and give the adjusted p-values, shape (n_pairs, n_each)."""
    from mitool.tasks.maximum import adjusted_by_maximum

    total = len(work.pairs)
    return adjusted_by_maximum(
        work, n_threads, lambda found: voice.follow(found, total, "pairs permuted")
    )
