"""What an interval is made from: an estimate, and how to make it again on some of the rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NoReturn, TypeVar

import numpy as np

from mitool.errors import MitoolError, attempt
from mitool.inference.sampling_units import Units
from mitool.parallel import map_if_long, over_ranges
from mitool.seeds import stream
from mitool.variables import Rows, Vector

if TYPE_CHECKING:  # loading it takes as long as a hundred small estimates
    from numpy.random import Generator

AT_ONCE = 5  # resamples that a thread takes: between short ones it waits for others a tenth longer

Draw = Callable[[Units, "Generator"], Rows]
Found = TypeVar("Found")


@dataclass(frozen=True)
class Resolution:
    """What an estimate at two scales of neighbours shows of its bias.

    ``replicate`` gives the estimate on some rows, and how far its fine scale lies above the coarse
    one there; ``unevenness`` is that of the density within the reach of neighbours
    (``mitool.kernels.neighbors.sidedness``).
    """

    replicate: Callable[[Rows], tuple[float, float]]
    unevenness: Callable[[], float]


@dataclass(frozen=True)
class Sample:
    """What an interval is made from: the estimate, and how to make it again on some rows.

    ``corrects_bias`` lets a jackknife move the centre, where bias falls as 1/n (counts).
    ``of`` is what is estimated: of MI in nats and of differences of it a drift with n is a bias,
    and the variance of MI grows with it; other measures mean another thing at every n.
    ``resolution`` is there where the estimate has two scales to compare.
    """

    estimate: float
    replicate: Callable[[Rows], float]
    units: Units
    task: str
    seed: int = 0
    n_jobs: int = 1
    corrects_bias: bool = False
    quantity: Literal["mi", "difference", "measure"] = "mi"
    resolution: Resolution | None = None

    def replicates(self, draws: Iterable[Rows]) -> Vector:
        """Estimate on every draw, in order."""
        return np.array(list(map_if_long(self._replicate, draws, self.n_jobs)))

    def drawn(self, draw: Draw, n_resamples: int, purpose: str) -> Vector:
        """Estimate on so many draws, each made in the thread that estimates on it."""
        return np.array(list(self._of_draws(self._replicate, draw, n_resamples, purpose)))

    def drawn_with_gaps(
        self, resolution: Resolution, draw: Draw, n_resamples: int, purpose: str
    ) -> tuple[Vector, Vector]:
        """Give the same, and how far the scales are apart on each draw."""

        def replicate(rows: Rows) -> tuple[float, float]:
            return attempt(lambda: resolution.replicate(rows), _refuse)

        both = list(self._of_draws(replicate, draw, n_resamples, purpose))
        return np.array([mi for mi, _ in both]), np.array([gap for _, gap in both])

    def _of_draws(
        self, estimate: Callable[[Rows], Found], draw: Draw, n_resamples: int, purpose: str
    ) -> Iterator[Found]:
        def of(numbers: range) -> Iterator[Found]:
            draws = (draw(self.units, stream(self.seed, purpose, number)) for number in numbers)
            return map(estimate, draws)

        at_once = max(1, min(AT_ONCE, n_resamples // (4 * self.n_jobs)))
        return over_ranges(of, n_resamples, at_once, self.n_jobs, are_compiled=False)

    def _replicate(self, rows: Rows) -> float:
        return attempt(lambda: self.replicate(rows), _refuse)


def _refuse(error: MitoolError) -> NoReturn:
    message = f"an interval repeats the estimate on some of the rows, where {error}"
    raise MitoolError(message) from None
