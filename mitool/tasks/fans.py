"""Records of tasks that follow one another, told together until somebody asks for one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from mitool.once import once
from mitool.report import Run
from mitool.result import Note
from mitool.result.blocks import RowBlock
from mitool.tasks.records import Record


@dataclass(frozen=True, eq=False)
class Block:
    """Tasks ``numbers``: their rows in order, as many for each; the notes on all of them."""

    numbers: range
    rows: RowBlock
    notes: Sequence[Note]


Told = Record | Block
"""What is known of one finished task, or of several."""


@dataclass(frozen=True, eq=False)
class Fan:
    """Tasks ``numbers``: their rows in order, as many for each, and the notes on each row."""

    numbers: range
    rows: RowBlock
    remarks: Sequence[Sequence[Note]]

    def new_to(self, run: Run) -> Block:
        """Give all with those notes only that the run has not seen; it has now."""
        return Block(self.numbers, self.rows, run.note(chain.from_iterable(self.remarks)))

    def records(self) -> Iterator[Record]:
        """Yield the records one by one."""
        rows, each = list(self.rows), len(self.rows) // len(self.numbers)
        for at, number in enumerate(self.numbers):
            own = slice(at * each, (at + 1) * each)
            notes = self.remarks[own]
            yield Record(number, rows[own], notes[0] if each == 1 else list(chain(*notes)))


@dataclass(frozen=True, eq=False)
class Fans(Sequence[Record]):
    """The records of some fans, which are made when they are looked at."""

    fans: Sequence[Fan]

    @once
    def _records(self) -> list[Record]:
        return [record for fan in self.fans for record in fan.records()]

    def __len__(self) -> int:
        return sum(len(fan.numbers) for fan in self.fans)

    def __getitem__(self, place: Any) -> Any:
        return self._records[place]

    def __reduce__(self) -> tuple[Callable[..., list[Record]], tuple[list[Record]]]:
        """Travel as a list of records: what they share is known here alone."""
        return list, (self._records,)


def new_to(run: Run, results: Sequence[Record]) -> Iterator[Told]:
    """Yield results, together where they are, with those notes that the run has not seen."""
    parts: Sequence[Fan | Record] = results.fans if isinstance(results, Fans) else results
    for part in parts:
        yield part.new_to(run)


def n_tasks_of(told: Told) -> int:
    """Count the tasks."""
    return len(told.numbers) if isinstance(told, Block) else 1


def one_by_one(told: Iterable[Told]) -> Iterator[Record]:
    """Yield records of single tasks; the notes of a block go with the first of it."""
    for one in told:
        if isinstance(one, Block):
            quiet: list[tuple[Note, ...]] = [()] * len(one.rows)
            first, *others = Fan(one.numbers, one.rows, quiet).records()
            yield Record(first.number, first.rows, one.notes)
            yield from others
        else:
            yield one
