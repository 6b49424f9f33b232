"""Records become a report: a stream of flat rows, and the record of the run around them.

A command checks its ``Output`` before it computes anything, then writes row by row::

    with open_report(output, run) as report:
        for estimate in estimates:
            report.add(estimate)
    return report.exit_status
"""

from __future__ import annotations

from mitool.report.output import Output
from mitool.report.report import Report, exit_status, open_report
from mitool.report.rows import Reportable
from mitool.report.run import Run
from mitool.result.fields import ESTIMATE_FIELDS, Field

__all__ = [
    "ESTIMATE_FIELDS",
    "Field",
    "Output",
    "Report",
    "Reportable",
    "Run",
    "exit_status",
    "open_report",
]
