"""What is known of one finished pair: its rows in the report, and what to say of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from mitool.report import Run, failure, row_of
from mitool.result import Note
from mitool.tasks.work import Stretch, Work
from mitool.units import Unit

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """Pair ``number``: a row for each estimator in the unit of the report, and its notes."""

    number: int
    rows: list[Row]
    notes: list[Note]

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


def records(work: Work, done: Iterable[Stretch], unit: Unit) -> Iterator[list[Record]]:
    """Turn finished stretches into records, a list for each."""
    n_each = len(work.settings)
    for stretch in done:
        found = [estimate.to(unit) for estimate in stretch.estimates]
        groups = (found[at : at + n_each] for at in range(0, len(found), n_each))
        yield [
            Record(
                number,
                [row_of(estimate) for estimate in group],
                [note for e in group for note in (*e.notes, *failure(e))],
            )
            for number, group in zip(stretch.numbers, groups, strict=True)
        ]
