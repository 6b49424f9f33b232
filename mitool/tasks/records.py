"""What is known of one finished task: its rows in the report, and what to say of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from mitool.report import Reportable, Run
from mitool.result import Note
from mitool.result.alike import AlikeRow
from mitool.tasks.sealing import strict_json

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """Task ``number``: its rows in the unit of the report, such as one an estimator; its notes."""

    number: int
    rows: list[Row]
    notes: Sequence[Note]

    @property
    def numbers(self) -> range:
        """The task, as the numbers of several are given."""
        return range(self.number, self.number + 1)

    @classmethod
    def of(cls, number: int, results: Sequence[Reportable]) -> Record:
        """Make the record of a task of its results, in the unit they are in."""
        remarks = [note for result in results for note in result.remarks]
        return cls(number, [result.row() for result in results], remarks)

    def line(self) -> str:
        """Give the record as one line of strict JSON."""
        notes = [asdict(note) for note in self.notes]
        rows = [row.cells() if isinstance(row, AlikeRow) else row for row in self.rows]
        record = {"task": self.number, "rows": rows, "notes": notes}
        return json.dumps(record, allow_nan=False)

    @staticmethod
    def start(number: int) -> bytes:
        """Give the first bytes of the line of a task."""
        return f'{{"task": {number}, '.encode()

    @classmethod
    def parse(cls, line: bytes) -> Record:
        """Read a line; anything else is a ValueError."""
        try:
            read = strict_json(line)
            notes = [Note(**{**note, "columns": tuple(note["columns"])}) for note in read["notes"]]
            return cls(int(read["task"]), list(read["rows"]), notes)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("not a record") from error

    def new_to(self, run: Run) -> Record:
        """Give the record with those notes only that the run has not seen; it has now."""
        return Record(self.number, self.rows, run.note(self.notes)) if self.notes else self

    def new_among(self, told: set[Note]) -> Record:
        """Give the record with those notes only that are not among those told; they are now."""
        new = [note for note in dict.fromkeys(self.notes) if note not in told]
        told.update(new)
        return Record(self.number, self.rows, new) if self.notes else self
