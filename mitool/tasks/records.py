"""What is known of one finished pair: its rows in the report, and what to say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from mitool.report import Reportable, Run
from mitool.result import Note
from mitool.units import Unit

if TYPE_CHECKING:
    from mitool.tasks.pairs import Pairs

Row = Mapping[str, Any]

ITEMS = {"matrix": "pairs", "screen": "columns", "benchmark": "distributions"}
"""What a command does one by one."""


@dataclass(frozen=True)
class Record:
    """Pair ``number``: a row for each estimator in the unit of the report, and its notes."""

    number: int
    rows: list[Row]
    notes: list[Note]

    @classmethod
    def of(cls, number: int, results: Sequence[Reportable]) -> Record:
        """Make the record of a task of what came out of it, in the unit it is in."""
        remarks = [note for result in results for note in result.remarks]
        return cls(number, [result.row() for result in results], remarks)

    def line(self) -> str:
        """Give the record as one line of strict JSON."""
        notes = [asdict(note) for note in self.notes]
        record = {"pair": self.number, "rows": self.rows, "notes": notes}
        return json.dumps(record, ensure_ascii=False, allow_nan=False)

    @classmethod
    def parse(cls, line: bytes) -> Record:
        """Read a line; anything else is a ValueError."""
        try:
            read = json.loads(line)
            notes = [Note(**{**note, "columns": tuple(note["columns"])}) for note in read["notes"]]
            return cls(int(read["pair"]), list(read["rows"]), notes)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a record") from error

    def new_to(self, run: Run) -> Record:
        """Give the record with those notes only that the run has not seen; it has now."""
        return replace(self, notes=run.note(self.notes))


@dataclass(frozen=True)
class Stretch:
    """What was found of tasks ``numbers``, in order, and the seconds that it took."""

    numbers: range
    results: list[Any]
    seconds: float


class Batch(Protocol):
    """Many tasks of one kind, numbered from 0, that are done in any stretches.

    ``pairs`` says what is paired with what and so how many tasks there are; ``names`` and
    ``digest`` are those of the data, and ``n_each`` is how many rows a task adds to the report.
    """

    @property
    def pairs(self) -> Pairs:
        """The pairs, one for each task."""
        ...

    @property
    def names(self) -> Sequence[str]:
        """The names of what is paired."""
        ...

    @property
    def digest(self) -> str:
        """A checksum of the data."""
        ...

    @property
    def n_each(self) -> int:
        """How many rows each task gives."""
        ...

    def run(self, numbers: range) -> Stretch:
        """Do the tasks of these numbers."""
        ...

    def records(self, done: Stretch, unit: Unit) -> list[Record]:
        """Put what was found into rows and notes."""
        ...
