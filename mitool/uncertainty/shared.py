"""Null distributions that many pairs share.

Without ties, ranks and normal scores leave nothing of a column but the order of its rows. The
statistics of randomly paired columns then depend on n and the estimator alone, so that one set of
permutations serves all pairs: many of them cost as much as a test of one pair.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

import numpy as np

from mitool.inference import permutation
from mitool.inference.sampling_units import single_rows
from mitool.measure.measurement import Measurement
from mitool.measure.method import Method
from mitool.result import Test
from mitool.seeds import stream
from mitool.uncertainty.test import trial_of
from mitool.uncertainty.uncertainty import Uncertainty
from mitool.variables import Matrix, Variable
from mitool.variables.transforms import leaves_order_alone

TASK = "shared null"


class SharedNulls:
    """The nulls drawn so far, by number of rows and method; threads may ask at once."""

    def __init__(self, uncertainty: Uncertainty, n_jobs: int = 1) -> None:
        self._uncertainty, self._n_jobs = uncertainty, n_jobs
        self._kept: dict[tuple[int, Method], Matrix] = {}
        self._lock = Lock()

    def test(self, measurement: Measurement) -> Test | None:
        """Test a pair by the null it shares with others, or None where it has its own."""
        if not self.serves(measurement):
            return None
        measurement = measurement.tested
        drawn = self._null(len(measurement.x), replace(measurement.method, reason=None))
        trial = trial_of(measurement, single_rows(len(measurement.x)), self._uncertainty)
        return permutation.against(
            trial.observed,
            drawn,
            method=measurement.method.of_test("shared-permutation"),
            of=trial.of,
            tail=self._uncertainty.tail,
        )

    def serves(self, measurement: Measurement) -> bool:
        """Whether the null of a pair depends on nothing but its length and its method."""
        uncertainty, x, y = self._uncertainty, measurement.x, measurement.y
        how = measurement.tested.method.transform
        return (
            uncertainty.n_permutations is not None
            and uncertainty.test in ("auto", "permutation")
            and not uncertainty.sequential
            and uncertainty.order != "time"
            and measurement.given is None
            and measurement.groups is None
            and all(leaves_order_alone(how, v) for v in (x, y))
        )

    def _null(self, n_rows: int, method: Method) -> Matrix:
        with self._lock:
            if (n_rows, method) not in self._kept:
                pair = _unrelated(n_rows, method.seed)
                units = single_rows(n_rows)
                trial = trial_of(Measurement(method, *pair), units, self._uncertainty, TASK)
                drawn = permutation.null(trial.statistics, trial.n_permutations, self._n_jobs)
                self._kept[n_rows, method] = np.array(list(drawn))
            return self._kept[n_rows, method]


def _unrelated(n_rows: int, seed: int) -> tuple[Variable, Variable]:
    """Two columns without ties in random order: which values they have does not matter."""
    orders = np.arange(n_rows), stream(seed, TASK).permutation(n_rows)
    x, y = (Variable((TASK,), order[:, None].astype(float), ("continuous",)) for order in orders)
    return x, y
