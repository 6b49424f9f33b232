"""Many tasks over threads: results in order, with only a few of them held at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import takewhile
from typing import Generic, TypeVar

from mitool.limits import one_blas_thread
from mitool.parallel import in_order, ordered_map, threads_inside

Result = TypeVar("Result")

SECONDS = 0.1  # a stretch should outlast its own handling many times over, and end soon
MOST = 512


@dataclass(frozen=True)
class Stretch(Generic[Result]):
    """The results of tasks ``numbers``, in order, and the seconds that they took."""

    numbers: range
    results: Sequence[Result]
    seconds: float


def timed(run: Callable[[range], Sequence[Result]], numbers: range) -> Stretch[Result]:
    """Run the tasks of these numbers, with a look at the clock."""
    start = time.perf_counter()
    results = run(numbers)
    return Stretch(numbers, results, time.perf_counter() - start)


class Pace:
    """How many tasks make a stretch of about ``seconds``; learnt from those that are done."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds, self.size = seconds, 1

    def learn(self, n_tasks: int, seconds: float) -> None:
        """Set the size by a finished stretch, growing at most fourfold."""
        wanted = n_tasks * self._seconds / max(seconds, 1e-9)
        self.size = int(min(max(wanted, 1), 4 * self.size, MOST))

    def cut(self, ranges: Iterable[range]) -> Iterator[range]:
        """Cut ranges of task numbers into stretches, each of the size that is right by then."""
        for numbers in ranges:
            start = numbers.start
            while start < numbers.stop:
                stop = min(start + self.size, numbers.stop)
                yield range(start, stop)
                start = stop


def stretches(
    run: Callable[[range], Sequence[Result]],
    ranges: Sequence[range],
    n_jobs: int = 1,
    submit: Callable[[range], Future[Stretch[Result]]] | None = None,
    stops: Callable[[], bool] = lambda: False,
) -> Generator[Stretch[Result]]:
    """Yield the finished stretches of tasks in order, the same for every ``n_jobs``.

    ``submit`` has a stretch run elsewhere, by ``n_jobs`` workers; None runs it in threads here,
    where few tasks leave the threads to each task. Once ``stops()`` is true no stretch is begun;
    those that run are finished and yielded.
    """
    pace = Pace()
    cuts = takewhile(lambda _: not stops(), pace.cut(ranges))
    is_few = submit is None and sum(map(len, ranges)) < n_jobs
    inside, outside = (n_jobs, 1) if is_few else (1, n_jobs)

    def begin(numbers: range) -> Stretch[Result] | None:
        return None if stops() else timed(run, numbers)

    with one_blas_thread(), threads_inside(inside):
        done: Iterator[Stretch[Result] | None] = ordered_map(begin, cuts, outside)
        if submit is not None:
            sent = in_order(submit, cuts, n_jobs)
            done = sent
        for stretch in done:
            if stretch is None:
                return
            pace.learn(len(stretch.numbers), stretch.seconds)
            yield stretch
