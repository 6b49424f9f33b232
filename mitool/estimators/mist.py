"""Gritsai, Richards, Méloux, Cho & Peyrard (2025), arXiv:2511.18945: learned from simulated tables.

Ours is another network, on statistics of a table instead of its rows; see ``studies/mist.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import NormalDist
from typing import ClassVar

import numpy as np

from mitool.errors import MitoolError
from mitool.estimators.base import NUMERIC, Accepted, Estimator, Value
from mitool.estimators.learned.network import LEVELS, MEDIAN, OFFSET, Prediction, load, predict
from mitool.estimators.learned.statistics import NAMES, statistics_of
from mitool.result import Note
from mitool.result.codes import note_of
from mitool.variables import Variable

FEWEST_ROWS, MOST_ROWS = 30, 3000
MOST_COLUMNS = 5
ROUNDING = 1e-12
"""What an end of an interval may be off 0, in nats, by its logarithm and back."""
QUANTILES = tuple(f"q{round(100 * level):02d}" for level in LEVELS)
"""The names of the quantiles among the extras."""


@dataclass(frozen=True)
class Mist(Estimator):
    """What small networks learned from simulated tables of known information; with quantiles.

    They see numbers that neither units, monotone maps of a column, nor the order of rows, columns
    or sides change, and say where the information lies: ``mi`` is their median, ``q05`` to ``q95``
    are their quantiles, ``p_negligible`` the probability of less than 0.01 nats. ``--ci 0.9`` is
    the interval between quantiles.

    It is prior-dependent: as good as the data are like the tables that it learned from, and high
    by chance where columns are many and rows few. So it is never tested: p-values are those of
    ``ksg``. Data unlike those tables have the warning ``out_of_training``. It takes 30 to 3000
    rows and at most 5 columns a side.
    """

    accepts: ClassVar[Accepted] = NUMERIC
    intervals: ClassVar[tuple[str, ...]] = ("quantiles", "subsample", "group-jackknife")
    tested_by: ClassVar[str] = "ksg"
    family: ClassVar[str] = "learned"
    cost: ClassVar[str] = "4 times that of ksg in 6 columns, 15 in 2, of 1000 rows"
    bibtex: ClassVar[str] = (
        "@article{gritsai2025mist, title={{MIST}: Mutual Information Via Supervised Training}, "
        "author={Gritsai, German and Richards, Megan and M{\\'e}loux, Maxime and Cho, Kyunghyun "
        "and Peyrard, Maxime}, journal={arXiv preprint arXiv:2511.18945}, year={2025}}"
    )

    @property
    def widest_level(self) -> float:
        """The probability between the outermost quantiles."""
        return round(LEVELS[-1] - LEVELS[0], 12)

    def prepare(self, x: Variable) -> Variable:
        """Leave out constant columns, which tell nothing; refuse more columns than it knows."""
        varies = [j for j in range(x.n_dims) if x.n_distinct(j) > 1]
        if len(varies) > MOST_COLUMNS:
            raise MitoolError(
                f"mist has learned from tables of at most {MOST_COLUMNS} columns a side, and "
                f"{x.name!r} has {len(varies)}; use fewer, --reduce pca:{MOST_COLUMNS}, or "
                "-e knn-or-copula"
            )
        if len(varies) == x.n_dims:
            return x
        names, kinds = tuple(x.names[j] for j in varies), tuple(x.kinds[j] for j in varies)
        return Variable(names, np.ascontiguousarray(x.values[:, varies]), kinds)

    def join(self, x: Variable, y: Variable) -> Value:
        """Give the median; ``extras`` holds the quantiles, ``facts`` what is to be made of them."""
        n = len(x)
        if n < FEWEST_ROWS:
            raise MitoolError(
                f"mist has learned from tables of at least {FEWEST_ROWS} rows, and {x.name!r} with "
                f"{y.name!r} has {n}; use -e ksg"
            )
        if n > MOST_ROWS:
            raise MitoolError(
                f"mist has learned from tables of at most {MOST_ROWS} rows, and {x.name!r} with "
                f"{y.name!r} has {n}; use --sample {MOST_ROWS}, or -e auto"
            )
        if not (x.n_dims and y.n_dims):
            return Value(0.0)
        statistics = statistics_of(x.values, y.values)
        found = predict(load(NAMES), statistics, x.n_dims + y.n_dims, n)
        quantiles = found.quantiles.tolist()
        return Value(
            quantiles[MEDIAN],
            extras=dict(zip(QUANTILES, quantiles, strict=True)),
            facts={"p_negligible": found.hurdle, "distance": found.distance},
            notes=tuple(_notes(x, y, found)),
        )

    def central(self, value: Value, level: float) -> tuple[float, float]:
        """Interpolate log(I + 0.05) between the quantiles, by the normal score of the level."""
        score = NormalDist().inv_cdf
        ends = [score((1.0 - level) / 2.0), score((1.0 + level) / 2.0)]
        places = [score(one) for one in LEVELS]
        logs = np.log(np.array([value.extras[name] for name in QUANTILES]) + OFFSET)
        nats = np.exp(np.interp(ends, places, logs)) - OFFSET
        low, high = np.where(nats > ROUNDING, nats, 0.0).tolist()
        return low, high


def _notes(x: Variable, y: Variable, found: Prediction) -> Iterator[Note]:
    """Say what the number rests on, and where it rests on nothing."""
    yield note_of("prior_dependent", name="mist")
    if not found.inside:
        sides = {"x": x.name, "y": y.name, "name": "mist", "other": "auto"}
        limits = {"distance": found.distance, "limit": found.limit}
        yield note_of("out_of_training", (*x.names, *y.names), **sides, **limits)
