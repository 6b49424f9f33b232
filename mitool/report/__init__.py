"""Estimates become a report: a stream of flat rows, and the record of the run around them.

A command checks its ``Output`` before it computes anything, then writes row by row::

    with open_report(output, run) as report:
        for estimate in estimates:
            report.add(estimate)
    return report.exit_status
"""

from __future__ import annotations

from mitool.report.output import Output
from mitool.report.report import Report, failure, open_report
from mitool.report.rows import FIELDS, Field, fields_of, row_of
from mitool.report.run import Run

__all__ = [
    "FIELDS",
    "Field",
    "Output",
    "Report",
    "Run",
    "failure",
    "fields_of",
    "open_report",
    "row_of",
]
