"""Many tasks over threads: results in order, with only a few of them held at a time."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Generic, TypeVar

from mitool.limits import one_blas_thread
from mitool.parallel import in_order, ordered_map, threads_inside

Result = TypeVar("Result")

SECONDS = 0.1  # a stretch should outlast its own handling many times over, and end soon
MOST = 512

LONG = 0.02
"""Seconds of a task that is worth a thread, whatever it does."""
TOGETHER, ALONE = 32, 512
"""Stretches of each thread between two looks at how soon one is, and how many one then runs."""


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


class Speed:
    """How many tasks there are a second, by the clock, among the stretches that pass."""

    def __init__(self) -> None:
        self.n_tasks, self.a_second, self.seconds_each = 0, 0.0, 0.0

    def of(self, done: Iterable[Stretch[Result] | None]) -> Iterator[Stretch[Result] | None]:
        """Pass stretches on, and measure them."""
        start, self.n_tasks, seconds = time.perf_counter(), 0, 0.0
        for stretch in done:
            yield stretch
            if stretch is not None:
                self.n_tasks += len(stretch.numbers)
                seconds += stretch.seconds
        self.a_second = self.n_tasks / max(time.perf_counter() - start, 1e-9)
        self.seconds_each = seconds / max(self.n_tasks, 1)


def in_threads(
    begin: Callable[[range], Stretch[Result] | None], cuts: Iterable[range], n_jobs: int
) -> Iterator[Stretch[Result] | None]:
    """Run stretches in threads, or here where that is sooner, and yield what comes of them.

    Of short tasks most is Python, which one thread runs at a time; threads that take turns at it
    may take twice as long as one alone. So one stretch is run here after many in threads, and if
    its tasks come sooner, so do the next, before threads are tried again. Long tasks are not tried.
    """
    left, together, alone = iter(cuts), Speed(), Speed()
    while n_jobs > 1:
        some = ordered_map(begin, islice(left, TOGETHER * n_jobs), n_jobs)
        yield from together.of(some)
        if not together.n_tasks or together.seconds_each >= LONG:
            break
        yield from alone.of(map(begin, islice(left, 1)))
        if alone.a_second > together.a_second:
            yield from map(begin, islice(left, ALONE))
    yield from ordered_map(begin, left, n_jobs)


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
        done = in_threads(begin, cuts, outside)
        if submit is not None:
            sent = in_order(submit, cuts, n_jobs)
            done = sent
        for stretch in done:
            if stretch is None:
                return
            pace.learn(len(stretch.numbers), stretch.seconds)
            yield stretch
