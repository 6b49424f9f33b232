"""Null distributions that many pairs share.

Without ties, ranks and normal scores leave nothing of a column but the order of its rows, and most
estimators see of labels only which rows share one. The statistic of a pair is then a function of
the sequence that one side forms along the other: of ranks, or of labels up to their names. Once
rows are permuted at random, every sequence of these ranks, or of labels that occur so often, is as
likely as any other, whatever the columns were. So the null depends on the number of rows, the
sizes of the levels and the method alone: one set of permutations serves all such pairs, and many
of them cost as much as a test of one.

Rows of an independent pair may change places, so that the observed statistic is one more draw of
the same distribution: a p-value of (b + 1) / (N + 1) is as valid as from permutations of its own.
Those of several independent columns depend on each other by the draws that they share as conformal
p-values do, positively: Benjamini-Hochberg controls false discoveries (Bates et al. 2023,
doi:10.1214/22-AOS2244).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import NamedTuple

import numpy as np

from mitool.inference import permutation
from mitool.inference.sampling_units import single_rows
from mitool.measure.measurement import Measurement
from mitool.measure.method import Method
from mitool.result import Test
from mitool.seeds import stream
from mitool.uncertainty.test import trial_of
from mitool.uncertainty.uncertainty import Uncertainty
from mitool.variables import Matrix, Rows, Variable
from mitool.variables.transforms import leaves_order_alone

TASK = "shared null"
KEPT = 1 << 28
"""Bytes of nulls that are kept; one that is asked for again is drawn again, the same to the bit."""
STATISTICS = 4  # of a permutation, at most


class Shuffled(NamedTuple):
    """What is left of a pair once its rows are shuffled: all that its null depends on.

    A side of labels has the sizes of its levels, ascending, as bytes, one of numbers none.
    """

    n_rows: int
    method: Method
    x: bytes
    y: bytes

    @classmethod
    def of(cls, measurement: Measurement) -> Shuffled | None:
        """Give what is left of a pair, or None where that depends on more."""
        method = replace(measurement.method, reason=None)
        x, y = (_left(method, side) for side in (measurement.x, measurement.y))
        if x is None or y is None or (x and y):  # two columns of labels are a table
            return None
        if method.estimator.symmetric:
            x, y = max(x, y), min(x, y)
        return cls(len(measurement.x), method, x, y)

    def pair(self) -> Measurement:
        """Give a pair of which the same is left, its rows in random order."""
        order = stream(self.method.seed, TASK).permutation(self.n_rows)
        x, y = _side(self.x, np.arange(self.n_rows)), _side(self.y, order)
        return Measurement(self.method, x, y)


@dataclass(eq=False)
class Null:
    """The statistics of permutations, drawn when first asked for, by one thread."""

    draw: Callable[[], Matrix]
    _drawn: Matrix | None = None
    _lock: Lock = field(default_factory=Lock)

    def drawn(self) -> Matrix:
        """Give the statistics, a permutation a row."""
        with self._lock:
            if self._drawn is None:
                self._drawn = self.draw()
            return self._drawn


class SharedNulls:
    """The nulls drawn so far, by what they depend on; threads may ask at once."""

    def __init__(self, uncertainty: Uncertainty, n_jobs: int = 1) -> None:
        self._uncertainty, self._n_jobs = uncertainty, n_jobs
        self._kept: OrderedDict[Shuffled, Null] = OrderedDict()
        self._most = 1 + KEPT // (8 * STATISTICS * (uncertainty.n_permutations or 1))
        self._lock = Lock()

    def test(self, measurement: Measurement) -> Test | None:
        """Test a pair by the null it shares with others, or None where it has its own."""
        measurement = measurement.tested
        shuffled = Shuffled.of(measurement) if self.serves(measurement) else None
        if shuffled is None:
            return None
        drawn = self._null(shuffled).drawn()
        trial = trial_of(measurement, single_rows(len(measurement.x)), self._uncertainty)
        return permutation.against(
            trial.observed,
            drawn,
            method=measurement.method.of_test("shared-permutation"),
            of=trial.of,
            tail=self._uncertainty.tail,
        )

    def serves(self, measurement: Measurement) -> bool:
        """Whether each row of a pair changes places with any other, and all are tested alike."""
        uncertainty = self._uncertainty
        return (
            uncertainty.n_permutations is not None
            and uncertainty.test in ("auto", "permutation")
            and not uncertainty.sequential
            and uncertainty.order != "time"
            and measurement.given is None
            and measurement.groups is None
            and not measurement.is_constant
        )

    def _null(self, shuffled: Shuffled) -> Null:
        """Give the null of such pairs; what was not asked for longest makes room."""
        with self._lock:
            null = self._kept.pop(shuffled, None) or Null(lambda: self._drawn(shuffled))
            self._kept[shuffled] = null
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return null

    def _drawn(self, shuffled: Shuffled) -> Matrix:
        units = single_rows(shuffled.n_rows)
        trial = trial_of(shuffled.pair(), units, self._uncertainty, TASK)
        drawn = permutation.null(trial.statistics, trial.n_permutations, self._n_jobs)
        return np.array(list(drawn))


def _left(method: Method, side: Variable) -> bytes | None:
    """Give what shuffled rows leave of a side, or None where its values matter, too."""
    if side.kind == "discrete":
        blind = method.estimator.blind_to_names
        return np.sort(np.bincount(side.codes)).tobytes() if blind else None
    return b"" if leaves_order_alone(method.transform, side) else None


def _side(left: bytes, order: Rows) -> Variable:
    """Give a column of which this is left: which values it has does not matter."""
    values, sizes = order.astype(float), np.frombuffer(left, dtype=np.int64)
    if not left:
        return Variable((TASK,), values[:, None], ("continuous",))
    codes = np.repeat(np.arange(len(sizes)), sizes)[order].astype(float)
    return Variable((TASK,), codes[:, None], ("discrete",))
