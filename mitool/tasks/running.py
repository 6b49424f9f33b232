"""Many pairs over threads: results in order, with only a few of them held at a time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from itertools import takewhile

from mitool.limits import one_blas_thread
from mitool.parallel import ordered_map, threads_inside
from mitool.tasks.records import Batch, Stretch

SECONDS = 0.1  # a stretch should outlast its own handling many times over, and end soon
MOST = 512


class Pace:
    """How many pairs make a stretch of about ``seconds``; learnt from those that are done."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds, self.size = seconds, 1

    def learn(self, done: Stretch) -> None:
        """Set the size by a finished stretch, growing at most fourfold."""
        wanted = len(done.numbers) * self._seconds / max(done.seconds, 1e-9)
        self.size = int(min(max(wanted, 1), 4 * self.size, MOST))

    def cut(self, ranges: Iterable[range]) -> Iterator[range]:
        """Cut ranges of pair numbers into stretches, each of the size that is right by then."""
        for numbers in ranges:
            start = numbers.start
            while start < numbers.stop:
                stop = min(start + self.size, numbers.stop)
                yield range(start, stop)
                start = stop


def stretches(
    work: Batch,
    ranges: Iterable[range] | None = None,
    n_jobs: int = 1,
    executor: Executor | None = None,
    stops: Callable[[], bool] = lambda: False,
) -> Generator[Stretch]:
    """Yield the finished stretches of pairs in order, the same for every ``n_jobs``.

    Few pairs leave the threads to each estimate. Once ``stops()`` is true no stretch is begun;
    those that run are finished and yielded.
    """
    pace = Pace()
    todo = [range(len(work.pairs))] if ranges is None else ranges
    items = takewhile(lambda _: not stops(), pace.cut(todo))
    inside = 1 if executor is not None or len(work.pairs) >= n_jobs else n_jobs
    outside = n_jobs if inside == 1 else 1

    def begin(numbers: range) -> Stretch | None:
        return None if stops() else work.run(numbers)

    act = begin if executor is None else work.run
    with one_blas_thread(), threads_inside(inside):
        for done in ordered_map(act, items, outside, executor):
            if done is None:
                return
            pace.learn(done)
            yield done
