"""Freedman & Diaconis (1981), doi:10.1007/BF01025868, and other rules: numbers cut into bins.

Sturges (1926), doi:10.1080/01621459.1926.10502161; Doane (1976),
doi:10.1080/00031305.1976.10479172; the correction of each entropy by Miller (1955).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Literal

import numpy as np

from mitool.errors import MitoolError, UsageError
from mitool.estimators.base import ANY, Accepted, Value
from mitool.estimators.corrected import Corrected
from mitool.estimators.streamed import Batches, Count
from mitool.kernels.batches.cutting import at_each_level, equally_wide
from mitool.kernels.batches.draws import Draw
from mitool.kernels.batches.grid import CellCounts, Widths, by_rows, cell_counts
from mitool.kernels.batches.looking import (
    Look,
    Seen,
    about_quartile_bins,
    look_for,
    quartile_bins,
)
from mitool.kernels.batches.ranks import ranked
from mitool.kernels.batches.settled import equally_full_cells
from mitool.kernels.counts.binning import BY_SIZE, MAX_BINS, RULES, equal_frequency
from mitool.kernels.counts.coded import Coded, code, combine
from mitool.kernels.counts.profiles import Correction
from mitool.variables import Kind, Variable

BIBTEX = """\
@article{freedman1981,
  author = {Freedman, David and Diaconis, Persi},
  title = {On the Histogram as a Density Estimator: {$L_2$} Theory},
  journal = {Zeitschrift f{\\"u}r Wahrscheinlichkeitstheorie und verwandte Gebiete},
  volume = {57},
  number = {4},
  pages = {453--476},
  year = {1981},
  doi = {10.1007/BF01025868}
}"""

ROWS_PER_CELL = 5

Rule = Literal["auto", "sqrt", "sturges", "fd", "doane"]


@dataclass(frozen=True)
class Bins(Corrected):
    """Numbers cut into bins and counted: the information of the bins, not of the numbers.

    Labels stay as they are. Bins are set once, by all rows: resamples keep them.
    """

    n_bins: int | Rule = field(
        default="auto",
        metadata={
            "help": "bins of each numeric column, or a rule; auto: the square root of n/5 "
            "per variable, at least 2 per column"
        },
    )
    binning: Literal["equal-frequency", "equal-width"] = field(
        default="equal-frequency",
        metadata={"help": "bins that hold equally many rows, or that are equally wide"},
    )
    width: float | None = field(
        default=None,
        metadata={"help": "width of all bins, counted from 0 as in floor(x / width); no n_bins"},
    )
    correction: Correction = field(
        default="miller-madow",
        metadata={"help": "correction of the bias of each entropy, as in plugin"},
    )

    accepts: ClassVar[Accepted] = ANY
    accepts_given: ClassVar[frozenset[Kind]] = frozenset({"continuous", "discrete", "mixed"})
    joint_labels: ClassVar[bool] = True
    estimand: ClassVar[str] = "binned_mi"
    entropy_estimand: ClassVar[str] = "binned_entropy"
    bibtex: ClassVar[str] = BIBTEX
    cost: ClassVar[str] = "O(n log n) time, O(n) memory"

    def __post_init__(self) -> None:
        if self.width is not None:
            check_width(self.width, self.n_bins)
        if self.n_bins in RULES or self.n_bins == "auto":
            return
        if not isinstance(self.n_bins, int) or not 2 <= self.n_bins <= MAX_BINS:
            raise UsageError(
                f"n_bins must be a whole number from 2 to {MAX_BINS} or one of auto, "
                f"{', '.join(RULES)}, got {self.n_bins!r}"
            )

    def prepare(self, x: Variable) -> Coded:
        """Cut each numeric column and code the joint rows."""
        return combine(*(self._coded(x, column) for column in range(x.n_dims))).packed()

    def _coded(self, x: Variable, column: int) -> Coded:
        values = np.ascontiguousarray(x.values[:, column])
        if x.kinds[column] == "discrete":
            return code(values)
        if self.width is not None:
            return code(np.floor(values / self.width))
        n_bins = self._n_bins(len(values), n_numeric(x), lambda: RULES[str(self.n_bins)](values))
        if self.binning == "equal-width":
            return code(Widths(values.min(), values.max(), n_bins).levels(values))
        return code(equal_frequency(values, x.order(column), n_bins))

    def _n_bins(self, n: int, n_columns: int, ruled: Callable[[], int]) -> int:
        if isinstance(self.n_bins, int):
            return self.n_bins
        if self.n_bins == "auto":
            return max(2, int((n / ROWS_PER_CELL) ** (0.5 / n_columns) + 1e-9))
        return min(max(2, ruled()), MAX_BINS)

    def first_counts(self) -> tuple[Count, ...]:
        """Give what the first pass counts of numbers; one rule needs them all."""
        if self.width is not None:
            raise MitoolError(
                "bins with a width needs all rows at once; n_bins can stream, and --sample N takes "
                "fewer rows"
            )
        if self.n_bins == "doane":
            raise MitoolError(
                "bins with n_bins=doane needs all rows at once; auto, sqrt, sturges, fd or a "
                "number of bins can stream, and --sample N takes fewer rows"
            )
        return (Draw(),)

    def streamed(self, batches: Batches) -> Value:
        """Estimate from the cells of bins whose edges are exact.

        The first pass draws, the second looks where to cut, the third counts. Where the first has
        counted all, or shown where to cut, the others are spared.
        """
        d, known = batches.x.n_dims, batches.counted
        if known is not None:
            cells: Callable[[], CellCounts] = partial(by_rows, known, d)
        else:
            cells = partial(self._cells, batches, *self._seen(batches))
        varies = batches.extremes.varies
        if not (varies[:d].any() and varies[d:].any()):
            return Value(0.0)
        counts, levels = cells()
        x, y = (self.side_of(side.counts, side.column_levels) for side in levels)
        return self._joined(counts, x, y)

    def _seen(self, batches: Batches) -> tuple[Look, Seen]:
        """Look where columns are to be cut; equally wide bins of numbers need their ends alone."""
        drawn, kinds = batches.drawn, (*batches.x.kinds, *batches.y.kinds)
        are_labels = [kind == "discrete" for kind in kinds]
        ruled, n_bins = self.n_bins == "fd", [0] * len(kinds)
        if self.binning == "equal-frequency":
            n_bins = self._bins_each(batches, drawn.extremes.n, partial(about_quartile_bins, drawn))
        look = look_for(drawn, are_labels, n_bins, quartiles=ruled)
        if drawn.is_exact and not (ruled or any(n_bins) or any(are_labels)):
            return look, Seen.without_ranks(drawn.extremes)
        return look, batches.total(look)

    def _cells(self, batches: Batches, look: Look, seen: Seen) -> CellCounts:
        """Count the cells of columns that are cut: labels at each, numbers by bins of all rows."""
        names, n = (*batches.x.names, *batches.y.names), seen.extremes.n
        by_rule = quartile_bins(batches.total, look, seen) if self.n_bins == "fd" else []
        n_bins = self._bins_each(batches, n, by_rule.__getitem__)
        wide = equally_wide(seen.extremes, n_bins)
        cuts = at_each_level(look.are_labels, seen.levels, names, wide)
        if self.binning == "equal-width":
            return cell_counts(batches.total, cuts, batches.x.n_dims)
        known = ranked(look.marks, seen.ranks, n)
        return equally_full_cells(batches.total, known, n_bins, cuts, batches.x.n_dims)

    def _bins_each(self, batches: Batches, n: int, by_rule: Callable[[int], int]) -> list[int]:
        """Give the bins of each column by n rows and the rule of quartiles; 0 of labels."""
        by_size = BY_SIZE.get(str(self.n_bins))
        rule = by_rule if by_size is None else lambda _: by_size(range(n))
        sides = (batches.x, batches.y)
        columns = [(kind, n_numeric(side)) for side in sides for kind in side.kinds]
        return [
            self._n_bins(n, count, partial(rule, i)) if kind != "discrete" else 0
            for i, (kind, count) in enumerate(columns)
        ]


def n_numeric(variable: Variable) -> int:
    """Give the number of columns that are to be cut."""
    return sum(kind != "discrete" for kind in variable.kinds)


def check_width(width: float, n_bins: object) -> None:
    """Refuse what is no width of bins, and a number of bins beside it."""
    if not 0 < width < float("inf"):
        raise UsageError(f"width must be positive, got {width!r}")
    if n_bins != "auto":
        raise UsageError(f"width sets the bins; leave out n_bins={n_bins}")
