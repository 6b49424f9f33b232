"""The pairs of a run one by one: those that a checkpoint holds, then those still to be done."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from mitool.errors import ExitStatus, MitoolError
from mitool.report import Run
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.journal import Journal
from mitool.tasks.records import ITEMS, Batch, Record, Stretch
from mitool.tasks.running import stretches
from mitool.tasks.shards import Shard
from mitool.units import Unit


class StoppedError(MitoolError):
    """The work was left before its end, and can be taken up again."""

    def __init__(self, n_done: int, total: int, items: str) -> None:
        message = f"stopped after {n_done} of {total} {items}; run the same command again to go on"
        super().__init__(message, exit_status=ExitStatus.STOPPED)


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Course:
    """How a work is gone through; none of it changes a number.

    ``journal`` keeps what is done; ``stops`` says when nothing more is to be begun.
    """

    shard: Shard = field(default_factory=Shard)
    journal: Path | None = None
    n_jobs: int = 1
    executor: Executor | None = None
    stops: Callable[[], bool] = _never
    _begun: list[Generator[Stretch]] = field(default_factory=list)

    def records(self, work: Batch, run: Run, unit: Unit) -> Iterator[Record]:
        """Yield the shard's pairs in order; where it stopped early, end with ``StoppedError``."""
        total, n_done = self.shard.n_pairs(len(work.pairs)), 0
        with self._opened(work, run) as journal:
            if journal is not None:
                n_done = journal.n_done
                yield from (record.new_to(run) for record in journal.records())
            todo = _after(self.shard.ranges(len(work.pairs)), n_done)
            done = stretches(work, todo, self.n_jobs, self.executor, self.stops)
            self._begun.append(done)
            for stretch in done:
                fresh = [record.new_to(run) for record in work.records(stretch, unit)]
                if journal is not None:
                    journal.append(fresh)
                n_done += len(fresh)
                yield from fresh
        if n_done < total:
            raise StoppedError(n_done, total, ITEMS[run.command])

    def close(self) -> None:
        """End the threads of work that nobody takes any more, such as after an error in writing."""
        for done in self._begun:
            done.close()

    def _opened(self, work: Batch, run: Run) -> AbstractContextManager[Journal | None]:
        if self.journal is None:
            return nullcontext()
        mark = Fingerprint.of(work, run.command, run.settings, run.inputs, self.shard)
        return Journal(self.journal, mark)


def _after(ranges: Iterable[range], n_done: int) -> Iterator[range]:
    """Leave out the first pairs of all."""
    for numbers in ranges:
        left = numbers[n_done:]
        n_done = max(n_done - len(numbers), 0)
        if left:
            yield left
