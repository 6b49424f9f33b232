"""Single columns that alone tell more than all together are found to: the whole is then too low."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import numpy as np

from mitool.errors import attempt
from mitool.measure.estimation import measurement_of
from mitool.measure.measurement import Measurement
from mitool.measure.settings import Settings
from mitool.parallel import ordered_map
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable

MOST_PAIRS = 100
EXCESS = 2.5
"""Over the root of the rows: what the largest of many pairs exceeds the whole by for no reason."""


def column_notes(measurement: Measurement, chance: float, n_jobs: int) -> Iterator[Note]:
    """Say which column of x and which of y tell more of each other than x and y are said to.

    Information of parts is never more than that of the whole. ``chance`` is what a bias must
    exceed to matter, in nats.
    """
    x, y = measurement.x, measurement.y
    if measurement.given is not None or not 2 < x.n_dims + y.n_dims <= MOST_PAIRS:
        return
    pairs = list(product(_columns(x), _columns(y)))
    if not 1 < len(pairs) <= MOST_PAIRS or measurement.method.estimator.estimand != "mi":
        return
    settings = Settings(seed=measurement.method.seed)

    def value(pair: tuple[Variable, Variable]) -> float:
        def found() -> float:
            return measurement_of(*pair, None, settings)[0].value.mi

        return attempt(found, lambda error: -np.inf)

    values = list(ordered_map(value, pairs, n_jobs))
    best = int(np.argmax(values))
    if values[best] - measurement.value.mi > max(chance, EXCESS / np.sqrt(len(x))):
        first, second = pairs[best]
        words = {"x": first.name, "y": second.name, "part": values[best]}
        yield note_of("part_exceeds", (*first.names, *second.names), **words)


def _columns(variable: Variable) -> list[Variable]:
    """Give each column by itself."""
    return [
        replace(
            variable,
            names=variable.names[j : j + 1],
            kinds=variable.kinds[j : j + 1],
            values=np.ascontiguousarray(variable.values[:, j : j + 1]),
            notes=(),
            _orders={},
            _memory={},
        )
        for j in range(variable.n_dims)
    ]
