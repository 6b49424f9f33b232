"""Freedman & Diaconis (1981), doi:10.1007/BF01025868, and other rules: numbers cut into bins.

Sturges (1926), doi:10.1080/01621459.1926.10502161; Doane (1976),
doi:10.1080/00031305.1976.10479172; the correction of each entropy by Miller (1955).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, log2, sqrt
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from mitool.errors import UsageError
from mitool.estimators.base import ANY, Accepted, Value
from mitool.estimators.counted import Counted
from mitool.kernels.counts import Coded, code, combine
from mitool.kernels.entropies import CORRECTIONS, Correction, Profile
from mitool.variables import Kind, Order, Variable, Vector

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
MAX_BINS = 10_000

Rule = Literal["auto", "sqrt", "sturges", "fd", "doane"]


@dataclass(frozen=True)
class Bins(Counted):
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
        if self.n_bins in RULES or self.n_bins == "auto":
            return
        if not isinstance(self.n_bins, int) or not 2 <= self.n_bins <= MAX_BINS:
            raise UsageError(
                f"n_bins must be a whole number from 2 to {MAX_BINS} or one of auto, "
                f"{', '.join(RULES)}, got {self.n_bins!r}"
            )

    def of_counts(self, counts: Profile) -> Value:
        """Give the entropy of a table of counts."""
        return Value(CORRECTIONS[self.correction](counts))

    def prepare(self, x: Variable) -> Coded:
        """Cut each numeric column and code the joint rows."""
        return combine(*(self._coded(x, column) for column in range(x.n_dims))).packed()

    def _coded(self, x: Variable, column: int) -> Coded:
        values = np.ascontiguousarray(x.values[:, column])
        if x.kinds[column] == "discrete":
            return code(values)
        n_bins = self._n_bins(values, x.kinds.count("continuous") + x.kinds.count("mixed"))
        if self.binning == "equal-width":
            return code(equal_width(values, n_bins))
        return code(equal_frequency(values, x.order(column), n_bins))

    def _n_bins(self, values: Vector, n_numeric: int) -> int:
        if isinstance(self.n_bins, int):
            return self.n_bins
        if self.n_bins == "auto":
            return max(2, int((len(values) / ROWS_PER_CELL) ** (0.5 / n_numeric) + 1e-9))
        return min(max(2, RULES[self.n_bins](values)), MAX_BINS)


def equal_width(values: Vector, n_bins: int) -> NDArray[np.int64]:
    """Number the bin of each value, shape (n,); the largest value falls in the last bin."""
    low, high = 0.5 * values.min(), 0.5 * values.max()  # halves: a range may overflow
    if low == high:
        return np.zeros(len(values), dtype=np.int64)
    share = (0.5 * values - low) / (high - low)
    bins: NDArray[np.int64] = np.minimum((share * n_bins).astype(np.int64), n_bins - 1)
    return bins


def equal_frequency(values: Vector, order: Order, n_bins: int) -> NDArray[np.int64]:
    """Number the bin of each value by its average rank, shape (n,): equal values stay together."""
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(values))
    bins = np.empty(len(values), dtype=np.int64)
    bins[order] = np.repeat(n_bins * (starts + ends) // (2 * len(values)), ends - starts)
    return bins


def _square_root(values: Vector) -> int:
    return ceil(sqrt(len(values)))


def _sturges(values: Vector) -> int:
    return ceil(log2(len(values)) + 1.0)


def _freedman_diaconis(values: Vector) -> int:
    low, first, third, high = np.quantile(values, [0.0, 0.25, 0.75, 1.0])
    width = 2.0 * (third - first) * len(values) ** (-1.0 / 3.0)
    return int(min(np.ceil((high - low) / width), MAX_BINS)) if width > 0.0 else 2


def _doane(values: Vector) -> int:
    n = len(values)
    deviation = values.std()
    if n < 3 or deviation == 0.0:
        return 2
    skewness = np.mean(((values - values.mean()) / deviation) ** 3)
    spread = sqrt(6.0 * (n - 2) / ((n + 1.0) * (n + 3.0)))
    return ceil(1.0 + log2(n) + log2(1.0 + abs(skewness) / spread))


RULES: dict[str, Callable[[Vector], int]] = {
    "sqrt": _square_root,
    "sturges": _sturges,
    "fd": _freedman_diaconis,
    "doane": _doane,
}
