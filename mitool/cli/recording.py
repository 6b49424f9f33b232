"""Finished pairs on their way out: said, written and counted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from mitool.cli.messages import Voice
from mitool.errors import ExitStatus
from mitool.report import FIELDS, Field, Output, Run, fields_of, open_report
from mitool.tasks import Forecast, Square
from mitool.tasks.records import Record, Row

if TYPE_CHECKING:
    from mitool.result import Test
    from mitool.tasks.maximum import Family


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
        """What the run leaves with, by how many estimates failed."""
        return ExitStatus.of_results(self._n_failed, self._n_rows)


def written(
    records: Iterable[Record],
    output: Output | None,
    run: Run,
    voice: Voice,
    square: Square | None = None,
) -> int:
    """Write a row for each estimate, or the numbers as a square; None: a part writes itself."""
    tally = Tally(voice)
    followed = tally.over(records)
    if output is None:
        for _ in followed:
            pass
    elif square is not None:
        _write_square(followed, square, output, run)
    else:
        _write_rows(followed, output, run)
    return tally.exit_status


def _write_rows(records: Iterable[Record], output: Output, run: Run) -> None:
    fields, shaped = _shaped(records, run)
    with open_report(output, run, fields) as report:
        for record in shaped:
            for row in record.rows:
                report.write(row)


def _shaped(records: Iterable[Record], run: Run) -> tuple[Sequence[Field], Iterable[Record]]:
    """Give the columns of a command's report, and what is seen only once all records are there."""
    if run.command == "screen":
        from mitool.cli.ranking import Ranking
        from mitool.screening.columns import placed

        return (*FIELDS, *Ranking().fields()), placed(records, run.settings)
    if run.command == "benchmark":
        from mitool.simulate.scores import COVERAGE_FIELDS, SCORE_FIELDS

        return (*SCORE_FIELDS, *(COVERAGE_FIELDS if run.settings["coverage"] else ())), records
    how = run.settings.get("adjust", "none")
    if how == "none":
        return FIELDS, records
    shaped = records if how == "max" else adjusted_records(records, how)
    return (*FIELDS, Field("p_adjusted", "number")), shaped


def adjusted_records(records: Iterable[Record], how: str) -> Iterator[Record]:
    """Add ``p_adjusted`` to the rows; each estimator's pairs are a family, and all are held."""
    import numpy as np

    from mitool.inference.multiplicity import adjusted

    held = list(records)
    p_values = np.array([[row["p_value"] for row in record.rows] for record in held], dtype=float)
    families = [adjusted(family, how) for family in p_values.T]
    for record, values in zip(held, np.array(families).T.tolist(), strict=True):
        pairs = zip(record.rows, values, strict=True)
        rows: list[Row] = [{**row, "p_adjusted": None if p != p else p} for row, p in pairs]
        yield replace(record, rows=rows)


def with_family(records: Iterable[Record], family: Family) -> Iterator[Record]:
    """Add the tests of pairs in order, made under the same permutations, and ``p_adjusted``."""
    for record, tests, values in zip(records, family.tests, family.adjusted.tolist(), strict=True):
        triples = zip(record.rows, tests, values, strict=True)
        yield replace(record, rows=[_tested(row, test, p) for row, test, p in triples])


def _tested(row: Row, test: Test | None, p_adjusted: float) -> Row:
    if test is None or row["status"] == "failed":
        return {**row, "p_adjusted": None}
    return {**row, **fields_of(test), "p_adjusted": p_adjusted}


def _write_square(records: Iterable[Record], square: Square, output: Output, run: Run) -> None:
    fields = [Field(square.label), *(Field(name, "number") for name in square.columns)]
    shown = "mi" if run.settings.get("normalize", "none") == "none" else "normalized"
    with open_report(output, run, fields) as report:
        for record in records:
            square.put(record.number, record.rows[0][shown])
        for row in square.rows():
            report.write(row)


def written_forecast(found: Forecast, output: Output) -> int:
    """Say what a run will take: lines for people, else an object for programs."""
    if output.format == "table":
        lines = [
            f"{found.pairs} pairs of {found.columns} columns of {found.rows} rows, "
            f"{found.estimates} estimates",
            f"about {_duration(found.seconds)} with {found.threads} threads",
            f"about {found.memory_bytes / 1e6:.0f} MB of memory; "
            f"{found.free_memory_bytes / 1e6:.0f} MB are free",
        ]
    else:
        lines = [json.dumps(asdict(found))]
    print("\n".join(lines))
    return 0


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.1f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
