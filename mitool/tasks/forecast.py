"""What a run will take, from a few of its own pairs: ``--dry-run``."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Protocol

from mitool.estimators import load
from mitool.limits import free_memory, one_blas_thread, resident
from mitool.measure.settings import Settings
from mitool.report.run import peak_memory
from mitool.tasks.keeping import bytes_prepared
from mitool.tasks.records import Batch
from mitool.tasks.shards import Shard
from mitool.variables import Variable

SECONDS = 3.0  # that the calibration may take, after its first two pairs
MOST = 40


@dataclass(frozen=True)
class Forecast:
    """Pairs and estimates are exact; seconds of ``threads`` and peak bytes are predicted.

    ``calibrated_on`` is how many pairs were timed.
    """

    columns: int
    rows: int
    pairs: int
    estimates: int
    threads: int
    seconds: float
    memory_bytes: int
    free_memory_bytes: int
    calibrated_on: int


class Measurable(Batch, Protocol):
    """A batch that can be tried out."""

    @property
    def variables(self) -> Sequence[Variable]:
        """What is paired, by the numbers of ``pairs``."""
        ...

    @property
    def settings(self) -> Sequence[Settings]:
        """How each pair is estimated."""
        ...

    @property
    def budget(self) -> float:
        """How many bytes may be kept of what estimators prepare."""
        ...


@dataclass
class _Clock:
    """Times of pairs met for the first time, and again when their columns are prepared."""

    first: float = 0.0
    again: float = 0.0
    n_pairs: int = 0
    columns: set[int] = field(default_factory=set)


def forecast(work: Measurable, shard: Shard, n_jobs: int) -> Forecast:
    """Predict a run by some of its pairs, evenly spaced; what they prepare is forgotten.

    Each is estimated twice: the second time its columns are prepared, so that the difference is
    what preparing takes, once a column however many pairs it stands in.
    """
    total = shard.n_pairs(len(work.pairs))
    if any(_meets_neighbours(settings.estimator) for settings in work.settings):
        import_module("mitool.kernels.compiled")  # small jobs do without, a long run does not
    with one_blas_thread():
        clock = _calibrated(work, _spread(shard, len(work.pairs)))
    n_columns = len(work.pairs.used)
    seen: set[int] = set()  # what columns share is held once
    kept = sum(bytes_prepared(work.variables[i], seen) for i in clock.columns)
    n_met, n_timed = max(len(clock.columns), 1), max(clock.n_pairs, 1)  # a shard may be empty
    to_keep = min(kept / n_met * n_columns, work.budget)
    more = max(to_keep - kept, 0.0)
    per_pair = clock.again / n_timed
    per_column = max(clock.first - clock.again, 0.0) / n_met
    busy = total * per_pair + n_columns * per_column
    found = Forecast(
        columns=n_columns,
        rows=len(work.variables[0]),
        pairs=total,
        estimates=total * work.n_each,
        threads=n_jobs,
        seconds=busy / n_jobs,
        memory_bytes=int(max(peak_memory() or 0, resident() + more)),
        free_memory_bytes=free_memory(),
        calibrated_on=clock.n_pairs,
    )
    for number in clock.columns:
        work.variables[number].forget()
    return found


def _meets_neighbours(estimator: str) -> bool:
    return estimator == "auto" or load(estimator).family == "neighbours"


def _spread(shard: Shard, n_pairs: int) -> Iterator[int]:
    """Yield numbers of pairs of the shard, from coarse to fine."""
    own = [number for numbers in shard.ranges(n_pairs) for number in (numbers[0], numbers[-1])]
    if shard.count == 1:
        own = [n_pairs * step // MOST for step in range(MOST)]
    stride = max(1, len(own) // 4)
    order = [number for start in range(stride) for number in own[start::stride]]
    yield from list(dict.fromkeys(order))[:MOST]


def _calibrated(work: Measurable, numbers: Iterator[int]) -> _Clock:
    clock, begun = _Clock(), None
    for number in numbers:
        if begun is None:  # the first of all compiles and imports
            work.run(range(number, number + 1))
            for variable in work.variables:
                variable.forget()
            begun = time.monotonic()
        ((x, y),) = work.pairs.between(number, number + 1)
        clock.first += _busy(work, number)
        clock.again += _busy(work, number)
        clock.n_pairs += 1
        clock.columns |= {x, y}
        if time.monotonic() - begun > SECONDS:
            break
    return clock


def _busy(work: Measurable, number: int) -> float:
    """Estimate a pair, put it into words, and give the processor's seconds.

    Others on the machine do not count.
    """
    start = time.thread_time()
    for record in work.records(work.run(range(number, number + 1)), "nats"):
        record.line()
    return time.thread_time() - start
