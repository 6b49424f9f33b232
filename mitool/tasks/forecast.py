"""What a run will take, from a few of its own tasks: ``--dry-run``."""

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
from mitool.tasks.batch import Batch
from mitool.tasks.keeping import bytes_prepared
from mitool.tasks.running import Pace
from mitool.tasks.shards import Shard
from mitool.variables import Variable

SECONDS = 3.0  # that the calibration may take, after its first two tasks
MOST = 40


@dataclass(frozen=True)
class Forecast:
    """What is counted is exact; seconds of ``threads`` and peak bytes are predicted.

    ``pairs`` are the tasks, whatever they are; ``calibrated_on`` is how many were timed. The names
    are what people call the tasks, and what they are made of.
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
    task_name: str = "pairs"
    column_name: str = "columns"
    looked_at: int = 0
    """Pairs that are looked at to choose those, which are then as many as there can be at most."""


class Measurable(Batch, Protocol):
    """A batch that can be tried out."""

    @property
    def variables(self) -> Sequence[Variable]:
        """All variables that some task meets."""
        ...

    @property
    def settings(self) -> Sequence[Settings]:
        """How each task is estimated."""
        ...

    @property
    def budget(self) -> float:
        """How many bytes may be kept of what estimators prepare."""
        ...

    def variables_of(self, number: int) -> Sequence[Variable]:
        """Give the variables that a task meets."""
        ...


@dataclass
class _Clock:
    """Times of tasks done for the first time, and again when their variables are prepared."""

    first: float = 0.0
    again: float = 0.0
    n_tasks: int = 0
    met: dict[int, Variable] = field(default_factory=dict)
    """The variables met so far, each under its ``id``."""

    def seconds(self, n_tasks: int, n_variables: int) -> float:
        """Give what so many tasks of so many variables keep one processor busy."""
        per_task = self.again / max(self.n_tasks, 1)  # a shard may be empty
        per_variable = max(self.first - self.again, 0.0) / max(len(self.met), 1)
        return n_tasks * per_task + n_variables * per_variable

    def more(self, n_variables: int, budget: float) -> float:
        """Give the bytes that so many variables will keep beyond those met, within a budget."""
        seen: set[int] = set()  # what variables share is held once
        kept = sum(bytes_prepared(variable, seen) for variable in self.met.values())
        return max(min(kept / max(len(self.met), 1) * n_variables, budget) - kept, 0.0)


def forecast(batch: Measurable, shard: Shard, n_jobs: int) -> Forecast:
    """Predict a run by some of its tasks, evenly spaced; what they prepare is forgotten.

    Each is done twice: the second time its variables are prepared, so that the difference is what
    preparing takes, once a variable however many tasks it stands in.
    """
    n_tasks, n_variables = shard.n_tasks(batch.outline.n_tasks), len(batch.variables)
    if any(_meets_neighbours(settings.estimator) for settings in batch.settings):
        import_module("mitool.kernels.compiled")  # small jobs do without, a long run does not
    with one_blas_thread():
        clock = _calibrated(batch, _spread(shard, batch.outline.n_tasks))
    predicted = Forecast(
        columns=n_variables,
        rows=len(batch.variables[0]),
        pairs=n_tasks,
        estimates=n_tasks * batch.outline.n_rows,
        threads=n_jobs,
        seconds=clock.seconds(n_tasks, n_variables) / n_jobs,
        memory_bytes=int(
            max(peak_memory() or 0, resident() + clock.more(n_variables, batch.budget))
        ),
        free_memory_bytes=free_memory(),
        calibrated_on=clock.n_tasks,
    )
    for variable in clock.met.values():
        variable.forget()
    return predicted


def _meets_neighbours(estimator: str) -> bool:
    return estimator == "auto" or load(estimator).family == "neighbours"


def _spread(shard: Shard, n_tasks: int) -> Iterator[range]:
    """Yield tasks of the shard, from coarse to fine, each with those that follow in its block."""
    blocks = list(shard.ranges(n_tasks))
    own = [part for block in blocks for part in (block, block[-1:])]
    if shard.count == 1:
        own = [range(n_tasks * step // MOST, n_tasks) for step in range(MOST) if n_tasks]
    stride = max(1, len(own) // 4)
    order = [numbers for start in range(stride) for numbers in own[start::stride]]
    yield from list({numbers.start: numbers for numbers in order}.values())[:MOST]


def _calibrated(batch: Measurable, spread: Iterator[range]) -> _Clock:
    """Time stretches of tasks, as many at once as a run would do."""
    clock, pace, begun = _Clock(), Pace(), None
    for block in spread:
        if begun is None:
            _learn(pace, batch, block)
            begun = time.monotonic()
        numbers = block[: pace.size]
        clock.first += _busy(batch, numbers)
        again = _busy(batch, numbers)
        clock.again += again
        clock.n_tasks += len(numbers)
        pace.learn(len(numbers), again)
        met = (variable for number in numbers for variable in batch.variables_of(number))
        clock.met |= {id(variable): variable for variable in met}
        if time.monotonic() - begun > SECONDS:
            break
    return clock


def _learn(pace: Pace, batch: Measurable, block: range) -> None:
    """Find how many tasks make a stretch; the first of all, which compiles and imports, counts not.

    What was prepared is forgotten.
    """
    batch.run(block[:1])
    begun, n_tasks = time.monotonic(), 0
    while n_tasks < len(block[: pace.size]) and time.monotonic() - begun < SECONDS / 3:
        n_tasks = len(block[: pace.size])
        pace.learn(n_tasks, _busy(batch, block[:n_tasks]))
    for variable in batch.variables:
        variable.forget()


def _busy(batch: Measurable, numbers: range) -> float:
    """Do tasks, put them into words, and give the processor's seconds.

    Others on the machine do not count.
    """
    start = time.thread_time()
    for record in batch.run(numbers):
        record.line()
    return time.thread_time() - start
