"""Many pairs looked through before few are estimated: the best partners of each column.

The screen is the information of equally full bins less its mean by chance, whatever the estimator.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mitool.choices import Adjustment, Holdout
from mitool.errors import MitoolError, UsageError
from mitool.inference.holdout import split
from mitool.inference.sampling_units import Units, blocks, single_rows
from mitool.kernels.counts.binning import equal_frequency
from mitool.kernels.counts.sketches import MOST_LEVELS, Codes, Sketches
from mitool.kernels.memory import require
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.seeds import stream
from mitool.tasks.best_partners import Follow, Partners, best_partners, of_one_value
from mitool.tasks.families import check_adjustment
from mitool.tasks.prescreened import PrescreenedBatch
from mitool.tasks.work import PairBatch
from mitool.uncertainty import Uncertainty
from mitool.variables import Rows, Variable

ROWS_PER_CELL = 5
FEWEST_BINS, MOST_BINS = 2, 6
"""Of numbers. Of 4 to 8 bins, 6 find weak dependence of several shapes best among 10,000 columns
of noise, from 250 to 1,000 rows: at 500 rows a correlation of .35 in .95 of cases, where 4 do in
.98 and 8 in .84, but y = sin(6x) of a quarter of the variance in .99, where 4 do in .52 and 8 in
.85.
"""
SHARE = 0.5


@dataclass(frozen=True)
class Prescreen:
    """How pairs are chosen: the ``n_partners`` best of each column, and by which rows.

    ``holdout`` auto keeps rows aside where intervals or tests are wanted; ``holdout_share`` of
    them are reported from.
    """

    n_partners: int
    holdout: Holdout = "auto"
    holdout_share: float = SHARE

    def __post_init__(self) -> None:
        if self.n_partners < 1:
            raise UsageError(f"--prescreen must be at least 1, got {self.n_partners}")
        if self.holdout == "reusable":
            raise UsageError("a reusable holdout is of mitool screen; use --holdout split")
        if not 0.0 < self.holdout_share < 1.0:
            raise UsageError(
                f"--holdout-share must lie between 0 and 1, got {self.holdout_share:g}"
            )

    @classmethod
    def asked(cls, n_partners: int | None, holdout: Holdout, share: float) -> Prescreen | None:
        """Give what is asked for, if anything; a holdout of all pairs has nothing to do."""
        if n_partners is not None:
            return cls(n_partners, holdout, share)
        if holdout != "auto" or share != SHARE:
            raise UsageError("rows are kept aside where pairs are chosen; add --prescreen 10")
        return None

    def splits(self, uncertainty: Uncertainty) -> bool:
        """Whether rows are kept aside to report from."""
        infers = uncertainty.level is not None or uncertainty.tests
        return self.holdout == "split" or (self.holdout == "auto" and infers)

    def check(self, uncertainty: Uncertainty, adjust: str | None) -> None:
        """Refuse what the choice would make wrong."""
        if self.holdout_share != SHARE and not self.splits(uncertainty):
            raise UsageError("no rows are kept aside; add --holdout split, or leave out the share")
        if adjust == "max" and not self.splits(uncertainty):
            raise UsageError(
                "--adjust max compares chosen pairs alone, by the rows that chose them; use "
                "--holdout split, or --adjust holm, which counts all pairs"
            )


def chosen_among(
    batch: PairBatch, plan: Prescreen | None, adjust: Adjustment | None, n_jobs: int, follow: Follow
) -> tuple[PairBatch | PrescreenedBatch, list[Note]]:
    """Give all pairs of a batch, or the best by a plan, and what is to be said of the choice.

    ``adjust`` is what was asked for, if anything.
    """
    if plan is None:
        return batch, list(check_adjustment(adjust, batch.uncertainty, len(batch.pairs)))
    plan.check(batch.uncertainty, adjust)
    list(check_adjustment(adjust, batch.uncertainty, 1))  # before the work, what is wrong anyway
    made = prescreened(batch, plan, n_jobs, follow)
    return made, [*made.notes, *check_adjustment(adjust, batch.uncertainty, made.n_tests)]


def prescreened(batch: PairBatch, plan: Prescreen, n_jobs: int, follow: Follow) -> PrescreenedBatch:
    """Look through all pairs of a batch, and give that of the best.

    The same for any number of threads, in every share of the work, and taken up again.
    """
    choosing, reporting = parts(batch, plan)
    sides = list(sketches(batch, choosing))
    lone = [batch.variables[number].name for number in of_one_value(batch.pairs, sides)]
    partners = best_partners(batch.pairs, sides, plan.n_partners, n_jobs, follow)
    if not len(partners.listed):
        some = ", ".join(map(repr, lone[:3])) + ("" if len(lone) <= 3 else " …")
        raise MitoolError(
            "no pair of columns tells anything on the rows that choose, where there is but one "
            f"value in {some}; use --holdout none or a smaller --holdout-share"
        )
    kept = tuple(v if reporting is None else v.take(reporting) for v in batch.variables)
    inner = replace(batch, variables=kept, pairs=partners.listed)
    notes = [note_of("one_value", (name,), name=name) for name in lone]
    notes += _notes(batch, partners, plan, choosing, reporting)
    return PrescreenedBatch(inner, partners, len(batch.pairs), tuple(notes), reporting is not None)


def parts(batch: PairBatch, plan: Prescreen) -> tuple[Rows | None, Rows | None]:
    """Rows to choose by and rows to report from; None is all of them."""
    if not plan.splits(batch.uncertainty):
        return None, None
    n = len(batch.variables[0])
    units: Units = blocks(n, 1) if batch.uncertainty.order == "time" else single_rows(n)
    return split(units, plan.holdout_share, stream(batch.settings[0].seed, "matrix holdout"))


def sketches(batch: PairBatch, rows: Rows | None) -> Iterator[Sketches]:
    """Give the sketches of the columns, and of those they are paired against if there are any."""
    steadying = batch.settings[0].steadying
    require(bytes_of_sketches(batch, rows), "looking at all pairs of columns")
    for side in (batch.pairs.columns, batch.pairs.against):
        if side is not None:
            some = (batch.variables[i] for i in side)
            coded = [levels(steadying(v if rows is None else v.take(rows))) for v in some]
            yield Sketches.of(coded, len(coded[0]))


def bytes_of_sketches(batch: PairBatch, rows: Rows | None) -> int:
    """How much memory the columns take: eight bits a value."""
    n_columns = len(batch.pairs.columns) + len(batch.pairs.against or ())
    return n_columns * (len(batch.variables[0]) if rows is None else len(rows))


def levels(variable: Variable) -> Codes:
    """Code one column in at most eight levels, -1 where its value is missing; shape (n,).

    Numbers in at most six equally full bins, five rows a cell of a table; labels as they are, the
    rarest together from the eighth on.
    """
    values, missing = variable.values[:, 0], variable.missing
    there = slice(None) if missing is None else np.flatnonzero(~missing)
    present = np.ascontiguousarray(values[there])
    codes = np.full(len(values), -1, dtype=np.int8)
    if variable.kind == "discrete":
        codes[there] = _frequent(present)
    elif len(present):
        n_bins = int((len(present) / ROWS_PER_CELL) ** 0.5 + 1e-9)
        n_bins = min(max(n_bins, FEWEST_BINS), MOST_BINS)
        codes[there] = equal_frequency(present, np.argsort(present), n_bins)
    return codes


def _frequent(labels: np.ndarray) -> np.ndarray:
    """Number labels by how often they occur, the rarest together as the last of eight."""
    _, codes, counts = np.unique(labels, return_inverse=True, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    place = np.empty(len(counts), dtype=np.int8)
    place[order] = np.minimum(np.arange(len(counts)), MOST_LEVELS - 1)
    return place[codes.reshape(-1)]


def _notes(
    batch: PairBatch,
    partners: Partners,
    plan: Prescreen,
    choosing: Rows | None,
    reporting: Rows | None,
) -> Iterator[Note]:
    """Say how pairs were chosen, and what that makes of those that are reported."""
    n_pairs, n_kept, n = len(batch.pairs), len(partners.listed), len(batch.variables[0])
    words = {"n_kept": n_kept, "n_pairs": n_pairs, "n_left": n_pairs - n_kept}
    where = "the rows they are reported from"
    if choosing is not None and reporting is not None:
        where = f"{len(choosing)} of {n} rows, and are reported from the other {len(reporting)}"
    yield note_of("prescreened", n_partners=plan.n_partners, where=where, **words)
    if reporting is None and n_kept < n_pairs:
        yield note_of("selected_pairs", **words)
