"""Finished pairs on their way out: said, written and counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mitool.cli.messages import Voice
from mitool.report import Field, Output, Run, open_report
from mitool.tasks import Square
from mitool.tasks.records import Record


class Tally:
    """Passes records on, says their notes, and knows in the end how they went."""

    def __init__(self, voice: Voice) -> None:
        self._voice, self._n_rows, self._n_failed = voice, 0, 0

    def over(self, records: Iterable[Record]) -> Iterator[Record]:
        """Pass records on."""
        for record in records:
            self._voice.say(record.notes)
            self._n_rows += len(record.rows)
            self._n_failed += sum(row["status"] == "failed" for row in record.rows)
            yield record

    @property
    def exit_status(self) -> int:
        """0 if nothing failed, 4 if some did, 3 if all did."""
        if not self._n_failed:
            return 0
        return 4 if self._n_failed < self._n_rows else 3


def written(records: Iterable[Record], voice: Voice) -> int:
    """Let a part write itself."""
    tally = Tally(voice)
    for _ in tally.over(records):
        pass
    return tally.exit_status


def written_rows(records: Iterable[Record], output: Output, run: Run, voice: Voice) -> int:
    """Write a row for each estimate."""
    tally = Tally(voice)
    with open_report(output, run) as report:
        for record in tally.over(records):
            for row in record.rows:
                report.write(row)
    return tally.exit_status


def written_square(
    records: Iterable[Record], square: Square, output: Output, run: Run, voice: Voice
) -> int:
    """Write the numbers of all pairs as a square."""
    tally = Tally(voice)
    fields = [Field(square.label), *(Field(name, "number") for name in square.columns)]
    with open_report(output, run, fields) as report:
        for record in tally.over(records):
            square.put(record.number, record.rows[0]["mi"])
        for row in square.rows():
            report.write(row)
    return tally.exit_status
