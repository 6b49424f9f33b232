"""The records of a run in order: those that a checkpoint holds, then those still to be made."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from mitool.errors import ExitStatus, MitoolError
from mitool.report import Run
from mitool.result import Note
from mitool.tasks.batch import Batch
from mitool.tasks.fans import Told, new_to, one_by_one
from mitool.tasks.fingerprint import Fingerprint
from mitool.tasks.journal import Journal
from mitool.tasks.records import Record
from mitool.tasks.running import Stretch, stretches
from mitool.tasks.shards import Shard


class StoppedError(MitoolError):
    """The batch was left before its end, and can be taken up again."""

    def __init__(self, n_done: int, total: int, item_name: str) -> None:
        super().__init__(
            f"stopped after {n_done} of {total} {item_name}; run the same command again to go on",
            exit_status=ExitStatus.STOPPED,
        )


def _never() -> bool:
    return False


@dataclass(frozen=True, eq=False)
class Runner:
    """Runs a batch: which share of it, kept where, by what workers; none of it changes a number.

    ``journal`` keeps the finished records; ``submit`` has tasks run by workers elsewhere, of which
    there are ``n_jobs``; ``stops`` says when nothing more is to be begun.
    """

    shard: Shard = field(default_factory=Shard)
    journal: Path | None = None
    n_jobs: int = 1
    submit: Callable[[range], Future[Stretch[Record]]] | None = None
    stops: Callable[[], bool] = _never
    _begun: list[Generator[Stretch[Record]]] = field(default_factory=list)

    def records(self, batch: Batch, run: Run) -> Iterator[Record]:
        """Yield the same as ``told``, one by one."""
        return one_by_one(self.told(batch, run))

    def told(self, batch: Batch, run: Run) -> Iterator[Told]:
        """Yield the shard's records in order; after an early stop, end with ``StoppedError``."""
        outline, n_done = batch.outline, 0
        kept: set[Note] = set()  # a part says what its run has said already, before the records
        with self._opened(batch, run) as journal:
            if journal is not None:
                n_done = journal.n_done
                for record in journal.records():
                    kept.update(record.notes)
                    yield record.new_to(run)
            left = list(_after(self.shard.ranges(outline.n_tasks), n_done))
            finished = stretches(batch.run, left, self.n_jobs, self.submit, self.stops)
            self._begun.append(finished)
            for stretch in finished:
                if journal is not None:
                    journal.append([record.new_among(kept) for record in stretch.results])
                n_done += len(stretch.results)
                yield from new_to(run, stretch.results)
        total = self.shard.n_tasks(outline.n_tasks)
        if n_done < total:
            raise StoppedError(n_done, total, outline.item_name)

    def close(self) -> None:
        """End the threads whose results nobody takes any more, such as after a failed write."""
        for finished in self._begun:
            finished.close()

    def _opened(self, batch: Batch, run: Run) -> AbstractContextManager[Journal | None]:
        if self.journal is None:
            return nullcontext()
        return Journal(self.journal, Fingerprint.of(batch, run, self.shard))


def _after(ranges: Iterable[range], n_done: int) -> Iterator[range]:
    """Leave out the first tasks of all."""
    for numbers in ranges:
        left = numbers[n_done:]
        n_done = max(n_done - len(numbers), 0)
        if left:
            yield left
